"""Histories of runs -> the plots of the losses panel."""

from collections.abc import Sequence

from core.curves.loss_history import LossHistory
from core.curves.plot import Curve, CurveLook, Level, Plot
from core.curves.titles import title_of


def plots_of(histories: Sequence[LossHistory], look: CurveLook) -> list[Plot]:
    """One plot for each scalar of `look`, with a curve for each run that reports it."""
    return [_plot(histories, scalar, look) for scalar in look.scalars]


def _plot(histories: Sequence[LossHistory], scalar: str, look: CurveLook) -> Plot:
    curves = []
    for number, history in enumerate(histories, 1):
        steps, x = history.column("step"), history.column(look.x_axis)
        raw = history.column(scalar)
        if steps is None or x is None or raw is None:
            continue
        smooth = history.smoothed(scalar, look.smoothing) if look.smoothing else None
        marks = history.marks_over(look.x_axis)
        curves.append(Curve(history.name, number, history.colour, steps, x, raw, smooth, marks))
    several = len(histories) > 1
    level = _level(scalar, histories)
    return Plot(title_of(scalar), curves, level, numbered=several, empty="not reported")


def _level(scalar: str, histories: Sequence[LossHistory]) -> Level | None:
    """The level that all runs that report the scalar share."""
    reporting = [history for history in histories if history.column(scalar) is not None]
    levels = {history.level(scalar) for history in reporting}
    level = levels.pop() if len(levels) == 1 else None
    return Level(*level) if level else None
