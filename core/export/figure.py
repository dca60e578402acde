"""`Figure`: plots of curves for a paper, with a legend of the runs and of what was changed."""

from collections.abc import Sequence

from core.curves.plot import Curve, Plot
from core.curves.ticks import AXIS_TITLES, XAxis
from core.export.axes import BELOW, Axes
from core.export.canvas import Box, Paper
from core.export.inks import WHITE
from core.export.legend import BAND_KEYS, Legend, legend_keys
from core.export.lettering import line, line_height

WIDTH = 880
"""Pixels: letters stay legible where a page shrinks it to the width of its text."""

_MARGIN = 16
_GAP = 20
_TITLE_LETTERS = 14
_ASPECT = 1.7

# Of the x axis: room behind the last report, and for the numbers of runs.
_BEHIND = 0.02
_FOR_NUMBERS = 0.06


class Figure:
    """Where everything stands; a `Layout`.

    It takes what it needs of the curves at once: they may go on growing.
    """

    width = WIDTH
    paper = WHITE

    def __init__(
        self,
        plots: Sequence[Plot],
        x_axis: XAxis = "step",
        log_y: bool = False,
        smoothing: float = 0.0,
        x_range: tuple[float, float] | None = None,
    ) -> None:
        """Lay out plots.

        Args:
            plots: what to show, by itself or beside each other.
            x_axis: what the curves are drawn over.
            log_y: whether the y axes are logarithmic.
            smoothing: weight of the past in the smooth curves; 0: there are none.
            x_range: the part of the x axis to show; None: all.
        """
        curves = [curve for plot in plots for curve in plot.curves]
        runs = list({curve.number: curve for curve in curves}.values())
        runs.sort(key=lambda curve: curve.number)
        self.caption = f"Curves of {', '.join(curve.run for curve in runs)}"
        keys = list(legend_keys(runs, smoothing, x_axis))
        if any(plot.bands for plot in plots):
            keys += BAND_KEYS
        self._legend = Legend(keys, WIDTH - 2 * _MARGIN)
        columns = 2 if len(plots) in (2, 4) else min(max(len(plots), 1), 3)
        across = (WIDTH - 2 * _MARGIN + _GAP) // columns
        title_height = line_height(_TITLE_LETTERS) + 2
        area_height = round((across - _GAP) / _ASPECT)
        down = title_height + area_height + BELOW + _GAP
        start = _MARGIN + self._legend.height + _MARGIN
        x_range = x_range or _whole(curves, x_axis)
        self._plots = []
        for i, plot in enumerate(plots):
            left, top = _MARGIN + i % columns * across, start + i // columns * down
            right, bottom = left + across - _GAP, top + title_height + area_height
            box = Box(left, top + title_height, right, bottom)
            axes = Axes(plot, x_axis, log_y, x_range, box)
            title = line(plot.title, _TITLE_LETTERS, axes.area.width)
            x_title = AXIS_TITLES[x_axis] if i + columns >= len(plots) else ""
            self._plots.append((axes, title, x_title))
        self.height = start + -(-len(plots) // columns) * down - _GAP + _MARGIN

    @property
    def areas(self) -> list[Box]:
        """Where the curves of each plot are."""
        return [axes.area for axes, _, _ in self._plots]

    def draw_on(self, paper: Paper) -> None:
        """Draw the legend and every plot."""
        self._legend.draw_on(paper, _MARGIN, _MARGIN)
        for axes, title, x_title in self._plots:
            paper.write(title, axes.area.left, axes.area.top - title.height - 2)
            axes.draw_on(paper, x_title)


def _whole(curves: Sequence[Curve], x_axis: XAxis) -> tuple[float, float]:
    """The range that has every report of all curves."""
    ends = [curve.x.values[[0, -1]].tolist() for curve in curves if len(curve.x)]
    if not ends:
        return 0.0, 1.0
    low = min(first for first, _ in ends) if x_axis == "wall_time" else 0.0
    high = max(last for _, last in ends)
    several = any(curve.number > 1 for curve in curves)
    room = _BEHIND + (_FOR_NUMBERS if several else 0.0)
    return low, high + room * ((high - low) or 1.0)
