"""`HeatMap`: a small matrix of numbers as colours, such as |correlation| of codes."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from icdrl_gui.theme import LIGHT, Colours, colours
from icdrl_gui.widgets.plain_text import plain_tip

# Cividis: as good for colour-blind eyes as for others, and ever lighter.
_STOPS = ("#00224e", "#2a3f6d", "#575c6d", "#7d7c78", "#a69d75", "#d3c164", "#fee838")

_LEAST_CELL_PX = 14
_MOST_CELL_PX = 64


class HeatMap(QWidget):
    """Rows times columns of numbers, each a cell; NaN is an empty cell.

    Arrow keys move from cell to cell.

    Signals:
        told: what the cell below the pointer or chosen by key says; empty when there is none.
    """

    told = Signal(str)

    def __init__(self, title: str, wide: bool = False, parent: QWidget | None = None) -> None:
        """wide: cells are as wide as their numbers and the names above, where there is room."""
        super().__init__(parent)
        self._wide = wide
        self._title = title
        self._values: NDArray[np.float64] = np.empty((0, 0))
        self._rows: tuple[str, ...] = ()
        self._columns: tuple[str, ...] = ()
        self._low, self._high = 0.0, 1.0
        self._empty = ""
        self._cell: tuple[int, int] | None = None
        self.setAccessibleName(title)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_values(
        self,
        values: ArrayLike,
        rows: Sequence[str],
        columns: Sequence[str] | None = None,
        limits: tuple[float, float] = (0.0, 1.0),
    ) -> None:
        """Show values (R, C) with names of the rows and columns (those of the rows if none).

        limits: the values of the darkest and of the lightest colour, whatever the values are.
        """
        array = np.atleast_2d(np.asarray(values, dtype=np.float64))
        names = tuple(rows if columns is None else columns)
        if array.size and array.shape != (len(rows), len(names)):
            raise ValueError(f"{array.shape} values for {len(rows)} rows, {len(names)} columns")
        self._values, self._rows, self._columns = array, tuple(rows), names
        self._low, self._high = limits
        self._cell = None
        self.setAccessibleDescription(self._summary())
        self.updateGeometry()
        self.update()

    def clear(self, sentence: str = "") -> None:
        """Show no values but a sentence that says why."""
        self._values, self._rows, self._columns = np.empty((0, 0)), (), ()
        self._empty, self._cell = sentence, None
        self.setAccessibleDescription(sentence)
        self.update()

    def as_image(self, scale: int = 2) -> QImage:
        """The map as a picture for a paper: light whatever the theme."""
        size = self.sizeHint()
        image = QImage(size * scale, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(scale)
        image.fill(QColor(LIGHT.surface))
        painter = QPainter(image)
        painter.setFont(self.font())
        self._draw(painter, QRectF(0, 0, size.width(), size.height()), LIGHT)
        painter.end()
        return image

    def as_pixels(self) -> NDArray[np.uint8]:
        """`as_image` as (H, W, 3) uint8."""
        image = self.as_image().convertToFormat(QImage.Format.Format_RGB888)
        row = image.bytesPerLine()
        rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), row)
        return rows[:, : image.width() * 3].reshape(image.height(), image.width(), 3).copy()

    def colour_of(self, value: float) -> QColor:
        """The colour of a value; beyond the limits the outermost ones."""
        share = (value - self._low) / ((self._high - self._low) or 1.0)
        place = min(max(share, 0.0), 1.0) * (len(_STOPS) - 1)
        below = min(int(place), len(_STOPS) - 2)
        first, second, weight = QColor(_STOPS[below]), QColor(_STOPS[below + 1]), place - below
        return QColor(
            round(first.red() + weight * (second.red() - first.red())),
            round(first.green() + weight * (second.green() - first.green())),
            round(first.blue() + weight * (second.blue() - first.blue())),
        )

    def sentence(self, row: int, column: int) -> str:
        """`c1 and c2: 0.31`."""
        value = self._values[row, column]
        text = f"{value:.3f}" if np.isfinite(value) else "unknown"
        return f"{self._rows[row]} and {self._columns[column]}: {text}"

    def cell_rect(self, row: int, column: int) -> QRectF:
        """Where a cell lies in the widget."""
        return self._cell_rect(QRectF(self.rect()), row, column)

    def _summary(self) -> str:
        if not self._values.size or not np.isfinite(self._values).any():
            return self._empty
        apart = self._values.copy()
        if self._rows == self._columns:
            np.fill_diagonal(apart, np.nan)
        if not np.isfinite(apart).any():
            return ""
        row, column = np.unravel_index(int(np.nanargmax(apart)), apart.shape)
        return f"Largest: {self.sentence(int(row), int(column))}"

    def _layout(self, area: QRectF) -> tuple[float, float, float, float]:
        """Left and top of the first cell, and width and height of a cell."""
        metrics = QFontMetricsF(self.font())
        left = max((metrics.horizontalAdvance(name) for name in self._rows), default=0.0) + 6
        top = 2 * metrics.height() + 6
        rows, columns = self._values.shape
        side = min(
            (area.width() - left - 4) / max(columns, 1), (area.height() - top - 4) / max(rows, 1)
        )
        side = float(int(min(max(side, 4.0), _MOST_CELL_PX)))
        width = side
        if self._wide:
            room = int((area.width() - left - 4) / max(columns, 1))
            widest = max(self._widest_column(), metrics.horizontalAdvance("0.00"))
            width = max(side, float(min(room, widest + 8)))
        spare = max(0.0, area.width() - left - columns * width)
        return area.left() + left + spare / 2, area.top() + top, width, side

    def _widest_column(self) -> float:
        metrics = QFontMetricsF(self.font())
        return max((metrics.horizontalAdvance(name) for name in self._columns), default=0.0)

    def _cell_rect(self, area: QRectF, row: int, column: int) -> QRectF:
        left, top, width, height = self._layout(area)
        return QRectF(left + column * width, top + row * height, width, height)

    def _cell_at(self, place: QPointF) -> tuple[int, int] | None:
        left, top, width, height = self._layout(QRectF(self.rect()))
        row, column = int((place.y() - top) // height), int((place.x() - left) // width)
        rows, columns = self._values.shape
        return (row, column) if 0 <= row < rows and 0 <= column < columns else None

    def _choose(self, cell: tuple[int, int] | None) -> None:
        if cell != self._cell:
            self._cell = cell
            self.told.emit(self.sentence(*cell) if cell else "")
            self.update()

    def _draw(self, painter: QPainter, area: QRectF, of: Colours) -> None:
        metrics = QFontMetricsF(self.font())
        line = metrics.height()
        painter.setPen(QColor(of.text))
        heading = QRectF(area.left(), area.top() + 1, area.width(), line)
        title = metrics.elidedText(self._title, Qt.TextElideMode.ElideRight, area.width() - 4)
        painter.drawText(heading, Qt.AlignmentFlag.AlignHCenter, title)
        if not self._values.size:
            painter.setPen(QColor(of.muted))
            flags = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
            painter.drawText(area.adjusted(8, line, -8, -8), flags, self._empty)
            return
        left, top, width, height = self._layout(area)
        self._draw_names(painter, area, of)
        fits = [metrics.horizontalAdvance(text) + 4 <= width for text in ("0.00", ".00")]
        for (row, column), value in np.ndenumerate(self._values):
            cell = QRectF(left + column * width, top + row * height, width, height)
            if not np.isfinite(value):
                painter.fillRect(cell.adjusted(0, 0, -1, -1), QColor(of.raised))
                continue
            colour = self.colour_of(float(value))
            painter.fillRect(cell.adjusted(0, 0, -1, -1), colour)
            if line <= height and any(fits):
                # Black or white, whichever stands out more.
                painter.setPen(QColor("#ffffff" if _luminance(colour) < 0.18 else "#000000"))
                text = f"{value:.2f}" if fits[0] else _short(float(value))
                painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, text)

    def _draw_names(self, painter: QPainter, area: QRectF, of: Colours) -> None:
        left, top, side, height = self._layout(area)
        metrics = QFontMetricsF(self.font())
        painter.setPen(QColor(of.muted))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for row, name in enumerate(self._rows):
            painter.drawText(QRectF(0, top + row * height, left - 5, height), right, name)
        widest = self._widest_column()
        # Where names don't fit side by side each n-th is written.
        stride = 1 if self._wide else max(1, -(-int(widest + 4) // max(int(side), 1)))
        for column, name in enumerate(self._columns):
            if column % stride == 0:
                width = side * stride
                x = left + column * side + side / 2 - width / 2
                box = QRectF(x, top - metrics.height() - 2, width, metrics.height())
                name = metrics.elidedText(name, Qt.TextElideMode.ElideRight, width)
                painter.drawText(box, Qt.AlignmentFlag.AlignHCenter, name)

    def sizeHint(self) -> QSize:
        rows, columns = self._values.shape
        metrics = self.fontMetrics()
        names = max((metrics.horizontalAdvance(name) for name in self._rows), default=0)
        side = metrics.horizontalAdvance("0.00") + 14
        width = max(side, int(self._widest_column()) + 9) if self._wide else side
        return QSize(
            max(names + 14 + columns * width, metrics.horizontalAdvance(self._title) + 12, 120),
            max(2 * metrics.height() + 14 + rows * side, 120),
        )

    def minimumSizeHint(self) -> QSize:
        rows, columns = self._values.shape
        if not self._values.size:
            return QSize(120, 60)
        return QSize(40 + columns * _LEAST_CELL_PX, 40 + rows * _LEAST_CELL_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        of = colours(self.palette())
        painter = QPainter(self)
        painter.setFont(self.font())
        self._draw(painter, QRectF(self.rect()), of)
        if self._cell is not None:
            painter.setPen(QPen(QColor(of.text), 2))
            painter.drawRect(self.cell_rect(*self._cell).adjusted(0, 0, -1, -1))
        if self.hasFocus():
            painter.setPen(QPen(QColor(of.accent), 2))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        cell = self._cell_at(event.position())
        self._choose(cell)
        text = self.sentence(*cell) if cell else ""
        QToolTip.showText(event.globalPosition().toPoint(), plain_tip(text), self)

    def leaveEvent(self, event: QEvent) -> None:
        self._choose(None)

    def focusOutEvent(self, event: QEvent) -> None:
        self._choose(None)
        super().focusOutEvent(event)  # type: ignore[arg-type]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        moves = {
            Qt.Key.Key_Left: (0, -1),
            Qt.Key.Key_Right: (0, 1),
            Qt.Key.Key_Up: (-1, 0),
            Qt.Key.Key_Down: (1, 0),
        }
        move = moves.get(Qt.Key(event.key()))
        if move is None or not self._values.size:
            super().keyPressEvent(event)
            return
        rows, columns = self._values.shape
        row, column = self._cell or (-move[0], -move[1])
        row, column = row + move[0], column + move[1]
        self._choose((min(max(row, 0), rows - 1), min(max(column, 0), columns - 1)))
        if self._cell:
            self.setAccessibleDescription(self.sentence(*self._cell))


def _short(value: float) -> str:
    """0.04 -> .04, 1.00 -> 1."""
    return f"{value:.2f}".replace("0.", ".", 1) if abs(value) < 0.995 else f"{value:.0f}"


def _luminance(colour: QColor) -> float:
    """Relative luminance as in WCAG."""

    def linear(channel: float) -> float:
        low = channel <= 0.04045
        return channel / 12.92 if low else float(((channel + 0.055) / 1.055) ** 2.4)

    red, green, blue = (linear(each) for each in (colour.redF(), colour.greenF(), colour.blueF()))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
