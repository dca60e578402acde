"""`RunsPanel`: the runs on disk, what to do with them, and the queue below."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, QSortFilterProxyModel, Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QInputDialog,
    QLabel,
    QMenu,
    QMessageBox,
    QPushButton,
    QSizePolicy,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from core.bounds import LARGEST_NUMBER
from core.counts import counted
from core.runs import RunSummary
from icdrl_gui.models.runs.queue import QueueModel
from icdrl_gui.models.runs.run_list import NAME, SORT_ROLE, STATE, STEP, RunListModel
from icdrl_gui.panels.queue import QueueView

_RESUMABLE = ("interrupted", "stopped", "failed")
_RESUME = "Go on from its last checkpoint."
_PROLONG = "Train it on, to a larger number of steps."
_EMPTY = "No runs yet. Press Train in Setup, or open a run's folder."
# The widest usual contents. In a narrow dock the first three columns show; the others are a
# scroll away, and all stand in the tooltip.
_WIDEST = {
    STEP: "57.6k/57.6k",
    STATE: "interrupted",
    3: "minibatch stratified",
    4: "0.1234",
    5: "12345",
    6: "dsprites-small-tcgan",
    7: "AnnealedVAE",
}
_LEAST_NAME = "☑ ■ dspri…1112"


class RunsPanel(QWidget):
    """What is asked of a run leaves as a signal with its path.

    Signals:
        prolong_requested: a finished run should go on; carries the new total of steps as well.
    """

    open_requested = Signal(Path)
    compare_requested = Signal(Path, Path)
    resume_requested = Signal(Path)
    prolong_requested = Signal(Path, int)
    settings_requested = Signal(Path)
    delete_requested = Signal(Path)
    overlaid_changed = Signal(object)
    train_next_requested = Signal()

    def __init__(
        self, run_list: RunListModel, queue: QueueModel, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("runs")
        self.setWindowTitle("Runs")
        self._runs = run_list
        self._sorted = QSortFilterProxyModel(self)
        self._sorted.setSortRole(SORT_ROLE)
        self._sorted.setSourceModel(run_list)
        self._fitting = self._name_width_set = self._training = False
        self.table = QTableView()
        self.queue = QueueView(queue)
        self.empty = QLabel(_EMPTY)
        self.empty.setWordWrap(True)
        self.empty.setProperty("role", "muted")
        self._set_up_table()
        self._make_actions()
        self._arrange()
        run_list.overlaid_changed.connect(self.overlaid_changed)
        run_list.refreshed.connect(self._take_list)
        run_list.dataChanged.connect(self._refresh)
        self.queue.train_next_requested.connect(self.train_next_requested)
        self.table.selectionModel().selectionChanged.connect(self._refresh)
        self._refresh()

    @property
    def selected(self) -> list[RunSummary]:
        """The selected runs, from top to bottom."""
        indexes = self.table.selectionModel().selectedRows()
        rows = [self._sorted.mapToSource(index).row() for index in indexes]
        return [self._runs.run_at(row) for row in rows]

    @Slot(bool)
    def set_training(self, active: bool) -> None:
        """While a run trains, no other one can go on."""
        self._training = active
        self._refresh()

    def _set_up_table(self) -> None:
        table = self.table
        table.setModel(self._sorted)
        table.setAccessibleName("runs")
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        table.setTabKeyNavigation(False)
        table.setShowGrid(False)
        table.setAlternatingRowColors(True)
        table.setWordWrap(False)
        table.setIconSize(QSize(13, 13))
        table.setMinimumHeight(70)
        table.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        rows = table.verticalHeader()
        rows.hide()
        rows.setDefaultSectionSize(self.fontMetrics().height() + 8)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setMinimumSectionSize(30)
        header.setSortIndicatorClearable(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        table.setSortingEnabled(True)
        for column, text in _WIDEST.items():
            header.resizeSection(column, self._width_of(text))
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.sectionResized.connect(self._take_width)
        table.viewport().installEventFilter(self)
        table.activated.connect(self._open)
        table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        table.customContextMenuRequested.connect(self._show_menu)

    def _make_actions(self) -> None:
        self.open = self._action("&Open", self._open, "", "Look at this run (Enter).")
        self.compare = self._action("&Compare", self._compare, "", "Two runs side by side.")
        self.resume = self._action("&Resume", self._resume, "", _RESUME)
        self.use_settings = self._action(
            "&Use these settings", self._use_settings, "", "Put its config into Setup."
        )
        self.rename = self._action("Re&name", self._rename, "F2", "Give it a name (F2).")
        self.delete = self._action("&Delete …", self._ask_to_delete, "Del", "To the trash (Del).")
        self._menu = QMenu(self)
        self._menu.addActions([self.open, self.compare, self.resume])
        self._menu.addSeparator()
        self._menu.addActions([self.use_settings, self.rename, self.delete])
        self._more = QMenu(self)
        self._more.addActions([self.use_settings, self.rename, self.delete])

    def _action(self, text: str, call: Callable[[], None], keys: str, tip: str) -> QAction:
        action = QAction(text, self)
        action.setToolTip(tip)
        action.setShortcut(QKeySequence(keys))
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.triggered.connect(lambda: call())
        self.table.addAction(action)
        return action

    def _arrange(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(4)
        for action in (self.open, self.compare, self.resume):
            button = QPushButton(action.text().replace("&", ""))
            button.setToolTip(action.toolTip())
            button.clicked.connect(action.trigger)
            action.enabledChanged.connect(button.setEnabled)
            action.changed.connect(partial(_copy_tip, action, button))
            button.setMinimumWidth(20)
            buttons.addWidget(button, 1)
        more = QPushButton("More")
        more.setToolTip("Use these settings, rename, delete.")
        more.setMenu(self._more)
        more.setMinimumWidth(20)
        buttons.addWidget(more, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.addWidget(self.empty)
        layout.addWidget(self.table, 1)
        layout.addLayout(buttons)
        layout.addWidget(self.queue)
        self.setFocusProxy(self.table)

    def _width_of(self, text: str) -> int:
        return self.fontMetrics().horizontalAdvance(text) + 12

    def _fit_name(self) -> None:
        """Give the name what step and state leave, until a person sets its width."""
        if self._name_width_set:
            return
        header, table = self.table.horizontalHeader(), self.table
        rest = table.viewport().width() - header.sectionSize(STEP) - header.sectionSize(STATE)
        needed = max(table.sizeHintForColumn(NAME) + 4, self._width_of(_LEAST_NAME))
        self._fitting = True
        header.resizeSection(NAME, max(min(rest, needed), self._width_of(_LEAST_NAME)))
        self._fitting = False

    @Slot(int, int, int)
    def _take_width(self, column: int, _before: int, _now: int) -> None:
        self._name_width_set |= column == NAME and not self._fitting

    @Slot()
    def _take_list(self) -> None:
        self._fit_name()
        self._refresh()

    @Slot()
    def _refresh(self) -> None:
        """Enable what makes sense for the selection."""
        runs = self.selected
        one = runs[0] if len(runs) == 1 else None
        for action in (self.open, self.use_settings, self.rename):
            action.setEnabled(one is not None)
        self.compare.setEnabled(len(runs) == 2)
        can_go_on = one is not None and one.state in (*_RESUMABLE, "finished")
        self.resume.setEnabled(can_go_on and not self._training)
        self.resume.setToolTip(self._about_resuming(one))
        self.delete.setEnabled(bool(runs) and all(run.state != "running" for run in runs))
        self.empty.setVisible(not self._runs.rowCount())

    def _about_resuming(self, run: RunSummary | None) -> str:
        if self._training:
            return "A run is training: stop it, or wait for its end."
        return _PROLONG if run is not None and run.state == "finished" else _RESUME

    @Slot(QPoint)
    def _show_menu(self, position: QPoint) -> None:
        if self.selected:
            self._menu.popup(self.table.viewport().mapToGlobal(position))

    @Slot()
    def _open(self) -> None:
        if len(self.selected) == 1:
            self.open_requested.emit(self.selected[0].path)

    def _compare(self) -> None:
        left, right = self.selected
        self.compare_requested.emit(left.path, right.path)

    def _resume(self) -> None:
        [run] = self.selected
        if run.state == "finished":
            self._ask_how_far(run)
        else:
            self.resume_requested.emit(run.path)

    def _ask_how_far(self, run: RunSummary) -> None:
        dialog = QInputDialog(self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle("Resume")
        dialog.setLabelText(
            f"{run.name} is finished after {counted(run.steps, 'step')}.\n"
            "Train it on, to how many in all?"
        )
        for label in dialog.findChildren(QLabel):
            label.setTextFormat(Qt.TextFormat.PlainText)
        dialog.setInputMode(QInputDialog.InputMode.IntInput)
        dialog.setIntRange(min(run.steps + 1, LARGEST_NUMBER), LARGEST_NUMBER)
        dialog.setIntStep(max(1, run.steps // 10))
        dialog.setIntValue(min(2 * run.steps, LARGEST_NUMBER))
        dialog.setOkButtonText("Train on")
        dialog.intValueSelected.connect(lambda steps: self.prolong_requested.emit(run.path, steps))
        dialog.open()

    def _use_settings(self) -> None:
        self.settings_requested.emit(self.selected[0].path)

    def _rename(self) -> None:
        row = self.table.selectionModel().selectedRows()[0].row()
        index = self._sorted.index(row, NAME)
        self.table.setCurrentIndex(index)
        self.table.edit(index)

    def _ask_to_delete(self) -> None:
        runs = self.selected
        box = QMessageBox(self)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle("Delete")
        what = runs[0].name if len(runs) == 1 else f"{len(runs)} runs"
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(f"Move {what} to the trash?")
        box.setInformativeText("With all checkpoints, pictures and losses.")
        agree = box.addButton("Move to the &trash", QMessageBox.ButtonRole.DestructiveRole)
        keep = box.addButton("&Keep", QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(keep)
        box.setEscapeButton(keep)
        paths = [run.path for run in runs]

        def finish() -> None:
            if box.clickedButton() is agree:
                for path in paths:
                    self.delete_requested.emit(path)

        box.finished.connect(finish)
        box.open()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and watched is self.table.viewport():
            self._fit_name()
        return super().eventFilter(watched, event)


def _copy_tip(action: QAction, button: QPushButton) -> None:
    button.setToolTip(action.toolTip())
