"""`CurvePlot`: one quantity of several runs, raw and smoothed."""

from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.curves.plot import Plot
from core.curves.sight import spread, with_room
from core.curves.ticks import XAxis
from icdrl_gui.theme import colours
from icdrl_gui.widgets.curves.axes import set_x_ticks, set_y_ticks
from icdrl_gui.widgets.curves.data import REACH_PX, Point, height_of, nearest, points_at
from icdrl_gui.widgets.curves.items import CurveItems
from icdrl_gui.widgets.elided_label import ElidedLabel


class CurvePlot(QWidget):
    """Draws what is in sight of growing columns whenever `redraw` is called.

    Signals:
        range_changed: a person zoomed or moved: low and high end of the x axis.
        enlarge_requested: a person wants this plot to fill the room, or the others back.
        hovered: the `Point` below the pointer, or None.
    """

    range_changed = Signal(float, float)
    enlarge_requested = Signal()
    hovered = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._plot = Plot("")
        self._log_y = False
        self._x_range = (0.0, 1.0)
        self._y_range = (0.0, 1.0)
        self._curves: list[CurveItems] = []
        # Not pyqtgraph's, which pushes the ends of the curves out of sight where it is too wide.
        self.title = ElidedLabel()
        self.title.setFont(self._font(0.95, bold=True))
        self.title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._view = pg.PlotWidget(self, enableMenu=False)
        self._view.setFrameShape(self._view.Shape.NoFrame)
        self._view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._view.viewport().installEventFilter(self)
        self._item = self._view.getPlotItem()
        self._box = self._item.getViewBox()
        self._set_up_view()
        self._level = pg.InfiniteLine(angle=0, movable=False)
        self._level_text = pg.TextItem(anchor=(0, 1))
        self._level_text.setFont(self._font(0.85))
        self._cursor = pg.InfiniteLine(angle=90, movable=False)
        self._dots = pg.ScatterPlotItem(size=7, pxMode=True)
        self._empty = pg.TextItem(anchor=(0.5, 0.5))
        for item in (self._level, self._level_text, self._cursor, self._empty):
            item.setVisible(False)
            self._item.addItem(item, ignoreBounds=True)
        self._item.addItem(self._dots, ignoreBounds=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2, 2, 2, 2)
        layout.setSpacing(0)
        layout.addWidget(self.title)
        layout.addWidget(self._view, 1)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.restyle()

    @property
    def plot(self) -> Plot:
        """What is shown."""
        return self._plot

    def show_plot(self, plot: Plot, x_axis: XAxis, log_y: bool) -> None:
        """Show other curves; drawn at the next `redraw`."""
        self._plot = plot
        self._log_y = log_y
        self.title.show_text(plot.title)
        set_x_ticks(self._item.getAxis("bottom"), x_axis, self._text_width("0"))
        self._item.getAxis("left").setLogMode(log_y)
        for _ in range(len(self._curves), len(plot.curves)):
            self._curves.append(CurveItems(self._item))
        self.put_dots()
        self.restyle()

    def x_extent(self) -> tuple[float, float] | None:
        """First and last place on the x axis of all curves; None without any report."""
        ends = [curve.x.values[[0, -1]] for curve in self._plot.curves if len(curve.x)]
        if not ends:
            return None
        return float(min(first for first, _ in ends)), float(max(last for _, last in ends))

    def set_x_range(self, low: float, high: float) -> None:
        """Where to look at; drawn at the next `redraw`."""
        if (low, high) != self._x_range:
            self._x_range = (low, high)
            self._box.setXRange(low, high, padding=0)

    def redraw(self) -> None:
        """Draw what is in sight of the columns as they are now."""
        width = max(50, int(self._box.width()))
        for items, curve in zip(self._curves, self._plot.curves, strict=False):
            items.draw(curve, self._x_range, width, self._log_y)
        for items in self._curves[len(self._plot.curves) :]:
            items.hide()
        used = self._curves[: len(self._plot.curves)]
        found = [items.extent for items in used if items.extent]
        self._empty.setVisible(not found)
        self._fit_y(found)
        for items, curve in zip(used, self._plot.curves, strict=True):
            items.draw_marks([x for x, _ in curve.marks], self._y_range)
        if self._plot.numbered:
            self._place_numbers(used)
        for items in used:
            items.show_number(self._plot.numbered)
        self._place_texts()

    def put_dots(self, points: Sequence[Point] = ()) -> None:
        """Put a dot on each of these points, and on no other."""
        of = colours(self.palette())
        heights = [height_of(point, self._log_y) for point in points]
        drawn = [(point, y) for point, y in zip(points, heights, strict=True) if y is not None]
        self._dots.setData(
            [point.x for point, _ in drawn],
            [y for _, y in drawn],
            brush=[QColor(of.curves[point.curve.colour]) for point, _ in drawn],
            pen=QPen(Qt.PenStyle.NoPen),
        )

    def cursor_at(self, x: float | None) -> None:
        """Put a vertical line at x; None: take it away."""
        self._cursor.setVisible(x is not None)
        if x is not None:
            self._cursor.setValue(x)

    def place_of(self, x: float) -> QPoint:
        """Where x is on the screen, in the middle of the plot's height."""
        across = self._box.mapViewToScene(QPointF(x, 0)).toPoint().x()
        return self.mapToGlobal(QPoint(across, self.height() // 2))

    def points(self, x: float) -> list[Point]:
        """The report of each curve that lies nearest to x."""
        return points_at(self._plot.curves, x)

    def mark_at(self, x: float) -> str:
        """What was changed near x, or nothing."""
        reach = REACH_PX / 2 * self._box.viewPixelSize()[0]
        near = [
            f"{curve.run}: {text}" if self._plot.numbered else text
            for curve in self._plot.curves
            for place, text in curve.marks
            if abs(place - x) <= reach
        ]
        return "; ".join(near)

    def restyle(self) -> None:
        """Take the theme's colours."""
        of = colours(self.palette())
        self._view.setBackground(QColor(of.surface))
        for name in ("left", "bottom"):
            axis = self._item.getAxis(name)
            axis.setPen(QColor(of.border))
            axis.setTextPen(QColor(of.muted))
        self._level.setPen(pg.mkPen(of.muted, width=1, style=Qt.PenStyle.DashLine))
        self._level_text.setColor(of.muted)
        self._cursor.setPen(pg.mkPen(of.muted, width=1))
        self._empty.setColor(of.muted)
        self.put_dots()
        for items, curve in zip(self._curves, self._plot.curves, strict=False):
            items.restyle(QColor(of.curves[curve.colour]), QColor(of.surface), str(curve.number))

    def show_x_axis(self, shown: bool) -> None:
        """Whether the x axis has numbers, or is left to the plot below."""
        axis = self._item.getAxis("bottom")
        axis.setStyle(showValues=shown)
        axis.setHeight(None if shown else 5)

    def _set_up_view(self) -> None:
        self._box.setMouseEnabled(x=True, y=False)
        self._box.disableAutoRange()
        self._item.hideButtons()
        left, bottom = self._item.getAxis("left"), self._item.getAxis("bottom")
        left.enableAutoSIPrefix(False)
        bottom.enableAutoSIPrefix(False)
        gutter = self._text_width("0.000") + 4
        left.setWidth(gutter)
        self.title.setContentsMargins(gutter, 0, 0, 0)
        left.setStyle(maxTickLevel=1, tickLength=-3)
        bottom.setStyle(maxTickLevel=0, tickLength=-3)
        for axis in (left, bottom):
            axis.setTickFont(self._font(0.85))
        set_y_ticks(left, self.fontMetrics().height())
        scene = self._view.scene()
        self._moves = pg.SignalProxy(scene.sigMouseMoved, rateLimit=30, slot=self._move)
        self._box.sigRangeChangedManually.connect(self._range_moved)

    def _text_width(self, text: str) -> int:
        return self.fontMetrics().horizontalAdvance(text)

    def _font(self, factor: float, bold: bool = False) -> QFont:
        font = self.font()
        font.setPointSizeF(font.pointSizeF() * factor)
        font.setBold(bold)
        return font

    def _fit_y(self, extents: list[tuple[float, float]]) -> None:
        """What is drawn is in sight, outliers excepted; the axis moves only when it must."""
        if not extents:
            return
        low, high = min(low for low, _ in extents), max(high for _, high in extents)
        level = self._level_height()
        if level is not None:
            # With room for what stands above the line.
            line = self.fontMetrics().height() / max(self._box.height(), 1)
            high = max(high, level + line * (high - low))
        wanted_low, wanted_high = with_room(low, high)
        shown_low, shown_high = self._y_range
        fits = shown_low <= low and high <= shown_high
        if not fits or shown_high - shown_low > 1.3 * (wanted_high - wanted_low):
            self._y_range = (wanted_low, wanted_high)
            self._box.setYRange(*self._y_range, padding=0)

    def _place_numbers(self, used: list[CurveItems]) -> None:
        """Each run's number beside the end of its curve, none over another."""
        width, height = self._box.viewPixelSize()
        line = self.fontMetrics().height()
        gap, beside = 0.8 * line * height, line * width
        lowest, highest = self._y_range[0] + gap / 2, self._y_range[1] - gap / 2
        drawn = [items for items in used if items.end is not None]
        ends = [items.end for items in drawn if items.end is not None]
        for items, (x, _), y in zip(
            drawn, ends, spread(ends, beside, gap, lowest, highest), strict=True
        ):
            items.place_number(x, y)

    def _place_texts(self) -> None:
        (left, right), (low, high) = self._x_range, self._y_range
        level, y = self._plot.level, self._level_height()
        self._level.setVisible(y is not None)
        self._level_text.setVisible(y is not None)
        if level is not None and y is not None:
            self._level.setValue(y)
            room = max(0, int(self._box.width()) - 8)
            mode = Qt.TextElideMode.ElideRight
            metrics = QFontMetrics(self._font(0.85))
            self._level_text.setText(metrics.elidedText(level.meaning, mode, room))
            self._level_text.setPos(left + 4 * self._box.viewPixelSize()[0], y)
        if self._empty.isVisible():
            self._empty.setText(self._plot.empty)
            self._empty.setPos((left + right) / 2, (low + high) / 2)

    def _level_height(self) -> float | None:
        return self._plot.level.height(self._log_y) if self._plot.level else None

    def _move(self, arguments: tuple[QPointF]) -> None:
        if not self._box.sceneBoundingRect().contains(arguments[0]):
            self.hovered.emit(None)
            return
        place = self._box.mapSceneToView(arguments[0])
        pixel = self._box.viewPixelSize()
        point = nearest(self._plot.curves, (place.x(), place.y()), pixel, self._log_y)
        self.hovered.emit(point)

    def _range_moved(self, _mask: object) -> None:
        (low, high), _ = self._box.viewRange()
        self._x_range = (low, high)
        self.range_changed.emit(low, high)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.MouseButtonDblClick:
            self.enlarge_requested.emit()
            return True
        # The view must not hide the tooltip of the point when the pointer rests.
        return event.type() == QEvent.Type.ToolTip

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self.restyle()
        super().changeEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        # A move that was held back must not come after this.
        self._moves.flush()
        self.hovered.emit(None)
        super().leaveEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        of = colours(self.palette())
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(of.surface))
        if self.hasFocus():
            painter.setPen(QPen(QColor(of.accent), 2))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))
