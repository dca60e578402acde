from pytestqt.qtbot import QtBot

from icdrl_gui.widgets.elided_label import ElidedLabel


def test_that_a_long_text_does_not_widen_the_window_and_is_whole_in_the_tooltip(
    qtbot: QtBot,
) -> None:
    label = ElidedLabel()
    qtbot.addWidget(label)
    text = "a sentence that is far too long for so little room"
    label.show_text(text)
    assert label.minimumSizeHint().width() == 0
    assert label.toolTip() == label.text() == text
    label.resize(100, 20)
    cut = label.grab().toImage()
    label.show_text(text + " as there is here")
    assert label.grab().toImage() == cut
