"""`HonestyPlot`: what was asked of a concept against what its images show."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from icdrl_gui.theme import Colours, colours

_DOT_PX = 2.0
_FAINT = 70
_EMPTY = "Check whether images get what is asked of this concept."


class HonestyPlot(QWidget):
    """A dot for each image: values that were reached are blue, others grey; measured on high.

    The line is where asked and measured are equal. Both axes go over the range of the concept and
    a quarter more.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._asked: NDArray[np.float64] = np.empty(0)
        self._measured, self._reached = self._asked, self._asked.astype(bool)
        self._ends = (0.0, 1.0)
        self.setAccessibleName("asked against measured")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.clear()

    def show_check(
        self,
        asked: NDArray[np.float64],
        measured: NDArray[np.float64],
        reached: NDArray[np.bool_],
        ends: tuple[float, float],
    ) -> None:
        """Show (N,) values asked for and measured, and which were reached; `ends`: the range."""
        self._asked, self._measured, self._reached, self._ends = asked, measured, reached, ends
        self.setAccessibleDescription(f"{len(asked):,} images")
        self.update()

    def clear(self) -> None:
        """Nothing was checked yet."""
        self._asked = np.empty(0)
        self.setAccessibleDescription(_EMPTY)
        self.update()

    def place_of(self, asked: float, measured: float) -> QPointF:
        """Where a dot stands in the widget; at its edge where that lies beyond."""
        area, (low, high) = self._area(), self._ends
        margin = (high - low) / 4
        x, y = (
            min(max((each - low + margin) / (high - low + 2 * margin), 0.0), 1.0)
            for each in (asked, measured)
        )
        return QPointF(area.left() + x * area.width(), area.bottom() - y * area.height())

    def _area(self) -> QRectF:
        line = self.fontMetrics().height()
        return QRectF(self.rect()).adjusted(line + 6, 4, -6, -line - 6)

    def _draw_axes(self, painter: QPainter, of: Colours) -> None:
        area, (low, high) = self._area(), self._ends
        painter.fillRect(area, QColor(of.surface))
        painter.setPen(QPen(QColor(of.border), 1))
        painter.drawRect(area)
        painter.drawLine(self.place_of(low, low), self.place_of(high, high))
        painter.setPen(QColor(of.muted))
        line = self.fontMetrics().height()
        below = QRectF(area.left(), area.bottom() + 2, area.width(), line)
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, f"asked, {low:.3g} to {high:.3g}")
        painter.save()
        painter.translate(2, area.bottom())
        painter.rotate(-90)
        beside = QRectF(0, 0, area.height(), line)
        painter.drawText(beside, Qt.AlignmentFlag.AlignCenter, "measured")
        painter.restore()

    def sizeHint(self) -> QSize:
        return QSize(230, 210)

    def minimumSizeHint(self) -> QSize:
        return QSize(140, 120)

    def paintEvent(self, event: QPaintEvent) -> None:
        of = colours(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not len(self._asked):
            painter.setPen(QColor(of.muted))
            flags = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
            painter.drawText(QRectF(self.rect()).adjusted(8, 8, -8, -8), flags, _EMPTY)
            return
        self._draw_axes(painter, of)
        painter.setPen(Qt.PenStyle.NoPen)
        # Dots of one column stand beside each other, so that they can be seen.
        spread = np.random.default_rng(0).uniform(-6, 6, len(self._asked))
        for reached, name in ((False, of.muted), (True, of.accent)):
            colour = QColor(name)
            colour.setAlpha(_FAINT)
            painter.setBrush(colour)
            for i in np.flatnonzero(self._reached == reached):
                if np.isfinite(self._measured[i]):
                    place = self.place_of(float(self._asked[i]), float(self._measured[i]))
                    painter.drawEllipse(place + QPointF(spread[i], 0), _DOT_PX, _DOT_PX)
