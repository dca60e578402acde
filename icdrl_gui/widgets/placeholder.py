"""`Placeholder`: a sentence where there is nothing to see yet."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QStackedWidget, QWidget


class Placeholder(QStackedWidget):
    """Shows its content, or says what to do so that there is some."""

    def __init__(self, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sentence = QLabel()
        self.sentence.setTextFormat(Qt.TextFormat.PlainText)
        self.sentence.setProperty("role", "muted")
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.sentence.setWordWrap(True)
        self.sentence.setMargin(24)
        self.addWidget(content)
        self.addWidget(self.sentence)

    def say(self, sentence: str) -> None:
        """Show this sentence; the content if it is empty."""
        self.sentence.setText(sentence)
        self.setCurrentIndex(1 if sentence else 0)

    def hasHeightForWidth(self) -> bool:
        """The content takes whatever height there is, and the sentence no more."""
        return False
