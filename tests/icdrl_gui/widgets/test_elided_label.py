import pytest
from pytestqt.qtbot import QtBot

from icdrl_gui.widgets.elided_label import ElidedLabel

NAME = "dsprites-quick-tc_gan-20261124-1112"


@pytest.fixture
def label(qtbot: QtBot) -> ElidedLabel:
    label = ElidedLabel()
    qtbot.addWidget(label)
    return label


def test_that_a_long_text_does_not_widen_the_window_and_is_whole_in_the_tooltip(
    label: ElidedLabel,
) -> None:
    text = "a sentence that is far too long for so little room"
    label.show_text(text)
    assert label.minimumSizeHint().width() == 0
    assert label.toolTip() == label.text() == text
    label.resize(100, 20)
    cut = label.grab().toImage()
    label.show_text(text + " as there is here")
    assert label.grab().toImage() == cut


def test_that_a_name_loses_its_middle_before_anything_else_is_cut(label: ElidedLabel) -> None:
    text = f"{NAME} · constraint on"
    label.show_text(text, NAME)
    label.resize(800, 20)
    assert label.drawn == text
    label.resize(240, 20)
    assert label.drawn.startswith("dsp")
    assert label.drawn.endswith("12 · constraint on")
    label.resize(60, 20)
    assert label.drawn.count("…") == 1
    assert label.fontMetrics().horizontalAdvance(label.drawn) <= 60
