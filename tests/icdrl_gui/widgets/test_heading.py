"""A title that says so when something takes its time."""

from pytestqt.qtbot import QtBot

from icdrl_gui.widgets.heading import Heading


def test_that_only_a_slow_answer_is_told(qtbot: QtBot) -> None:
    heading = Heading()
    qtbot.addWidget(heading)
    heading.show_title("step 500")
    heading.show_busy(True)
    assert heading.text() == "step 500"
    qtbot.waitUntil(lambda: heading.text() == "step 500 · drawing …")
    heading.show_busy(False)
    assert heading.text() == "step 500"


def test_that_a_long_title_can_be_read_in_its_tooltip(qtbot: QtBot) -> None:
    heading = Heading()
    qtbot.addWidget(heading)
    heading.show_title("a run with a long name · step 500")
    assert heading.minimumSizeHint().width() == 0
    assert heading.toolTip() == heading.text()
    heading.show_title("short", "what it means")
    assert heading.toolTip() == "what it means"
