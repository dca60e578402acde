"""The line that says which curve is which run."""

import pytest
from PySide6.QtGui import QTextDocumentFragment
from pytestqt.qtbot import QtBot

from icdrl_gui.widgets.curves.legend import CurveLegend, LegendEntry

LONG = "dsprites-quick-tc_gan-1112-1731"


@pytest.fixture
def legend(qtbot: QtBot) -> CurveLegend:
    """Return a legend of three runs, two with a long name."""
    legend = CurveLegend()
    qtbot.addWidget(legend)
    names = ("on", LONG, LONG[:-1] + "2")
    legend.show_entries([LegendEntry(i, name, i) for i, name in enumerate(names)])
    return legend


def test_that_names_are_whole_where_there_is_room(legend: CurveLegend) -> None:
    legend.resize(1200, 20)
    assert legend.names == ["on", LONG, LONG[:-1] + "2"]


def test_that_names_lose_their_middles_where_there_is_none(legend: CurveLegend) -> None:
    legend.resize(320, 20)
    short, first, second = legend.names
    assert short == "on"
    assert first.startswith("dsp")
    assert first.endswith("31")
    assert "…" in first
    assert second.endswith("32")


def test_that_a_name_of_html_is_shown_as_it_is(legend: CurveLegend) -> None:
    legend.show_entries([LegendEntry(1, "<b>bold</b>", 0)])
    assert legend.names == ["<b>bold</b>"]
    shown = QTextDocumentFragment.fromHtml(legend.toolTip()).toPlainText()
    assert shown == "— <b>bold</b>"
