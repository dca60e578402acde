"""The three meanings of stop, and the question before leaving."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from icdrl_gui.dialogs.stop import QuitDialog, StopDialog


@pytest.fixture
def parent(qtbot: QtBot) -> QWidget:
    """Return a window to open dialogs above."""
    widget = QWidget()
    qtbot.addWidget(widget)
    return widget


def press(qtbot: QtBot, dialog: StopDialog | QuitDialog, text: str) -> None:
    """Click the button whose text holds `text`."""
    (button,) = (b for b in dialog.findChildren(QPushButton) if text in b.text().replace("&", ""))
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.mark.parametrize(
    ("text", "meaning"),
    [("keep", "keep"), ("now", "now"), ("delete", "delete"), ("Go on", "cancel")],
)
def test_that_each_button_has_its_meaning(
    qtbot: QtBot, parent: QWidget, text: str, meaning: str
) -> None:
    dialog = StopDialog("mine", 1200, 1000, parent)
    found: list[str] = []
    dialog.finished.connect(lambda: found.append(dialog.meaning))
    dialog.open()
    press(qtbot, dialog, text)
    assert found == [meaning]


def test_that_escape_goes_on_training(qtbot: QtBot, parent: QWidget) -> None:
    dialog = StopDialog("mine", 1200, 1000, parent)
    found: list[str] = []
    dialog.finished.connect(lambda: found.append(dialog.meaning))
    dialog.open()
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert found == ["cancel"]


def test_that_the_words_say_from_where_a_run_goes_on(qtbot: QtBot, parent: QWidget) -> None:
    dialog = StopDialog("mine", 1200, 1000, parent)
    assert "mine at step 1,200" in dialog.text()
    assert "resumed from step 1,000" in dialog.informativeText()
    assert "its beginning" in StopDialog("mine", 3, None, parent).informativeText()


@pytest.mark.parametrize(("text", "agreed"), [("quit", True), ("Go on", False)])
def test_that_quitting_asks_once(qtbot: QtBot, parent: QWidget, text: str, agreed: bool) -> None:
    dialog = QuitDialog("mine", 7, parent)
    found: list[bool] = []
    dialog.finished.connect(lambda: found.append(dialog.agreed))
    dialog.open()
    press(qtbot, dialog, text)
    assert found == [agreed]
