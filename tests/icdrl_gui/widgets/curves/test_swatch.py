"""The square that says which curve is a run's."""

import pytest
from PySide6.QtGui import QIcon
from pytestqt.qtbot import QtBot

from icdrl_gui.theme import DARK, LIGHT, Colours
from icdrl_gui.widgets.curves.swatch import swatch


@pytest.mark.parametrize("of", [LIGHT, DARK])
@pytest.mark.parametrize("mode", [QIcon.Mode.Normal, QIcon.Mode.Selected])
def test_that_a_swatch_stands_out_from_a_selected_row(
    qtbot: QtBot, of: Colours, mode: QIcon.Mode
) -> None:
    # The first colour of a run is all but that of a selection.
    image = swatch(of.curves[0], of.surface).pixmap(12, 12, mode).toImage()
    assert image.pixelColor(6, 6).name() == of.curves[0]
    assert {image.pixelColor(x, y).name() for x, y in ((0, 0), (0, 6), (11, 6))} == {of.surface}
