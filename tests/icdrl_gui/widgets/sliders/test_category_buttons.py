"""The buttons of one categorical code."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from icdrl_gui.widgets.sliders.category_buttons import CategoryButtons


def make(qtbot: QtBot, categories: int = 10) -> tuple[CategoryButtons, list[int]]:
    row = CategoryButtons("k1", categories, "digit")
    qtbot.addWidget(row)
    row.set_category(0)
    row.show()
    chosen: list[int] = []
    row.chosen.connect(chosen.append)
    return row, chosen


def test_that_a_pressed_button_is_told_once_and_is_the_only_one(qtbot: QtBot) -> None:
    row, chosen = make(qtbot)
    QTest.mouseClick(row.buttons[7], Qt.MouseButton.LeftButton)
    assert chosen == [7]
    assert [button.isChecked() for button in row.buttons].count(True) == 1


def test_that_the_keyboard_chooses_as_well(qtbot: QtBot) -> None:
    row, chosen = make(qtbot)
    QTest.keyClick(row.buttons[4], Qt.Key.Key_Space)
    assert chosen == [4]


def test_that_arrow_keys_lead_to_the_next_category(qtbot: QtBot) -> None:
    row, chosen = make(qtbot)
    row.activateWindow()
    qtbot.waitUntil(row.isActiveWindow)
    row.buttons[0].setFocus()
    QTest.keyClick(row.buttons[0], Qt.Key.Key_Right)
    QTest.keyClick(row.buttons[1], Qt.Key.Key_Right)
    assert chosen == [1, 2]


def test_that_setting_a_category_tells_nothing(qtbot: QtBot) -> None:
    row, chosen = make(qtbot)
    row.set_category(3)
    assert row.category == 3
    assert chosen == []


def test_that_a_mixture_checks_no_button(qtbot: QtBot) -> None:
    row, chosen = make(qtbot)
    row.set_category(None)
    assert row.category is None
    QTest.mouseClick(row.buttons[2], Qt.MouseButton.LeftButton)
    assert row.category == 2
    assert chosen == [2]


def test_that_every_button_says_which_code_it_belongs_to(qtbot: QtBot) -> None:
    row, _ = make(qtbot)
    assert row.buttons[2].accessibleName() == "k1, digit: category 2"


def test_that_many_categories_stand_in_several_rows(qtbot: QtBot) -> None:
    row, _ = make(qtbot, 25)
    assert row.minimumSizeHint().width() < 320
    assert row.buttons[24].y() > row.buttons[0].y()
