"""What a person types is taken as it was meant, or refused."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QLocale, Qt
from PySide6.QtGui import QFocusEvent, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from icdrl_gui.widgets.forms.number_field import NumberField


@pytest.fixture(params=["C", "de_DE"])
def _locale(request: pytest.FixtureRequest) -> Iterator[None]:
    before = QLocale()
    QLocale.setDefault(QLocale(request.param))
    yield
    QLocale.setDefault(before)


@pytest.fixture
def field(qtbot: QtBot, _locale: None) -> NumberField:
    field = NumberField(-9999, 9999, decimals=3)
    field.setAccessibleName("c3, rotation")
    field.setValue(0.5)
    qtbot.addWidget(field)
    field.show()
    return field


def enter(field: NumberField, text: str) -> list[str]:
    """Type a text and press Enter; return what was said."""
    said: list[str] = []
    field.refused.connect(said.append)
    field.selectAll()
    QTest.keyClick(field, Qt.Key.Key_Delete)
    if text.isascii():
        QTest.keyClicks(field, text)
    else:
        field.lineEdit().insert(text)
    QTest.keyClick(field, Qt.Key.Key_Return)
    field.refused.disconnect(said.append)
    return said


def colour(field: NumberField) -> str:
    return field.lineEdit().palette().color(QPalette.ColorRole.Text).name()


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("-0,5", -0.5),
        ("-0.5", -0.5),
        (",25", 0.25),
        ("−2", -2),
        ("+3.", 3),
        ("1e-2", 0.01),
        ("1234", 1234),
        ("0.12345", 0.123),
        (" 7 ", 7),
    ],
)
def test_that_a_number_is_what_was_typed_with_a_point_or_a_comma(
    field: NumberField, text: str, number: float
) -> None:
    assert enter(field, text) == []
    assert field.value() == number
    assert field.text() == f"{number:.3f}"


@pytest.mark.parametrize(
    "text", ["1e30", "1e999", "10000", "1.000,5", "1,2,3", "-", "", "abc", "nan", "inf", "1_0", "٣"]
)
def test_that_what_is_no_number_in_range_is_refused_aloud_and_the_last_one_comes_back(
    field: NumberField, text: str
) -> None:
    enter(field, "0.75")
    ordinary = colour(field)
    (sentence,) = enter(field, text)
    assert sentence == (
        f"c3, rotation: “{text}” is no number from -9,999 to 9,999, so 0.750 stays."
    )
    assert (field.value(), field.text()) == (0.75, "0.750")
    assert colour(field) == ordinary


def test_that_what_will_be_refused_is_red_while_it_is_typed(field: NumberField) -> None:
    ordinary = colour(field)
    field.selectAll()
    QTest.keyClicks(field, "1e3")
    assert colour(field) == ordinary
    QTest.keyClicks(field, "0")
    assert colour(field) != ordinary


def test_that_a_refusal_is_over_once_a_number_was_entered(field: NumberField) -> None:
    assert len(enter(field, "1e30")) == 1
    assert enter(field, "2") == [""]
    assert enter(field, "3") == []


def test_that_leaving_the_field_refuses_as_well(field: NumberField, qtbot: QtBot) -> None:
    said: list[str] = []
    field.refused.connect(said.append)
    QTest.keyClicks(field, "1e30")
    leaving = QFocusEvent(QEvent.Type.FocusOut, Qt.FocusReason.TabFocusReason)
    QApplication.sendEvent(field, leaving)
    assert field.value() == 0.5
    assert len(said) == 1


@pytest.mark.usefixtures("_locale")
def test_that_a_unit_and_a_word_for_the_least_number_are_no_part_of_what_is_typed(
    qtbot: QtBot,
) -> None:
    field = NumberField(0, 600, decimals=1)
    field.setSuffix(" s")
    field.setSpecialValueText("at snapshots only")
    qtbot.addWidget(field)
    field.show()
    for text, shown in (("2,5", "2.5 s"), ("0", "at snapshots only")):
        assert enter(field, text) == []
        assert field.text() == shown
    said: list[str] = []
    field.refused.connect(said.append)
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert (said, field.value()) == ([], 0)
