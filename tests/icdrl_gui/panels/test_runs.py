"""The panel of runs: what can be asked of one, of two, of many."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QItemSelectionModel, QPoint, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QInputDialog,
    QLineEdit,
    QMessageBox,
    QPushButton,
)
from pytestqt.qtbot import QtBot

from core.config import RunConfig
from core.runs import RunFolder
from icdrl_gui.models.runs.queue import QueueModel
from icdrl_gui.models.runs.run_list import NAME, STATE, STEP, RunListModel
from icdrl_gui.panels.runs import RunsPanel

NAMES = ("dsprites-quick-20261104-101112", "two", "three")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a folder with three runs; the first one is finished, the second interrupted."""
    root = tmp_path / "runs"
    for age, name in enumerate(NAMES):
        run = RunFolder.create(root / name, RunConfig())
        stamp = time.time() - 100 - age
        os.utime(run.path / "config.json", (stamp, stamp))
        if name != "three":
            run.record_event(0, "started", "It began.")
    RunFolder(root / NAMES[0]).record_event(57_600, "finished", "It ended.")
    return root


@pytest.fixture
def run_list(root: Path, qtbot: QtBot) -> Iterator[RunListModel]:
    """Return the list of these runs, read already."""
    model = RunListModel(root)
    with qtbot.waitSignal(model.refreshed):
        model.refresh()
    yield model
    model.close()


@pytest.fixture
def panel(run_list: RunListModel, qtbot: QtBot, tmp_path: Path) -> RunsPanel:
    """Return the panel in a narrow dock."""
    panel = RunsPanel(run_list, QueueModel(run_list, tmp_path / "queue.json"))
    qtbot.addWidget(panel)
    panel.resize(300, 320)
    panel.show()
    panel.activateWindow()
    panel.table.setFocus()
    qtbot.waitUntil(panel.table.hasFocus)
    return panel


def select(panel: RunsPanel, *rows: int) -> None:
    """Select rows of the table."""
    flag = QItemSelectionModel.SelectionFlag
    panel.table.clearSelection()
    for row in rows:
        panel.table.selectionModel().setCurrentIndex(
            panel.table.model().index(row, STATE), flag.Select | flag.Rows
        )


def answer(panel: RunsPanel, text: str) -> None:
    """Press a button of the open question."""
    [box] = panel.findChildren(QMessageBox)
    buttons: list[QAbstractButton] = box.buttons()
    [button] = [each for each in buttons if each.text().replace("&", "") == text]
    button.click()
    QApplication.processEvents()


def test_that_nothing_can_be_done_without_a_selection(panel: RunsPanel) -> None:
    assert not any(
        action.isEnabled()
        for action in (
            *(panel.open, panel.compare, panel.resume),
            *(panel.use_settings, panel.rename, panel.delete),
        )
    )


def test_that_enter_opens_a_run(panel: RunsPanel, root: Path, qtbot: QtBot) -> None:
    select(panel, 1)
    with qtbot.waitSignal(panel.open_requested) as asked:
        qtbot.keyClick(panel.table, Qt.Key.Key_Return)
    assert asked.args == [root / "two"]


def test_that_a_run_lends_its_settings_and_is_resumed(
    panel: RunsPanel, root: Path, qtbot: QtBot
) -> None:
    select(panel, 1)
    with qtbot.waitSignal(panel.settings_requested) as asked:
        panel.use_settings.trigger()
    assert asked.args == [root / "two"]
    with qtbot.waitSignal(panel.resume_requested) as asked:
        panel.resume.trigger()
    assert asked.args == [root / "two"]


def test_that_a_finished_run_goes_on_to_a_total_that_is_asked_for(
    panel: RunsPanel, root: Path, qtbot: QtBot
) -> None:
    select(panel, 0)
    assert panel.resume.toolTip() == "Train it on, to a larger number of steps."
    with qtbot.assertNotEmitted(panel.resume_requested):
        panel.resume.trigger()
    [dialog] = panel.findChildren(QInputDialog)
    assert "57,600 steps" in dialog.labelText()
    assert (dialog.intMinimum(), dialog.intValue()) == (57_601, 115_200)
    dialog.setIntValue(60_000)
    with qtbot.waitSignal(panel.prolong_requested) as asked:
        dialog.accept()
    assert asked.args == [root / NAMES[0], 60_000]


def test_that_no_run_goes_on_while_another_trains(panel: RunsPanel) -> None:
    select(panel, 1)
    panel.set_training(True)
    assert not panel.resume.isEnabled()
    tip = panel.resume.toolTip()
    assert "A run is training" in tip
    [button] = [b for b in panel.findChildren(QPushButton) if b.text() == "Resume"]
    assert (button.isEnabled(), button.toolTip()) == (False, tip)
    assert panel.open.isEnabled()
    panel.set_training(False)
    assert panel.resume.isEnabled()


