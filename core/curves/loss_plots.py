"""Histories of runs -> the plots of the losses panel."""

import math
from collections.abc import Sequence

from core.curves.loss_history import LossHistory
from core.curves.plot import Curve, CurveLook, Level, Plot
from core.curves.titles import title_of

_AT_CHANCE = Level(2 * math.log(2), "at chance")
"""The discriminator's loss when it cannot tell real from fake at all."""


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
    if scalar == "discriminator":
        return _AT_CHANCE
    if scalar == "information":
        priors = {history.information_prior for history in histories}
        prior = priors.pop() if len(priors) == 1 else None
        return None if prior is None else Level(prior, "ignoring the image")
    return None
