"""One picture, or three."""

import numpy as np
from pytestqt.qtbot import QtBot

from icdrl_gui.widgets.images.edit_views import Comparison, EditViews

IMAGE = np.zeros((64, 64, 1), dtype=np.uint8)


def make(qtbot: QtBot) -> EditViews:
    views = EditViews()
    qtbot.addWidget(views)
    views.resize(300, 300)
    views.show()
    return views


def test_that_the_edit_stands_alone_until_there_is_something_to_compare(qtbot: QtBot) -> None:
    views = make(qtbot)
    views.set_edit(IMAGE, 9500)
    assert not views.original.isVisible()
    assert views.edit.caption == "edit · step 9,500"
    views.set_comparison(Comparison(IMAGE, IMAGE, 0.0123, 0.0341, 9500))
    assert views.original.isVisible()
    assert views.error.text() == "error 0.012 (without noise 0.034)"
    views.set_comparison(None)
    assert not views.original.isVisible()


def test_that_older_weights_are_named_and_can_be_replaced(qtbot: QtBot) -> None:
    views = make(qtbot)
    views.set_comparison(Comparison(IMAGE, IMAGE, 0.0123, None, 5000), can_repeat=True)
    assert views.error.text() == "error 0.012, encoded at step 5,000"
    with qtbot.waitSignal(views.again):
        views.again_button.click()
