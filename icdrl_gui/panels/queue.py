"""`QueueView`: the runs that wait for the trainer; small while none does."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QListView,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from icdrl_gui.models.runs.queue import QueueModel

_EMPTY = "No run waits. “Add to queue” in Setup puts one here."
_MOST_ROWS_SHOWN = 4


class QueueView(QWidget):
    """A part of the panel of runs. Del removes, Alt+Up and Alt+Down move the selected one."""

    train_next_requested = Signal()

    def __init__(self, queue: QueueModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._queue = queue
        self.heading = QLabel()
        self.heading.setProperty("role", "heading")
        self.empty = QLabel(_EMPTY)
        self.empty.setWordWrap(True)
        self.empty.setProperty("role", "muted")
        self.paused = QCheckBox("Hold")
        self.paused.setToolTip("Train none of these until you say so.")
        self.start = QPushButton("Train next")
        self.start.setToolTip("Train the first of these now, if the trainer is free.")
        self.list = QListView()
        self.list.setModel(queue)
        self.list.setAccessibleName("queue of runs")
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setUniformItemSizes(True)
        self.list.setSpacing(1)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.up = self._action("Move up", "Alt+Up", -1)
        self.down = self._action("Move down", "Alt+Down", 1)
        self.remove = QAction("Remove", self)
        self.remove.setShortcut(QKeySequence("Del"))
        self.remove.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self.remove.setToolTip("Take it out of the queue (Del).")
        self.remove.triggered.connect(self._remove)
        self.list.addAction(self.remove)
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

        top = QHBoxLayout()
        top.addWidget(self.heading)
        top.addStretch()
        top.addWidget(self.paused)
        self._tools = QWidget()
        tools = QHBoxLayout(self._tools)
        tools.setContentsMargins(0, 0, 0, 0)
        tools.addWidget(self.start)
        tools.addStretch()
        for action, arrow in ((self.up, Qt.ArrowType.UpArrow), (self.down, Qt.ArrowType.DownArrow)):
            button = QToolButton()
            button.setDefaultAction(action)
            button.setArrowType(arrow)
            tools.addWidget(button)
        remove = QToolButton()
        remove.setDefaultAction(self.remove)
        tools.addWidget(remove)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(top)
        layout.addWidget(self.empty)
        layout.addWidget(self.list)
        layout.addWidget(self._tools)

        self.paused.clicked.connect(queue.set_paused)
        self.start.clicked.connect(self._start)
        queue.changed.connect(self._refresh)
        self.list.selectionModel().currentChanged.connect(self._refresh)
        self._refresh()

    def _action(self, text: str, keys: str, by: int) -> QAction:
        action = QAction(text, self)
        action.setShortcut(QKeySequence(keys))
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.setToolTip(f"{text} ({keys}).")
        action.triggered.connect(lambda: self._move(by))
        self.list.addAction(action)
        return action

    @Slot()
    def _refresh(self) -> None:
        count, row = self._queue.rowCount(), self.list.currentIndex().row()
        self.heading.setText(f"Queue ({count})" if count else "Queue")
        self.empty.setVisible(not count)
        for each in (self.list, self._tools, self.paused):
            each.setVisible(bool(count))
        height = (self.list.sizeHintForRow(0) + 2) * min(count, _MOST_ROWS_SHOWN)
        self.list.setFixedHeight(max(height, 0) + 2 * self.list.frameWidth() + 2)
        self.paused.setChecked(self._queue.paused)
        self.up.setEnabled(row > 0)
        self.down.setEnabled(0 <= row < count - 1)
        self.remove.setEnabled(row >= 0)

    def _move(self, by: int) -> None:
        row = self.list.currentIndex().row()
        self._queue.move(row, row + by)

    @Slot()
    def _remove(self) -> None:
        self._queue.remove(self.list.currentIndex().row())

    @Slot()
    def _start(self) -> None:
        self._queue.set_paused(False)
        self.train_next_requested.emit()
