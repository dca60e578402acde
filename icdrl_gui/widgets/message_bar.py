"""`MessageBar`: the newest warning or error, until it is closed or what caused it is mended."""

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QApplication,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QStyle,
    QToolButton,
    QWidget,
)

from icdrl_gui.notifications import Message, Messages
from icdrl_gui.theme import colours

_SHOWN = ("error", "warning")
_WORDS = {"error": "Error", "warning": "Warning"}
_DETAIL_LINES = 10


class MessageBar(QWidget):
    """Hidden until there is something to say; details unfold below the sentence.

    It lies over other widgets, so that nothing moves when it comes; `changed`: it wants a place.
    """

    changed = Signal()

    def __init__(self, messages: Messages, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.message: Message | None = None
        self.setAccessibleName("newest warning or error")
        self._icon = QLabel()
        self.sentence = QLabel()
        self.sentence.setWordWrap(True)
        self.sentence.setTextFormat(Qt.TextFormat.PlainText)
        self.sentence.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.sentence.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.repeats = QLabel()
        self.repeats.setProperty("role", "muted")
        self.action = QPushButton()
        self.details = QToolButton()
        self.details.setText("Details")
        self.details.setCheckable(True)
        self.details.setToolTip("Show where it came from.")
        self.copy = QToolButton()
        self.copy.setText("Copy")
        self.copy.setToolTip("Copy the message and its details.")
        self.dismiss = QToolButton()
        self.dismiss.setText("Close")
        self.dismiss.setToolTip("Put it away (Esc while it has the keyboard); it stays in the log.")
        self.detail = QPlainTextEdit()
        self.detail.setReadOnly(True)
        self.detail.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.detail.setAccessibleName("details of the message")
        self.detail.setFixedHeight(self.fontMetrics().lineSpacing() * _DETAIL_LINES)
        self.detail.hide()

        buttons = QHBoxLayout()
        for each in (self.repeats, self.action, self.details, self.copy, self.dismiss):
            buttons.addWidget(each)
        layout = QGridLayout(self)
        layout.setContentsMargins(8, 5, 8, 5)
        layout.addWidget(self._icon, 0, 0)
        layout.addWidget(self.sentence, 0, 1)
        layout.addLayout(buttons, 0, 2)
        layout.addWidget(self.detail, 1, 0, 1, 3)
        layout.setColumnStretch(1, 1)

        self.action.clicked.connect(self._act)
        self.details.toggled.connect(self._show_detail)
        self.copy.clicked.connect(self._copy)
        self.dismiss.clicked.connect(self.put_away)
        messages.said.connect(self.show_message)
        messages.settled.connect(self._settle)
        self.hide()

    @Slot(object)
    def show_message(self, message: Message) -> None:
        """Show a warning or an error in place of the one before; others pass by."""
        if message.kind not in _SHOWN:
            return
        if self.message is None or message.sentence != self.message.sentence:
            self.details.setChecked(False)
        self.message = message
        self.sentence.setText(message.sentence)
        self.sentence.setAccessibleName(f"{_WORDS[message.kind]}: {message.sentence}")
        self.repeats.setText(f"×{message.count}")
        self.repeats.setToolTip(f"Said {message.count} times.")
        self.repeats.setVisible(message.count > 1)
        self.action.setVisible(message.action is not None)
        self.action.setText(message.action[0] if message.action else "")
        self.detail.setPlainText(message.detail)
        self.details.setVisible(bool(message.detail))
        self._draw_icon()
        self.show()
        self.update()
        self.changed.emit()

    def height_for(self, width: int) -> int:
        """Pixels that it needs at this width."""
        layout = self.layout()
        assert layout is not None
        layout.invalidate()
        return layout.totalHeightForWidth(width)

    @Slot(bool)
    def _show_detail(self, is_shown: bool) -> None:
        self.detail.setVisible(is_shown)
        self.changed.emit()

    @Slot()
    def put_away(self) -> None:
        """Hide until the next warning or error."""
        self.message = None
        self.hide()

    @Slot(str)
    def _settle(self, cause: str) -> None:
        if self.message is not None and self.message.cause == cause:
            self.put_away()

    @Slot()
    def _act(self) -> None:
        message = self.message
        self.put_away()
        if message is not None and message.action is not None:
            message.action[1]()

    @Slot()
    def _copy(self) -> None:
        if self.message is not None:
            QApplication.clipboard().setText(self.message.as_text())

    def _draw_icon(self) -> None:
        standard = QStyle.StandardPixmap
        is_error = self.message is not None and self.message.kind == "error"
        icon = self.style().standardIcon(
            standard.SP_MessageBoxCritical if is_error else standard.SP_MessageBoxWarning
        )
        self._icon.setPixmap(icon.pixmap(self.fontMetrics().height() + 4))

    def paintEvent(self, event: QPaintEvent) -> None:
        of = colours(self.palette())
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(of.surface))
        is_error = self.message is not None and self.message.kind == "error"
        kind = QColor(of.error if is_error else of.warning)
        painter.fillRect(0, 0, 4, self.height(), kind)
        painter.fillRect(0, self.height() - 1, self.width(), 1, kind)
        painter.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.put_away()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self.update()
        super().changeEvent(event)
