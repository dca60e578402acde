"""`CurveGrid`: small plots side by side over one x axis, with one cursor for all."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QEvent, QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCursor, QHideEvent, QKeyEvent, QPalette, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QLabel,
    QSizePolicy,
    QStackedLayout,
    QToolTip,
    QWidget,
)

from core.curves.plot import Plot
from core.curves.ticks import AXIS_TITLES, XAxis
from icdrl_gui.widgets.curves.data import Point
from icdrl_gui.widgets.curves.plot import CurvePlot
from icdrl_gui.widgets.curves.readout import read_out
from icdrl_gui.widgets.plain_text import plain_tip

REDRAW_MS = 66
"""15 times a second at most, and only when something changed."""

EMPTY = "Losses appear here while a run trains."

# Width over height that a plot should have, and how narrow it may get.
_ASPECT = 1.7
_LEAST_WIDTH_PX = 130
_LEAST_HEIGHT_PX = 60

_TIP_STAYS_MS = 600_000

_MARGIN = 0.02
_ROOM_FOR_NUMBERS_PX = 14


class CurveGrid(QWidget):
    """Shows `Plot`s; `touch` when their columns have grown.

    Keys: Left and Right move a cursor (with Shift by more), Home and End to the ends; plus and
    minus zoom, 0 shows everything. A double click or Enter enlarges a plot, and again brings the
    others back; Escape takes the cursor away, then the others back.

    Signals:
        zoomed: whether only a part of the x axis is in sight.
    """

    zoomed = Signal(bool)

    def __init__(self, empty: str = EMPTY, parent: QWidget | None = None) -> None:
        """empty: what is said without curves."""
        super().__init__(parent)
        self._x_axis: XAxis = "step"
        self._log_y = False
        self._several = False
        self._range: tuple[float, float] | None = None
        self._fitted = (0.0, 1.0)
        self._cursor: float | None = None
        self._columns = 0
        self._enlarged: CurvePlot | None = None
        self.plots: list[CurvePlot] = []
        self._used = 0
        self._all, self._empty = QWidget(), QLabel(empty)
        # There may be fewer columns than now, so what they need together is not needed.
        self._all.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.setMinimumSize(_LEAST_WIDTH_PX, _LEAST_HEIGHT_PX)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setProperty("role", "muted")
        self._all.setBackgroundRole(QPalette.ColorRole.Base)
        self._all.setAutoFillBackground(True)
        self._grid = QGridLayout(self._all)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(2)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._all)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(REDRAW_MS)
        self._timer.timeout.connect(self.redraw)

    @property
    def shown(self) -> list[CurvePlot]:
        """The plots in use."""
        return self.plots[: self._used]

    @property
    def in_sight(self) -> list[CurvePlot]:
        """The one that is enlarged, or all in use."""
        return [self._enlarged] if self._enlarged in self.shown else self.shown

    @property
    def x_range(self) -> tuple[float, float] | None:
        """What a person zoomed to; None where all is in sight."""
        return self._range

    def show_plots(
        self, plots: Sequence[Plot], x_axis: XAxis = "step", log_y: bool = False
    ) -> None:
        """Show these plots over another x axis or with a logarithmic y axis."""
        for _ in range(len(self.plots), len(plots)):
            self._add_plot()
        if x_axis != self._x_axis:
            self.show_all()
            self._cursor = None
        self._x_axis, self._log_y = x_axis, log_y
        self._several = any(plot.numbered for plot in plots)
        if [plot.title for plot in plots] != [widget.plot.title for widget in self.shown]:
            self._enlarged = None
        self._used = len(plots)
        for widget, plot in zip(self.plots, plots, strict=False):
            widget.show_plot(plot, x_axis, log_y)
            widget.setAccessibleName(f"{plot.title} over {AXIS_TITLES[x_axis]}")
        self._arrange()
        self.redraw()

    def prepare(self, count: int) -> None:
        """Make plots ready one by one while there is nothing else to do; each takes 10 ms."""
        if len(self.plots) < count:
            self._add_plot()
            QTimer.singleShot(0, self, lambda: self.prepare(count))

    def touch(self) -> None:
        """Something changed: draw it soon."""
        if not self._timer.isActive() and self.isVisible():
            self._timer.start()

    @Slot()
    def redraw(self) -> None:
        """Draw everything as it is now."""
        extents = [extent for plot in self.shown if (extent := plot.x_extent())]
        self._stack.setCurrentWidget(self._all if extents else self._empty)
        if not extents:
            return
        self._fit(min(low for low, _ in extents), max(high for _, high in extents))
        for plot in self.in_sight:
            plot.set_x_range(*(self._range or self._fitted))
            plot.redraw()

    def enlarge(self, plot: CurvePlot) -> None:
        """Let a plot fill the room; the one that does already: bring the others back."""
        self._enlarged = None if self._enlarged is plot else plot
        self._arrange()
        self.redraw()
        plot.setFocus()

    @Slot()
    def show_all(self) -> None:
        """Undo all zooming."""
        self._zoom_to(None)

    def show_range(self, low: float, high: float) -> None:
        """Look at a part of the x axis; at all of it if the part has it all."""
        known_low, known_high = self._fitted
        whole = low <= known_low and known_high <= high
        self._zoom_to(None if whole else (low, high))

    def _add_plot(self) -> None:
        plot = CurvePlot(self._all)
        plot.hide()
        plot.range_changed.connect(self.show_range)
        plot.enlarge_requested.connect(lambda: self.enlarge(plot))
        plot.hovered.connect(self._hover)
        plot.installEventFilter(self)
        self.plots.append(plot)

    def _arrange(self) -> None:
        """As many columns as give plots a good shape."""
        seen = self.in_sight
        for plot in self.plots:
            if plot not in seen:
                plot.hide()
        if not seen:
            return
        width, height = max(1, self.width()), max(1, self.height())

        def badness(columns: int) -> float:
            rows = -(-len(seen) // columns)
            shape = (width / columns) / (height / rows)
            narrow = max(0.0, _LEAST_WIDTH_PX * columns / width - 1)
            free = (rows * columns - len(seen)) / (rows * columns)
            return abs(float(np.log(shape / _ASPECT))) + 5 * narrow + 2 * free

        columns = min(range(1, len(seen) + 1), key=badness)
        for i, plot in enumerate(seen):
            self._grid.addWidget(plot, i // columns, i % columns)
            plot.show_x_axis(i + columns >= len(seen))
            plot.show()
        for column in range(max(columns, self._columns)):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)
        self._columns = columns

    def _fit(self, low: float, high: float) -> None:
        """The range that has everything, with room to grow so that axes need not move each time."""
        if self._x_axis != "wall_time":
            low = 0.0
        span = high - low or 1.0
        width = max(50, self.in_sight[0].width())
        room = _MARGIN + (_ROOM_FOR_NUMBERS_PX / width if self._several else 0.0)
        least = high + room * span
        fitted_low, fitted_high = self._fitted
        if fitted_low != low or not least <= fitted_high <= least + 0.05 * span:
            self._fitted = (low, least + 0.025 * span)

    def _zoom_to(self, part: tuple[float, float] | None) -> None:
        if part is None and self._range is None:
            for plot in self.shown:
                plot.set_x_range(*self._fitted)
            return
        was = self._range
        self._range = part
        if (part is None) != (was is None):
            self.zoomed.emit(part is not None)
        for plot in self.shown:
            plot.set_x_range(*(part or self._fitted))
        self.touch()

    @Slot(object)
    def _hover(self, point: Point | None) -> None:
        plot = self.sender()
        if not isinstance(plot, CurvePlot):
            return
        if point is None:
            self._take_cursor_away()
        else:
            self._put_cursor(plot, point.x, point, QCursor.pos())

    def _put_cursor(self, plot: CurvePlot, x: float, point: Point, tip_at: QPoint) -> None:
        """Put the cursor of all plots at x, and describe every run of one plot beside `point`."""
        points = plot.points(point.x)
        self._cursor = x
        for each in self.shown:
            each.cursor_at(x)
            each.put_dots(points if each is plot else ())
        told = read_out(plot.plot, point, points, self._x_axis, plot.mark_at(point.x))
        plot.setAccessibleDescription(told)
        QToolTip.showText(tip_at, plain_tip(told), plot, plot.rect(), _TIP_STAYS_MS)

    def _take_cursor_away(self) -> None:
        self._cursor = None
        for each in self.shown:
            each.cursor_at(None)
            each.put_dots()
        QToolTip.hideText()

    def _move_cursor(self, plot: CurvePlot, to: float) -> None:
        """By keyboard: all curves of the plot at one place."""
        low, high = self._range or self._fitted
        first, last = plot.x_extent() or (low, high)
        place = min(max(to, low, first), high, last)
        points = plot.points(place)
        if not points:
            return
        closest = min(points, key=lambda point: abs(point.x - place))
        self._put_cursor(plot, place, closest, plot.place_of(place))

    def _press(self, plot: CurvePlot, event: QKeyEvent) -> bool:
        """Whether the key meant something."""
        low, high = self._range or self._fitted
        span = high - low
        here = (low + high) / 2 if self._cursor is None else self._cursor
        by = span * (0.1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 0.01)
        match event.key():
            case Qt.Key.Key_Left:
                self._move_cursor(plot, here - by)
            case Qt.Key.Key_Right:
                self._move_cursor(plot, here + by)
            case Qt.Key.Key_Home:
                self._move_cursor(plot, low)
            case Qt.Key.Key_End:
                self._move_cursor(plot, high)
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                self.show_range(here - span / 4, here + span / 4)
            case Qt.Key.Key_Minus:
                self.show_range(here - span, here + span)
            case Qt.Key.Key_0:
                self.show_all()
            case Qt.Key.Key_Escape if self._cursor is not None:
                self._take_cursor_away()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.enlarge(plot)
            case Qt.Key.Key_Escape if self._enlarged is not None:
                self.enlarge(self._enlarged)
            case _:
                return False
        return True

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        if isinstance(watched, CurvePlot) and isinstance(event, QKeyEvent):
            return event.type() == QEvent.Type.KeyPress and self._press(watched, event)
        return False

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()
        self.touch()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._arrange()
        self.touch()

    def hideEvent(self, event: QHideEvent) -> None:
        self._timer.stop()
        super().hideEvent(event)
