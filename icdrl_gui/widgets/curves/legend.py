"""`CurveLegend`: the line that says which curve is which run."""

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from icdrl_gui.theme import colours
from icdrl_gui.widgets.plain_text import plain_tip

_GAP_PX = 14


class LegendEntry(NamedTuple):
    """A run's number beside its curves, its name, and the index of its colour."""

    number: int
    name: str
    colour: int


class CurveLegend(QWidget):
    """Names lose their middles only where there is no room; the tooltip has all of it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entries: Sequence[LegendEntry] = ()
        self._note = ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_entries(self, entries: Sequence[LegendEntry], smoothing: float = 0.0) -> None:
        """Show which run is which, and what is smoothed, 0 for nothing."""
        self._entries = entries
        self._note = f"EMA {smoothing:g}, raw faint" if smoothing and entries else ""
        lines = [f"{self._key(entry)}{entry.name}" for entry in entries]
        if self._note:
            lines.append(f"faint: as reported; strong: EMA {smoothing:g}, their moving average")
        text = "\n".join(lines)
        self.setToolTip(plain_tip(text))
        self.setAccessibleName(text)
        self.update()

    @property
    def names(self) -> list[str]:
        """As they are drawn."""
        metrics = self.fontMetrics()
        wanted = [metrics.horizontalAdvance(entry.name) + 2 for entry in self._entries]
        taken = sum(map(self._key_width, self._entries)) + _GAP_PX * len(wanted)
        room = self.contentsRect().width() - taken - metrics.horizontalAdvance(self._note)
        return [
            metrics.elidedText(entry.name, Qt.TextElideMode.ElideMiddle, width)
            for entry, width in zip(self._entries, _shares(wanted, max(room, 0)), strict=True)
        ]

    def _key(self, entry: LegendEntry) -> str:
        return f"{entry.number} — " if len(self._entries) > 1 else "— "

    def _key_width(self, entry: LegendEntry) -> int:
        return QFontMetrics(self._bold()).horizontalAdvance(self._key(entry))

    def _bold(self) -> QFont:
        font = QFont(self.font())
        font.setBold(True)
        return font

    def sizeHint(self) -> QSize:
        margins = self.contentsMargins()
        return QSize(0, self.fontMetrics().height() + margins.top() + margins.bottom())

    def paintEvent(self, event: QPaintEvent) -> None:
        of, painter = colours(self.palette()), QPainter(self)
        place = self.contentsRect()

        def write(text: str, colour: str, font: QFont) -> None:
            painter.setFont(font)
            painter.setPen(QColor(colour))
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, text)
            place.adjust(QFontMetrics(font).horizontalAdvance(text), 0, 0, 0)

        for entry, name in zip(self._entries, self.names, strict=True):
            write(self._key(entry), of.curves[entry.colour], self._bold())
            write(name, of.text, self.font())
            place.adjust(_GAP_PX, 0, 0, 0)
        write(self._note, of.muted, self.font())
        painter.end()


def _shares(wanted: Sequence[int], room: int) -> list[int]:
    """To each what it wants; where that is more than there is, to each equally much at most."""
    shares = [0] * len(wanted)
    by_width = sorted(range(len(wanted)), key=lambda place: wanted[place])
    for already, place in enumerate(by_width):
        shares[place] = min(wanted[place], room // (len(wanted) - already))
        room -= shares[place]
    return shares
