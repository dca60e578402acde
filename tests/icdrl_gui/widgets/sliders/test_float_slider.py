"""Drags, keys and clicks on a slider of real numbers."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from icdrl_gui.widgets.sliders.float_slider import FloatSlider

LEFT = Qt.MouseButton.LeftButton
SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


class Heard:
    """What a slider said."""

    def __init__(self, slider: FloatSlider) -> None:
        self.moving: list[float] = []
        self.moved: list[float] = []
        slider.moving.connect(self.moving.append)
        slider.moved.connect(self.moved.append)


@pytest.fixture
def slider(qtbot: QtBot) -> FloatSlider:
    slider = FloatSlider(-1.5, 1.5, marked=(-1, 1), centre=0)
    qtbot.addWidget(slider)
    slider.resize(320, 24)  # 300 pixels from end to end: 0.01 a pixel.
    slider.show()
    return slider


def at(number: float) -> QPoint:
    return QPoint(round(160 + number * 100), 12)


def test_that_a_drag_tells_each_number_and_its_end_once(slider: FloatSlider) -> None:
    heard = Heard(slider)
    QTest.mousePress(slider, LEFT, pos=at(0))
    for number in (0.1, 0.2, 0.3):
        QTest.mouseMove(slider, at(number))
    assert heard.moving == pytest.approx([0.1, 0.2, 0.3])
    assert heard.moved == []
    QTest.mouseRelease(slider, LEFT, pos=at(0.3))
    assert heard.moved == pytest.approx([0.3])


def test_that_a_click_beside_the_handle_brings_it_there(slider: FloatSlider) -> None:
    QTest.mouseClick(slider, LEFT, pos=at(-0.8))
    assert slider.number == pytest.approx(-0.8)


def test_that_taking_the_handle_at_its_edge_does_not_move_it(slider: FloatSlider) -> None:
    heard = Heard(slider)
    QTest.mousePress(slider, LEFT, pos=at(0.05))
    assert slider.number == 0
    QTest.mouseMove(slider, at(0.25))
    QTest.mouseRelease(slider, LEFT, pos=at(0.25))
    assert heard.moved == pytest.approx([0.2])


def test_that_a_double_click_leads_to_the_centre(slider: FloatSlider) -> None:
    slider.set_number(0.7)
    heard = Heard(slider)
    QTest.mouseDClick(slider, LEFT, pos=at(0.7))
    assert slider.number == 0
    assert heard.moved[-1] == 0


@pytest.mark.parametrize(
    ("key", "modifier", "number"),
    [
        (Qt.Key.Key_Right, Qt.KeyboardModifier.NoModifier, 0.3),
        (Qt.Key.Key_Left, Qt.KeyboardModifier.NoModifier, 0.1),
        (Qt.Key.Key_Up, SHIFT, 0.7),
        (Qt.Key.Key_Left, CTRL, 0.19),
        (Qt.Key.Key_PageUp, Qt.KeyboardModifier.NoModifier, 0.7),
        (Qt.Key.Key_PageDown, Qt.KeyboardModifier.NoModifier, -0.3),
        (Qt.Key.Key_Home, Qt.KeyboardModifier.NoModifier, -1.0),
        (Qt.Key.Key_End, Qt.KeyboardModifier.NoModifier, 1.0),
        (Qt.Key.Key_0, Qt.KeyboardModifier.NoModifier, 0.0),
    ],
)
def test_that_keys_move_it(
    slider: FloatSlider, key: Qt.Key, modifier: Qt.KeyboardModifier, number: float
) -> None:
    slider.set_number(0.2)
    QTest.keyClick(slider, key, modifier)
    assert slider.number == pytest.approx(number)


def test_that_a_burst_of_keys_ends_once_when_the_keys_rest(
    slider: FloatSlider, qtbot: QtBot
) -> None:
    heard = Heard(slider)
    for _ in range(3):
        QTest.keyClick(slider, Qt.Key.Key_Right)
    assert heard.moving == pytest.approx([0.1, 0.2, 0.3])
    assert heard.moved == []
    qtbot.waitUntil(lambda: heard.moved == pytest.approx([0.3]))


def test_that_keys_stop_at_the_ends(slider: FloatSlider) -> None:
    for _ in range(20):
        QTest.keyClick(slider, Qt.Key.Key_Right, SHIFT)
    assert slider.number == 1.5


def test_that_setting_a_number_tells_nothing(slider: FloatSlider, qtbot: QtBot) -> None:
    heard = Heard(slider)
    slider.set_number(0.4)
    slider.set_number(7)
    assert slider.number == 1.5
    assert heard.moving == []
    assert heard.moved == []


def test_that_another_number_ends_a_burst_without_a_word(slider: FloatSlider) -> None:
    heard = Heard(slider)
    QTest.keyClick(slider, Qt.Key.Key_Right)
    slider.set_number(0)
    QTest.keyClick(slider, Qt.Key.Key_Left)
    assert heard.moving == pytest.approx([0.1, -0.1])
    assert heard.moved == []


def test_that_the_wheel_is_left_to_what_scrolls(slider: FloatSlider) -> None:
    wheel = QWheelEvent(
        QPointF(at(0)),
        QPointF(at(0)),
        QPoint(0, 0),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    slider.wheelEvent(wheel)
    assert slider.number == 0
    assert not wheel.isAccepted()


def test_that_it_can_be_drawn_focused_and_disabled(slider: FloatSlider) -> None:
    slider.setFocus()
    focused = slider.grab().toImage()
    slider.clearFocus()
    assert slider.grab().toImage() != focused
    enabled = slider.grab().toImage()
    slider.setEnabled(False)
    assert slider.grab().toImage() != enabled
