"""What a person or a file calls things is shown as it is, and never taken for HTML."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtGui import Qt as Gui
from PySide6.QtWidgets import QAbstractItemView, QLabel, QWidget
from pytestqt.qtbot import QtBot

from core.config import RunConfig
from core.protocol import Preparing
from core.runs import RunFolder
from icdrl_gui.widgets.plain_text import plain_tip
from tests.icdrl_gui.desk import Desk

BOLD = "<b>bold</b>"


def taken_for_html(text: str) -> bool:
    return BOLD in text and Gui.mightBeRichText(text)


def rendered(top: QWidget) -> Iterator[str]:
    """Every place below a widget that would draw `BOLD` as HTML."""
    for widget in [top, *top.findChildren(QWidget)]:
        where = f"{type(widget).__name__} {widget.objectName()} {widget.accessibleName()}"
        if taken_for_html(widget.toolTip()):
            yield f"{where} tooltip: {widget.toolTip()}"
        is_plain = isinstance(widget, QLabel) and widget.textFormat() == Qt.TextFormat.PlainText
        if isinstance(widget, QLabel) and BOLD in widget.text() and not is_plain:
            yield f"{where}: {widget.text()}"
        if isinstance(widget, QAbstractItemView) and widget.model():
            yield from (f"{where}: {tip}" for tip in tips(widget) if taken_for_html(tip))
    for action in top.findChildren(QAction):
        if taken_for_html(action.toolTip()):
            yield f"action {action.objectName()}: {action.toolTip()}"


def tips(view: QAbstractItemView) -> Iterator[str]:
    model, root = view.model(), view.rootIndex()
    for row in range(model.rowCount(root)):
        column = 0
        while (index := model.index(row, column, root)).isValid():
            yield str(index.data(Qt.ItemDataRole.ToolTipRole) or "")
            column += 1


def test_that_a_tip_of_html_is_shown_letter_by_letter() -> None:
    assert plain_tip("a < b") == "a < b"
    assert not taken_for_html(plain_tip(BOLD))
    assert "&lt;b&gt;bold&lt;/b&gt;" in plain_tip(BOLD)


@pytest.fixture
def bold_runs(desk: Desk, qtbot: QtBot) -> tuple[Path, Path]:
    """Return two runs, shown and compared, that are called `BOLD`, and so are their codes."""
    runs = desk.make_run("one"), desk.make_run("two")
    for run in runs:
        content = {"name": BOLD, "codes": {f"c{i}": BOLD for i in range(1, 9)}}
        RunFolder(run).save_labels(content)
    desk.session.run_list.refresh()
    for run in runs:
        desk.workspace.opening.open(run)
    desk.workspace._compare(*runs)
    qtbot.waitUntil(lambda: not desk.session.history.reading)
    qtbot.waitUntil(lambda: desk.session.run_list.rowCount() == 2)
    return runs


def test_that_nothing_in_the_window_takes_a_name_for_html(
    desk: Desk, bold_runs: tuple[Path, Path], tmp_path: Path
) -> None:
    desk.settings.remember(tmp_path / BOLD)
    desk.workspace.opening.recent_changed.emit()
    desk.workspace.setup.set_source(tmp_path / BOLD)
    desk.session.queue.set_paused(True)
    desk.session.queue.add(RunConfig(preset=BOLD))
    desk.messages.error(f"{BOLD} cannot be read.", BOLD)
    desk.session.training.got_preparing.emit(Preparing(BOLD, 1, 2))
    for panel in (desk.workspace.traversals, desk.workspace.reconstructions):
        desk.window.show_tab(panel)
    assert list(rendered(desk.window)) == []


@pytest.mark.parametrize("name", ["resume", "delete"])
def test_that_no_question_about_a_run_takes_its_name_for_html(
    desk: Desk, bold_runs: tuple[Path, Path], name: str
) -> None:
    for run in bold_runs:
        RunFolder(run).record_event(100, "finished", "It is done.")
    runs = desk.workspace.runs
    runs.table.selectRow(0)
    (summary,) = runs.selected
    if name == "delete":
        runs._ask_to_delete()
    else:
        runs._ask_how_far(summary)
    dialog = desk.dialog()
    assert any(BOLD in label.text() for label in dialog.findChildren(QLabel))
    assert list(rendered(dialog)) == []


@pytest.mark.parametrize("action", ["stop", "quit"])
def test_that_no_question_about_the_training_takes_its_name_for_html(
    desk: Desk, action: str
) -> None:
    run = desk.train()
    RunFolder(run).save_labels({"name": BOLD})
    desk.act(action)
    dialog = desk.dialog()
    assert list(rendered(dialog)) == []
    texts = [label.text() for label in dialog.findChildren(QLabel)]
    assert any(BOLD in text or "&lt;b&gt;bold&lt;/b&gt;" in text for text in texts)
