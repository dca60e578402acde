"""`LabelEditor`: a line over a row's label, to name it."""

from PySide6.QtCore import QRectF, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

_LEAST_WIDTH = 140


class LabelEditor(QLineEdit):
    """Enter, or leaving it, commits; Escape does not."""

    committed = Signal(int, str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._home = parent
        self._row = 0
        self.setAccessibleName("name of the row")
        self.setPlaceholderText("name this row")
        self.setMaxLength(60)
        self.hide()
        self.editingFinished.connect(self._commit)

    def begin(self, row: int, label: str, place: QRectF) -> None:
        """Edit the label of `row`, which is written at `place`."""
        self._row = row
        self.setText(label)
        self.selectAll()
        height = self.sizeHint().height()
        top = max(0, int(place.center().y() - height / 2))
        self.setGeometry(2, top, max(_LEAST_WIDTH, int(place.width()) + 4), height)
        self.show()
        self.setFocus()

    @Slot()
    def _commit(self) -> None:
        if not self.isHidden():
            self.hide()
            self.committed.emit(self._row, self.text().strip())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape gives up."""
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
            self._home.setFocus()
        else:
            super().keyPressEvent(event)
