"""`Section`: a heading that folds away what is below it."""

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QSizePolicy, QToolButton, QVBoxLayout, QWidget


class Section(QWidget):
    """Closed at first; the heading is a button, by keyboard too."""

    def __init__(self, title: str, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = title
        self.content = content
        self.heading = QToolButton()
        self.heading.setCheckable(True)
        self.heading.setAutoRaise(True)
        self.heading.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.heading.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.heading.setStyleSheet("QToolButton { font-weight: 600; text-align: left; }")
        self.heading.toggled.connect(self._fold)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.heading)
        layout.addWidget(content)
        self.say("")
        self._fold(False)

    @property
    def is_open(self) -> bool:
        """Whether the content can be seen."""
        return self.heading.isChecked()

    def set_open(self, is_open: bool) -> None:
        """Fold or unfold."""
        self.heading.setChecked(is_open)

    def say(self, note: str) -> None:
        """A few words behind the title, such as how much was changed."""
        self.heading.setText(f"{self.title}  ({note})" if note else self.title)
        self.heading.setAccessibleName(f"section {self.heading.text()}")

    @Slot(bool)
    def _fold(self, is_open: bool) -> None:
        self.content.setVisible(is_open)
        self.heading.setArrowType(Qt.ArrowType.DownArrow if is_open else Qt.ArrowType.RightArrow)
        self.heading.setToolTip("Fold away" if is_open else "Unfold")