def test_that_two_runs_are_compared(panel: RunsPanel, root: Path, qtbot: QtBot) -> None:
    select(panel, 0, 2)
    assert not panel.open.isEnabled()
    with qtbot.waitSignal(panel.compare_requested) as asked:
        panel.compare.trigger()
    assert asked.args is not None
    assert set(asked.args) == {root / NAMES[0], root / "three"}
    select(panel, 0, 1, 2)
    assert not panel.compare.isEnabled()


def test_that_f2_renames_in_place(
    panel: RunsPanel, run_list: RunListModel, root: Path, qtbot: QtBot
) -> None:
    select(panel, 1)
    qtbot.keyClick(panel.table, Qt.Key.Key_F2)
    editor = panel.table.findChild(QLineEdit)
    assert isinstance(editor, QLineEdit)
    editor.setText("My best run")
    with qtbot.waitSignals([run_list.renamed, run_list.refreshed]):
        qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert RunFolder(root / "two").name == "My best run"
    assert [run.name for run in panel.selected] == ["My best run"]


def test_that_delete_asks_once_for_all(panel: RunsPanel, root: Path, qtbot: QtBot) -> None:
    select(panel, 0, 1)
    asked: list[Path] = []
    panel.delete_requested.connect(asked.append)
    qtbot.keyClick(panel.table, Qt.Key.Key_Delete)
    [box] = panel.findChildren(QMessageBox)
    assert box.text() == "Move 2 runs to the trash?"
    answer(panel, "Move to the trash")
    assert asked == [root / NAMES[0], root / "two"]


def test_that_a_run_may_be_kept_after_all(panel: RunsPanel, qtbot: QtBot) -> None:
    select(panel, 1)
    with qtbot.assertNotEmitted(panel.delete_requested):
        panel.delete.trigger()
        [box] = panel.findChildren(QMessageBox)
        assert box.text() == "Move two to the trash?"
        answer(panel, "Keep")


def test_that_a_running_run_is_not_deleted(
    panel: RunsPanel, run_list: RunListModel, root: Path, qtbot: QtBot
) -> None:
    select(panel, 1)
    with RunFolder(root / "two").locked():
        with qtbot.waitSignal(run_list.refreshed):
            run_list.refresh()
        assert not panel.delete.isEnabled()


def test_that_a_refresh_keeps_the_selection(
    panel: RunsPanel, run_list: RunListModel, root: Path, qtbot: QtBot
) -> None:
    select(panel, 1)
    RunFolder.create(root / "four", RunConfig())
    with qtbot.waitSignal(run_list.refreshed):
        run_list.refresh()
    assert run_list.rowCount() == 4
    assert [run.path for run in panel.selected] == [root / "two"]


def test_that_runs_are_sorted_by_a_column_and_still_found(panel: RunsPanel, root: Path) -> None:
    panel.table.sortByColumn(NAME, Qt.SortOrder.DescendingOrder)
    select(panel, 0)
    assert [run.name for run in panel.selected] == ["two"]
    select(panel, 1)
    assert [run.name for run in panel.selected] == ["three"]


def test_that_a_check_overlays_the_run(panel: RunsPanel, root: Path, qtbot: QtBot) -> None:
    select(panel, 1)
    panel.table.setCurrentIndex(panel.table.model().index(1, NAME))
    with qtbot.waitSignal(panel.overlaid_changed) as changed:
        qtbot.keyClick(panel.table, Qt.Key.Key_Space)
    assert changed.args == [[root / "two"]]


def test_that_name_step_and_state_show_in_a_narrow_dock(panel: RunsPanel) -> None:
    header, width = panel.table.horizontalHeader(), panel.table.viewport().width()
    for column in (NAME, STEP, STATE):
        right = header.sectionViewportPosition(column) + header.sectionSize(column)
        assert right <= width
    assert header.sectionSize(NAME) >= 90
    advance = panel.fontMetrics().horizontalAdvance("interrupted")
    assert header.sectionSize(STATE) > advance


def test_that_a_width_that_a_person_chose_stays(
    panel: RunsPanel, run_list: RunListModel, qtbot: QtBot
) -> None:
    panel.table.horizontalHeader().resizeSection(NAME, 222)
    with qtbot.waitSignal(run_list.refreshed):
        run_list.refresh()
    panel.resize(500, 320)
    assert panel.table.horizontalHeader().sectionSize(NAME) == 222


def test_that_an_empty_list_says_how_to_fill_it(
    qtbot: QtBot, tmp_path: Path, run_list: RunListModel, panel: RunsPanel, root: Path
) -> None:
    assert not panel.empty.isVisible()
    for name in NAMES:
        (root / name / "config.json").unlink()
    with qtbot.waitSignal(run_list.refreshed):
        run_list.refresh()
    assert panel.empty.isVisible()


def test_that_the_context_menu_needs_a_run(panel: RunsPanel) -> None:
    panel.table.customContextMenuRequested.emit(QPoint(5, 5))
    assert QApplication.activePopupWidget() is None
    select(panel, 1)
    panel.table.customContextMenuRequested.emit(QPoint(5, 5))
    menu = QApplication.activePopupWidget()
    assert menu is not None
    menu.close()
