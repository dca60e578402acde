"""`CurveItems`: what one run takes in a plot, created once and kept."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPen

from core.curves.plot import Curve
from core.curves.sight import Sight, in_sight

# Weight of the curve's colour in a raw curve; the rest is the background.
_FAINT = 0.35

_POINT_PX = 6

_NOTHING = np.empty(0)


class CurveItems:
    """A faint raw curve, a smoothed one above it, marks, and the run's number at their end.

    A report without neighbours, such as a first one, is a point.

    Attributes:
        extent: least and greatest height worth seeing; None if nothing was drawn.
        end: (x, y) of the last point that was drawn; None if none was.
    """

    def __init__(self, plot: Any) -> None:
        self.extent: tuple[float, float] | None = None
        self.end: tuple[float, float] | None = None
        # Pens of width 1 and no antialiasing: all else is many times slower.
        self._raw = pg.PlotCurveItem(antialias=False)
        self._smooth = pg.PlotCurveItem(antialias=False)
        self._marks = pg.PlotCurveItem(antialias=False, connect="pairs")
        self._points = pg.ScatterPlotItem(size=_POINT_PX, pen=None, pxMode=True)
        self._number = pg.TextItem(anchor=(0, 0.5))
        items = (self._marks, self._raw, self._smooth, self._points, self._number)
        for depth, item in enumerate(items):
            item.setZValue(depth)
            plot.addItem(item, ignoreBounds=True)

    def restyle(self, colour: QColor, background: QColor, number: str) -> None:
        """Take a colour and a number."""
        self._pen = QPen(colour, 1)
        self._faint = QPen(mixed(colour, background, _FAINT), 1)
        for pen in (self._pen, self._faint):
            pen.setCosmetic(True)
        marks = QPen(self._pen)
        marks.setStyle(Qt.PenStyle.DashLine)
        self._smooth.setPen(self._pen)
        self._raw.setPen(self._faint)
        self._marks.setPen(marks)
        self._points.setBrush(colour)
        self._number.setText(number, colour)

    def draw(self, curve: Curve, x_range: tuple[float, float], width: int, log_y: bool) -> None:
        """Draw this part on so many pixels; without a smooth curve the raw one is not faint."""
        self.extent = self.end = None
        self._points.setVisible(False)
        self._raw.setPen(self._pen if curve.smooth is None else self._faint)
        for column, item in ((curve.raw, self._raw), (curve.smooth, self._smooth)):
            item.setVisible(column is not None)
            if column is not None:
                self._draw(in_sight(curve.x, column, x_range, width, log_y), item)

    def draw_marks(self, places: Sequence[float], y_range: tuple[float, float]) -> None:
        """Vertical lines from the bottom to the top."""
        self._marks.setVisible(bool(places))
        if places:
            self._marks.setData(np.repeat(places, 2), np.tile(y_range, len(places)))

    def place_number(self, x: float, y: float) -> None:
        """Where the run's number stands."""
        self._number.setPos(x, y)

    def show_number(self, shown: bool) -> None:
        """Whether there is a number, as there is beside several curves."""
        self._number.setVisible(shown and self.end is not None)

    def hide(self) -> None:
        """Show nothing: there are fewer runs now."""
        self.extent = self.end = None
        for item in (self._raw, self._smooth, self._marks, self._points, self._number):
            item.setVisible(False)

    def _draw(self, seen: Sight | None, item: Any) -> None:
        if seen is None:
            item.setData(_NOTHING, _NOTHING)
            return
        whole = bool(np.isfinite(seen.heights).all())
        connect = "all" if whole else "finite"
        item.setData(seen.places, seen.heights, connect=connect, skipFiniteCheck=whole)
        low, high = seen.extent
        before = self.extent or seen.extent
        self.extent = (min(low, before[0]), max(high, before[1]))
        self.end = seen.end
        if (lonely := _without_neighbours(np.isfinite(seen.heights))).any():
            self._points.setData(seen.places[lonely], seen.heights[lonely])
            self._points.setVisible(True)


def _without_neighbours(finite: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """(N,) which of these numbers no line reaches."""
    padded = np.pad(finite, 1)
    lonely: NDArray[np.bool_] = finite & ~padded[:-2] & ~padded[2:]
    return lonely


def mixed(colour: QColor, background: QColor, weight: float) -> QColor:
    """An opaque colour as faint as `colour` would be with this opacity."""
    rest = 1 - weight
    return QColor(
        round(weight * colour.red() + rest * background.red()),
        round(weight * colour.green() + rest * background.green()),
        round(weight * colour.blue() + rest * background.blue()),
    )
