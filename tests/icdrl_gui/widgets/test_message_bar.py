"""The bar that shows the newest warning or error."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QTabWidget, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from icdrl_gui.notifications import Messages
from icdrl_gui.widgets.message_bar import MessageBar

LONG = "The trainer ended unexpectedly and was started again. " * 4


@pytest.fixture
def messages(qtbot: QtBot, tmp_path: Path) -> Iterator[Messages]:
    """Return messages whose log lies in a temporary folder."""
    messages = Messages(log=tmp_path / "app.log")
    yield messages
    messages.close()


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    """Return a window, which the fixture keeps alive."""
    window = QWidget()
    qtbot.addWidget(window)
    return window


@pytest.fixture
def bar(window: QWidget, messages: Messages) -> MessageBar:
    """Return the bar on top of the window."""
    bar = MessageBar(messages)
    column = QVBoxLayout(window)
    column.addWidget(bar)
    column.addWidget(QTabWidget(), 1)
    window.resize(700, 400)
    window.show()
    return bar


def test_that_it_is_hidden_until_there_is_something_to_say(
    bar: MessageBar, messages: Messages
) -> None:
    messages.info("The run is finished.")
    messages.technical("Qt: a font is missing")
    assert bar.isHidden()
    messages.warn("The constraint is negligible.")
    assert bar.isVisible()
    assert bar.sentence.text() == "The constraint is negligible."
    assert not bar.details.isVisible()
    assert not bar.action.isVisible()


def test_that_repeats_are_counted_in_one_bar(bar: MessageBar, messages: Messages) -> None:
    messages.error("The disk is full.")
    assert not bar.repeats.isVisible()
    for _ in range(2):
        messages.error("The disk is full.")
    assert bar.repeats.text() == "×3"
    assert bar.repeats.isVisible()


def test_that_details_unfold_and_stay_away_from_the_next_message(
    bar: MessageBar, messages: Messages, qtbot: QtBot
) -> None:
    messages.error("It failed.", "Traceback")
    assert not bar.detail.isVisible()
    qtbot.keyClick(bar.details, Qt.Key.Key_Space)
    assert bar.detail.isVisible()
    assert bar.detail.toPlainText() == "Traceback"
    messages.error("It failed again.", "Another")
    assert not bar.detail.isVisible()


def test_that_a_message_can_be_copied_and_put_away(
    bar: MessageBar, messages: Messages, qtbot: QtBot
) -> None:
    messages.error("It failed.", "Traceback")
    qtbot.keyClick(bar.copy, Qt.Key.Key_Space)
    assert QApplication.clipboard().text().endswith("error: It failed.\nTraceback")
    qtbot.keyClick(bar.dismiss, Qt.Key.Key_Space)
    assert bar.isHidden()
    assert len(messages.entries) == 1


def test_that_what_can_be_done_is_a_button(
    bar: MessageBar, messages: Messages, qtbot: QtBot
) -> None:
    done: list[str] = []
    messages.error("The run was interrupted.", action=("Resume", lambda: done.append("resumed")))
    assert bar.action.text() == "Resume"
    qtbot.keyClick(bar.action, Qt.Key.Key_Space)
    assert done == ["resumed"]
    assert bar.isHidden()


def test_that_a_long_sentence_is_never_cut_off(
    bar: MessageBar, messages: Messages, qtbot: QtBot
) -> None:
    messages.error(LONG)
    QApplication.processEvents()
    needed = bar.sentence.heightForWidth(bar.sentence.width())
    assert bar.sentence.height() >= needed
    assert bar.sentence.width() > 300
    assert bar.dismiss.geometry().right() <= bar.width()


def test_that_markup_in_a_message_is_shown_as_it_is(bar: MessageBar, messages: Messages) -> None:
    messages.error("<b>no</b>")
    assert bar.sentence.textFormat() == Qt.TextFormat.PlainText


def test_that_an_error_goes_when_what_caused_it_is_mended(
    bar: MessageBar, messages: Messages
) -> None:
    messages.error("Setup holds a value that is not valid.", cause="setup")
    messages.settle("the disk")
    assert bar.isVisible()
    messages.settle("setup")
    assert bar.isHidden()
    assert len(messages.entries) == 1


def test_that_another_error_stays_when_an_earlier_one_is_mended(
    bar: MessageBar, messages: Messages
) -> None:
    messages.error("Setup holds a value that is not valid.", cause="setup")
    messages.error("The disk is full.")
    messages.settle("setup")
    assert bar.sentence.text() == "The disk is full."
