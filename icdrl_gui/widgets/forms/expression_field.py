"""`ExpressionField`: a line for an expression of codes, with completion and its first mistake."""

import re
from collections.abc import Sequence

from PySide6.QtCore import QStringListModel, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFontDatabase, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCompleter, QLineEdit, QWidget

from core.latents.dual import FUNCTIONS
from core.latents.errors import ExpressionError
from core.latents.expression import LONGEST_EXPRESSION, parse_expression
from icdrl_gui.theme import colours

_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*$")


class ExpressionField(QLineEdit):
    """`judged` carries what is wrong with the text, or an empty text, whenever it changes.

    The character where it goes wrong is underlined in red.
    """

    judged = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: tuple[str, ...] = ()
        self._wrong_at: int | None = None
        self.setMaxLength(LONGEST_EXPRESSION)
        self.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.setPlaceholderText("c3 - c5")
        self._words = QStringListModel(self)
        self._completer = QCompleter(self._words, self)
        self._completer.setWidget(self)
        self._completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._completer.activated.connect(self._complete)
        self.textEdited.connect(self._offer)
        self.textChanged.connect(self._judge)

    def set_names(self, names: Sequence[str]) -> None:
        """What an expression may name."""
        self._names = tuple(names)
        self._words.setStringList([*self._names, *(f"{each}(" for each in FUNCTIONS)])
        self._judge()

    @property
    def wrong_at(self) -> int | None:
        """Index of the character where the text goes wrong; None: nowhere, or it is empty."""
        return self._wrong_at

    @Slot()
    def _judge(self) -> None:
        self._wrong_at, reason = None, ""
        if self.text().strip():
            try:
                parse_expression(self.text(), self._names)
            except ExpressionError as error:
                self._wrong_at = error.at
                reason = f"Character {error.at + 1}: {error.reason}."
        self.setAccessibleDescription(reason)
        self.judged.emit(reason)
        self.update()

    @Slot()
    def _offer(self) -> None:
        """Names that go on as the word before the cursor."""
        word = _WORD.search(self.text()[: self.cursorPosition()])
        known = {*self._names, *FUNCTIONS}
        if word is None or word[0] in known:
            if popup := self._completer.popup():
                popup.hide()
            return
        self._completer.setCompletionPrefix(word[0])
        self._completer.complete()

    @Slot(str)
    def _complete(self, chosen: str) -> None:
        before, after = self.text()[: self.cursorPosition()], self.text()[self.cursorPosition() :]
        word = _WORD.search(before)
        start = before[: word.start()] if word else before
        self.setText(start + chosen + after)
        self.setCursorPosition(len(start + chosen))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._wrong_at is None:
            return
        metrics, text = self.fontMetrics(), self.text()
        cursor = self.cursorRect().center().x()
        to_cursor = metrics.horizontalAdvance(text[: self.cursorPosition()])
        left = cursor - to_cursor + metrics.horizontalAdvance(text[: self._wrong_at])
        wrong = text[self._wrong_at : self._wrong_at + 1] or "x"
        painter = QPainter(self)
        painter.setPen(QPen(QColor(colours(self.palette()).error), 2))
        y = self.rect().center().y() + metrics.height() // 2
        painter.drawLine(left, y, left + metrics.horizontalAdvance(wrong), y)
