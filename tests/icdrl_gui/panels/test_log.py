"""The panel that lists every message."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from icdrl_gui.notifications import Messages
from icdrl_gui.panels.log import LogPanel


@pytest.fixture
def messages(qtbot: QtBot, tmp_path: Path) -> Iterator[Messages]:
    """Return messages that have something to tell already."""
    messages = Messages(log=tmp_path / "app.log")
    messages.info("The run began.")
    yield messages
    messages.close()


@pytest.fixture
def panel(qtbot: QtBot, messages: Messages) -> LogPanel:
    """Return the panel."""
    panel = LogPanel(messages)
    qtbot.addWidget(panel)
    return panel


def rows(panel: LogPanel) -> list[tuple[str, str, str]]:
    """Return kind, sentence and count of every row that can be seen, from the top."""
    items = [panel.list.topLevelItem(row) for row in range(panel.list.topLevelItemCount())]
    return [(item.text(1), item.text(2), item.text(3)) for item in items if item]


def test_that_the_newest_message_is_on_top(panel: LogPanel, messages: Messages) -> None:
    messages.warn("Odd.")
    messages.error("Wrong.")
    assert rows(panel) == [
        ("error", "Wrong.", ""),
        ("warning", "Odd.", ""),
        ("info", "The run began.", ""),
    ]


def test_that_a_repeat_moves_up_with_its_count(panel: LogPanel, messages: Messages) -> None:
    messages.error("Wrong.")
    messages.warn("Odd.")
    messages.error("Wrong.")
    assert rows(panel)[:2] == [("error", "Wrong.", "×2"), ("warning", "Odd.", "")]
    assert len(rows(panel)) == 3


def test_that_kinds_can_be_filtered(panel: LogPanel, messages: Messages) -> None:
    messages.error("Wrong.")
    messages.technical("Qt: a font is missing")
    assert [kind for kind, *_ in rows(panel)] == ["error", "info"]
    panel.filter.setCurrentText("Errors")
    assert [kind for kind, *_ in rows(panel)] == ["error"]
    panel.filter.setCurrentText("Everything, also technical")
    assert [kind for kind, *_ in rows(panel)] == ["technical", "error", "info"]


def test_that_details_show_what_is_selected(
    panel: LogPanel, messages: Messages, qtbot: QtBot
) -> None:
    panel.show()
    assert not panel.detail.isVisible()
    messages.error("Wrong.", "Traceback")
    first = panel.list.topLevelItem(0)
    assert first is not None
    first.setSelected(True)
    assert panel.detail.isVisible()
    assert panel.detail.toPlainText().endswith("error: Wrong.\nTraceback")


def test_that_all_or_some_can_be_copied(panel: LogPanel, messages: Messages, qtbot: QtBot) -> None:
    messages.error("Wrong.", "Traceback")
    qtbot.keyClick(panel.copy_all, Qt.Key.Key_Space)
    text = QApplication.clipboard().text()
    assert "info: The run began.\n" in text
    assert text.endswith("error: Wrong.\nTraceback")
    panel.show()
    panel.activateWindow()
    panel.list.setFocus()
    qtbot.waitUntil(panel.list.hasFocus)
    last = panel.list.topLevelItem(1)
    assert last is not None
    last.setSelected(True)
    qtbot.keySequence(panel.list, QKeySequence(QKeySequence.StandardKey.Copy))
    assert QApplication.clipboard().text().endswith("info: The run began.")
