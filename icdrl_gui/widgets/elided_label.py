"""`ElidedLabel`: one line that is cut rather than make its window wider."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from icdrl_gui.widgets.plain_text import plain_tip

_LEAST_OF_A_NAME = 9


class ElidedLabel(QLabel):
    """A name loses its middle first, then the line its end; the tooltip has all of it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        self._name = ""

    def show_text(self, text: str, name: str = "") -> None:
        """Show a text, in which `name` is the part that can best do without its middle."""
        self._name = name
        if text != self.text():
            self.setText(text)
            self.setToolTip(plain_tip(text))

    @property
    def drawn(self) -> str:
        """What of the text can be read."""
        text, width, metrics = self.text(), self.contentsRect().width(), self.fontMetrics()
        if self._name and metrics.horizontalAdvance(text) > width:
            before, _, after = text.partition(self._name)
            room = max(
                width - metrics.horizontalAdvance(before + after),
                _LEAST_OF_A_NAME * metrics.averageCharWidth(),
            )
            name = metrics.elidedText(self._name, Qt.TextElideMode.ElideMiddle, room)
            shorter = f"{before}{name}{after}"
            if metrics.horizontalAdvance(shorter) <= width:
                return shorter
        return metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)

    def minimumSizeHint(self) -> QSize:
        """A line high, however narrow."""
        return QSize(0, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw what fits."""
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.contentsRect(), int(self.alignment()), self.drawn)
        painter.end()
