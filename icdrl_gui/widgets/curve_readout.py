"""Points of a plot in words."""

from collections.abc import Sequence

import numpy as np

from icdrl_gui.widgets.curve_data import Plot, Point
from icdrl_gui.widgets.plot_axes import XAxis, duration, time_of_day


def sentence(plot: Plot, points: Sequence[Point], x_axis: XAxis, mark: str) -> str:
    """`Generator · step 4,000 · 1 mine 0.8 (EMA 0.9)`; of several runs only their numbers.

    mark: what was changed there, or nothing.
    """
    values = [f"{_run(plot, point, len(points))} {_value(point)}" for point in points]
    parts = [plot.title, _place(points[0], x_axis), *values]
    return " · ".join([*parts, mark] if mark else parts)


def _run(plot: Plot, point: Point, count: int) -> str:
    curve = point.curve
    if count > 1:
        return f"{curve.number}:"
    return f"{curve.number} {curve.run}" if plot.numbered else curve.run


def _place(point: Point, x_axis: XAxis) -> str:
    step = f"step {int(point.curve.steps.values[point.row]):,}"
    if x_axis == "trained_s":
        return f"{step}, {duration(point.x)}"
    return f"{step}, {time_of_day(point.x)}" if x_axis == "wall_time" else step


def _value(point: Point) -> str:
    curve, row = point.curve, point.row
    raw = float(curve.raw.values[row])
    text = f"{raw:.4g}" if np.isfinite(raw) else "–"
    if curve.smooth is None or not np.isfinite(curve.smooth.values[row]):
        return text
    return f"{text} (EMA {float(curve.smooth.values[row]):.4g})"
