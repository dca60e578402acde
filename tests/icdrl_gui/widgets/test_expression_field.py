import pytest
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCompleter
from pytestqt.qtbot import QtBot

from icdrl_gui.theme import LIGHT
from icdrl_gui.widgets.forms.expression_field import ExpressionField


@pytest.fixture
def field(qtbot: QtBot) -> ExpressionField:
    field = ExpressionField()
    field.set_names(("k1_0", "c1", "c2"))
    qtbot.addWidget(field)
    field.resize(300, 30)
    field.show()
    field.setFocus()
    return field


def test_that_the_word_before_the_cursor_is_completed(field: ExpressionField) -> None:
    QTest.keyClicks(field, "c1 + sq")
    (completer,) = field.findChildren(QCompleter)
    assert completer.completionPrefix() == "sq"
    completer.activated.emit("sqrt(")
    assert field.text() == "c1 + sqrt("
    QTest.keyClicks(field, "c2)")
    assert field.wrong_at is None


def test_that_the_wrong_character_is_underlined(field: ExpressionField) -> None:
    def red() -> int:
        image = field.grab().toImage()
        places = [(x, y) for x in range(image.width()) for y in range(image.height())]
        return sum(image.pixelColor(*place) == QColor(LIGHT.error) for place in places)

    QTest.keyClicks(field, "c1 + c2")
    assert red() == 0
    QTest.keyClicks(field, "5")
    assert field.wrong_at == 5
    assert red() > 0
    assert field.accessibleDescription().startswith("Character 6: there is no code c25")


def test_that_an_empty_line_is_no_mistake(field: ExpressionField) -> None:
    heard: list[str] = []
    field.judged.connect(heard.append)
    QTest.keyClicks(field, "(")
    field.clear()
    assert heard[0].startswith("Character 2: ")
    assert heard[-1] == ""
