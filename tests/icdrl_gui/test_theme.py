"""Light and dark, and whether both can be read."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from icdrl_gui.theme import DARK, LIGHT, Colours, Theme, colours, icon


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    """Return the theme of the application, light again afterwards."""
    theme = Theme(qapp, "light")
    yield theme
    theme.choose("light")
    theme.deleteLater()


def luminance(colour: str) -> float:
    """Return WCAG's relative luminance."""
    of = QColor(colour)
    channels = [of.redF(), of.greenF(), of.blueF()]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return float(0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2])


def contrast(first: str, second: str) -> float:
    """Return WCAG's contrast ratio, 1 to 21."""
    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("of", [LIGHT, DARK])
def test_that_text_can_be_read_on_every_ground(of: Colours) -> None:
    for ground in (of.window, of.surface, of.raised):
        assert contrast(of.text, ground) >= 7
        assert contrast(of.muted, ground) >= 4.5
    for colour in (of.error, of.warning, of.accent):
        assert contrast(colour, of.surface) >= 4.5
    assert contrast(of.accent_text, of.accent) >= 4.5


@pytest.mark.parametrize("of", [LIGHT, DARK])
def test_that_curves_stand_out_from_their_ground(of: Colours) -> None:
    assert min(contrast(curve, of.surface) for curve in of.curves) >= 2.9
    assert len(set(of.curves)) == len(of.curves) == len(LIGHT.curves) == 12


def test_that_a_switch_reaches_widgets_at_once(theme: Theme, qtbot: QtBot) -> None:
    changes: list[Colours] = []

    class Plot(QWidget):
        def changeEvent(self, event: QEvent) -> None:
            if event.type() == QEvent.Type.PaletteChange:
                changes.append(colours(self.palette()))

    plot = Plot()
    qtbot.addWidget(plot)
    plot.show()
    assert colours() is LIGHT
    theme.choose("dark")
    assert changes[-1] is DARK
    assert colours() is DARK
    theme.choose("light")
    assert changes[-1] is LIGHT


def test_that_icons_take_the_colour_of_text(theme: Theme) -> None:
    found = []
    for mode in ("light", "dark"):
        theme.choose(mode)
        image = icon("train").pixmap(24, 24).toImage()
        found.append(image.pixelColor(12, 12).name())
    assert found == [LIGHT.text, DARK.text]


def test_that_the_palette_is_set_where_the_desktop_knows_no_scheme(theme: Theme) -> None:
    theme.choose("dark")
    window = QApplication.palette().color(QPalette.ColorRole.Window)
    assert window.name() == DARK.window
