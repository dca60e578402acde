"""Points of a plot in words."""

from collections.abc import Sequence

import numpy as np

from core.counts import named_step
from core.curves.plot import Plot
from core.curves.ticks import XAxis, duration, time_of_day
from icdrl_gui.widgets.curves.data import Point

_LONGEST_NAME = 60


def read_out(plot: Plot, point: Point, points: Sequence[Point], x_axis: XAxis, mark: str) -> str:
    """The plot and the step of `point`, then a line for the value of each run there.

    points: the report of each run that is nearest to `point`.
    mark: what was changed there, or nothing.
    """
    lines = [f"{plot.title} · {_place(point, x_axis)}"]
    lines += [f"{_run(plot, each)}: {_value(each)}{_elsewhere(each, point)}" for each in points]
    return "\n".join([*lines, mark] if mark else lines)


def _run(plot: Plot, point: Point) -> str:
    name = point.curve.run
    if len(name) > _LONGEST_NAME:
        half = _LONGEST_NAME // 2
        name = f"{name[:half]}…{name[-half:]}"
    return f"{point.curve.number} {name}" if plot.numbered else name


def _step(point: Point) -> str:
    return named_step(int(point.curve.steps.values[point.row]))


def _place(point: Point, x_axis: XAxis) -> str:
    if x_axis == "trained_s":
        return f"{_step(point)}, {duration(point.x)}"
    return f"{_step(point)}, {time_of_day(point.x)}" if x_axis == "wall_time" else _step(point)


def _elsewhere(point: Point, other: Point) -> str:
    """Where a run was that had no report at the same step."""
    return "" if _step(point) == _step(other) else f" at {_step(point)}"


def _value(point: Point) -> str:
    curve, row = point.curve, point.row
    raw = float(curve.raw.values[row])
    text = f"{raw:.4g}" if np.isfinite(raw) else "–"
    if curve.smooth is None or not np.isfinite(curve.smooth.values[row]):
        return text
    return f"{text} (EMA {float(curve.smooth.values[row]):.4g})"
