"""The window around the panels: its first layout, small screens, full screen."""

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QApplication, QDockWidget, QScrollArea, QToolBar, QToolButton

from tests.icdrl_gui.desk import Desk

SIZES = [(900, 560), (1270, 760), (1920, 1040)]


def settle() -> None:
    for _ in range(5):
        QApplication.processEvents()


def docks(desk: Desk) -> dict[str, QDockWidget]:
    found = desk.window.findChildren(QDockWidget)
    return {dock.objectName(): dock for dock in found}


def toolbar(desk: Desk) -> QToolBar:
    (bar,) = desk.window.findChildren(QToolBar)
    return bar


def picture(desk: Desk) -> dict[str, QRect]:
    """Where toolbar and docks can be seen."""
    settle()
    parts = {"toolbar": toolbar(desk), **docks(desk)}
    return {
        name: part.geometry()
        for name, part in parts.items()
        if part.isVisible() and not part.visibleRegion().isEmpty()
    }


@pytest.mark.parametrize("desk", SIZES, indirect=True)
def test_that_a_reset_layout_shows_what_the_first_start_shows(desk: Desk) -> None:
    first = picture(desk)
    assert {"toolbar", "setup", "curves"} <= set(first)
    desk.act("reset_layout")
    assert picture(desk) == first
    toolbar(desk).hide()
    parts = docks(desk)
    parts["setup"].setFloating(True)
    parts["explore"].close()
    desk.window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, parts["runs"])
    parts["log"].raise_()
    assert picture(desk) != first
    desk.act("reset_layout")
    assert picture(desk) == first


def test_that_view_lists_the_toolbar(desk: Desk) -> None:
    action = desk.window.actions_["show_toolbar"]
    assert action.isChecked()
    action.trigger()
    assert not toolbar(desk).isVisible()
    toolbar(desk).toggleViewAction().trigger()
    assert action.isChecked()
    desk.act("show_toolbar")
    desk.window.save_layout()
    desk.act("reset_layout")
    assert toolbar(desk).isVisible()
    assert action.isChecked()


@pytest.mark.parametrize("desk", SIZES, indirect=True)
def test_that_nothing_is_off_screen_at_the_first_start(desk: Desk) -> None:
    settle()
    window = desk.window
    assert window.minimumSizeHint().width() <= 900
    assert window.minimumSizeHint().height() <= 560
    shown = picture(desk)
    assert all(window.rect().contains(place) for place in shown.values())
    (more,) = toolbar(desk).findChildren(QToolButton, "qt_toolbar_ext_button")
    assert not more.isVisible()
    for name in docks(desk):
        desk.act(f"show_{name}")
        settle()
        area = docks(desk)[name].widget()
        assert isinstance(area, QScrollArea)
        assert area.horizontalScrollBar().maximum() == 0, name


def test_that_the_first_window_is_no_larger_than_the_screen(desk: Desk) -> None:
    room = desk.window.screen().availableSize()
    assert desk.window.width() < room.width()
    assert desk.window.height() < room.height()


@pytest.mark.parametrize("maximised", [False, True])
def test_that_full_screen_twice_comes_back_to_where_it_was(desk: Desk, maximised: bool) -> None:
    window = desk.window
    if maximised:
        window.showMaximized()
    before, state = picture(desk), window.windowState()
    desk.act("full_screen")
    settle()
    assert window.isFullScreen()
    desk.act("full_screen")
    assert picture(desk) == before
    assert window.windowState() == state
    assert window.isMaximized() == maximised


def test_that_the_menu_knows_of_a_full_screen_that_the_desktop_began(desk: Desk) -> None:
    action = desk.window.actions_["full_screen"]
    desk.window.showFullScreen()
    assert action.isChecked()
    action.trigger()
    assert not desk.window.isFullScreen()
