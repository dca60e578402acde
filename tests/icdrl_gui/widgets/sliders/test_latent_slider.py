"""The row of one continuous code: slider, field and names belong together."""

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.latents import Code
from icdrl_gui.widgets.sliders.latent_slider import LatentSlider


class Heard:
    """What a row said."""

    def __init__(self, row: LatentSlider) -> None:
        self.changing: list[float] = []
        self.changed: list[float] = []
        row.value_changing.connect(self.changing.append)
        row.value_changed.connect(self.changed.append)


@pytest.fixture
def row(qtbot: QtBot) -> LatentSlider:
    row = LatentSlider(Code("c3", "atomic", 0, 2), "rotation")
    qtbot.addWidget(row)
    row.resize(320, 28)
    row.show()
    return row


def test_that_slider_and_field_carry_the_code_and_its_given_name(row: LatentSlider) -> None:
    assert row.slider.accessibleName() == "c3, rotation"
    assert row.field.accessibleName() == "c3, rotation"
    row.set_name("")
    assert row.slider.accessibleName() == "c3"


def test_that_a_slider_reaches_beyond_the_prior_and_says_where_that_ends(
    row: LatentSlider, qtbot: QtBot
) -> None:
    assert (row.slider.minimum(), row.slider.maximum()) == (-1500, 1500)
    assert "the prior, -1 to 1:" in row.slider.toolTip()
    gaussian = LatentSlider(Code("c1", "free", 0, 0, "normal"))
    qtbot.addWidget(gaussian)
    assert (gaussian.slider.minimum(), gaussian.slider.maximum()) == (-2940, 2940)
    assert "95 % of the prior N(0, 1), -1.96 to 1.96:" in gaussian.slider.toolTip()
    QTest.keyClick(gaussian.slider, Qt.Key.Key_End)
    assert gaussian.value == pytest.approx(1.96)


def test_that_the_field_follows_the_slider(row: LatentSlider) -> None:
    QTest.keyClick(row.slider, Qt.Key.Key_Right)
    assert row.field.value() == pytest.approx(0.1)


def test_that_a_typed_number_counts_when_entered(row: LatentSlider) -> None:
    heard = Heard(row)
    row.field.selectAll()
    QTest.keyClicks(row.field, "-0.25")
    assert heard.changing == []
    QTest.keyClick(row.field, Qt.Key.Key_Return)
    assert heard.changing == [-0.25]
    assert heard.changed == [-0.25]
    assert row.slider.number == -0.25


def test_that_arrow_keys_in_the_field_go_as_far_as_on_the_slider(row: LatentSlider) -> None:
    heard = Heard(row)
    QTest.keyClick(row.field, Qt.Key.Key_Up)
    QTest.keyClick(row.field, Qt.Key.Key_Down, Qt.KeyboardModifier.ControlModifier)
    assert heard.changing == pytest.approx([0.1, 0.09])
    assert heard.changed == []


def test_that_a_burst_in_the_field_ends_once(row: LatentSlider, qtbot: QtBot) -> None:
    heard = Heard(row)
    QTest.keyClick(row.field, Qt.Key.Key_Up)
    QTest.keyClick(row.field, Qt.Key.Key_Up)
    qtbot.waitUntil(lambda: heard.changed == pytest.approx([0.2]))


def test_that_setting_a_value_tells_nothing_and_keeps_all_its_digits(row: LatentSlider) -> None:
    heard = Heard(row)
    row.set_value(0.123456)
    assert row.value == 0.123456
    assert row.field.text() == "0.123"
    QTest.keyClick(row.field, Qt.Key.Key_Return)
    assert heard.changing == []
    assert heard.changed == []


def test_that_a_handle_that_is_taken_and_let_go_leaves_the_value_as_it_was(
    row: LatentSlider,
) -> None:
    row.set_value(0.123456)
    heard = Heard(row)
    QTest.mouseClick(row.slider, Qt.MouseButton.LeftButton, pos=row.slider.rect().center())
    assert heard.changing == []
    assert heard.changed == [0.123456]


def test_that_a_value_beyond_the_slider_stands_in_the_field(row: LatentSlider) -> None:
    row.set_value(2.5)
    assert row.field.text() == "2.500"
    assert row.slider.number == 1.5


def test_that_a_long_name_is_cut_and_told_in_full_by_the_tooltip(row: LatentSlider) -> None:
    row.set_name("rotation of the sprite around its own middle")
    row.label.set_width(80)
    assert row.label.text().endswith("…")
    assert "own middle" in row.label.toolTip()


def test_that_undo_in_the_field_is_left_to_the_window_unless_somebody_types(
    row: LatentSlider,
) -> None:
    def window_gets_undo() -> bool:
        control = Qt.KeyboardModifier.ControlModifier
        event = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_Z, control)
        event.ignore()
        QApplication.sendEvent(row.field, event)
        return not event.isAccepted()

    assert window_gets_undo()
    row.field.selectAll()
    QTest.keyClicks(row.field, "0.4")
    assert not window_gets_undo()
    QTest.keyClick(row.field, Qt.Key.Key_Return)
    assert window_gets_undo()
