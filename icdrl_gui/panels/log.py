"""`LogPanel`: everything that the app said since its start."""

import time

from PySide6.QtCore import QEvent, Qt, QUrl, Slot
from PySide6.QtGui import QColor, QDesktopServices, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from icdrl_gui.notifications import Message, Messages
from icdrl_gui.theme import colours
from icdrl_gui.widgets.plain_text import plain_tip

_FILTERS = {
    "Messages": ("error", "warning", "info"),
    "Errors and warnings": ("error", "warning"),
    "Errors": ("error",),
    "Everything, also technical": ("error", "warning", "info", "technical"),
}
_MESSAGE = Qt.ItemDataRole.UserRole


class LogPanel(QWidget):
    """The newest on top; the details of what is selected below."""

    def __init__(self, messages: Messages, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("log")
        self.setWindowTitle("Log")
        self._messages = messages
        self.filter = QComboBox()
        self.filter.addItems(list(_FILTERS))
        self.filter.setAccessibleName("which messages are listed")
        self.copy_all = QPushButton("Copy all")
        self.copy_all.setToolTip("Copy every message with its details, for a bug report.")
        self.open_log = QPushButton("Open log file")
        self.open_log.setToolTip(plain_tip(str(messages.log_path)))
        self.list = QTreeWidget()
        self.list.setHeaderLabels(["Time", "Kind", "Message", "Times"])
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.list.setAccessibleName("messages, the newest on top")
        header = self.list.header()
        header.setStretchLastSection(False)
        for column in (0, 1, 3):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        self.detail = QPlainTextEdit()
        self.detail.setReadOnly(True)
        self.detail.setAccessibleName("details of the selected message")
        self.detail.hide()

        bar = QHBoxLayout()
        label = QLabel("&Kind")
        label.setBuddy(self.filter)
        bar.addWidget(label)
        bar.addWidget(self.filter)
        bar.addStretch()
        bar.addWidget(self.copy_all)
        bar.addWidget(self.open_log)
        halves = QSplitter(Qt.Orientation.Vertical)
        halves.addWidget(self.list)
        halves.addWidget(self.detail)
        halves.setChildrenCollapsible(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.addLayout(bar)
        layout.addWidget(halves, 1)

        self.filter.currentIndexChanged.connect(self._fill)
        self.copy_all.clicked.connect(self._copy_all)
        self.open_log.clicked.connect(self._open_log)
        self.list.itemSelectionChanged.connect(self._show_detail)
        copy = QShortcut(QKeySequence(QKeySequence.StandardKey.Copy), self.list)
        copy.setContext(Qt.ShortcutContext.WidgetShortcut)
        copy.activated.connect(self._copy_selected)
        messages.said.connect(self._add)
        self.setFocusProxy(self.list)
        self._fill()

    @Slot()
    def _fill(self) -> None:
        self.list.clear()
        for message in self._messages.entries:
            self._insert(message)
        self._show_detail()

    @Slot(object)
    def _add(self, message: Message) -> None:
        if message.count > 1:
            for row in range(self.list.topLevelItemCount()):
                item = self.list.topLevelItem(row)
                said = item.data(0, _MESSAGE) if item else None
                if said and (said.kind, said.sentence) == (message.kind, message.sentence):
                    self.list.takeTopLevelItem(row)
                    break
        self._insert(message)
        while self.list.topLevelItemCount() > len(self._messages.entries):
            self.list.takeTopLevelItem(self.list.topLevelItemCount() - 1)

    def _insert(self, message: Message) -> None:
        if message.kind not in _FILTERS[self.filter.currentText()]:
            return
        clock = time.strftime("%H:%M:%S", time.localtime(message.time))
        count = f"×{message.count}" if message.count > 1 else ""
        item = QTreeWidgetItem([clock, message.kind, message.sentence, count])
        item.setData(0, _MESSAGE, message)
        item.setToolTip(2, plain_tip(message.sentence))
        of = colours(self.palette())
        kinds = {"error": of.error, "warning": of.warning}
        if message.kind in kinds:
            item.setForeground(1, QColor(kinds[message.kind]))
        self.list.insertTopLevelItem(0, item)

    @Slot()
    def _show_detail(self) -> None:
        selected = self.list.selectedItems()
        message = selected[0].data(0, _MESSAGE) if len(selected) == 1 else None
        self.detail.setVisible(message is not None)
        if message is not None:
            self.detail.setPlainText(message.as_text())

    @Slot()
    def _copy_all(self) -> None:
        texts = [message.as_text() for message in self._messages.entries]
        QApplication.clipboard().setText("\n".join(texts))

    @Slot()
    def _copy_selected(self) -> None:
        texts = [item.data(0, _MESSAGE).as_text() for item in self.list.selectedItems()]
        QApplication.clipboard().setText("\n".join(texts))

    @Slot()
    def _open_log(self) -> None:
        if self._messages.log_path.exists():
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._messages.log_path)))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "detail"):
            self._fill()
        super().changeEvent(event)
