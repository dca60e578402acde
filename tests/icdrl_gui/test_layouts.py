"""Layouts by task: what each shows, and that each is found again as it was left."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDockWidget

from icdrl_gui.layouts import LAYOUTS
from icdrl_gui.main_window import MainWindow
from tests.icdrl_gui.desk import Desk


def settle() -> None:
    for _ in range(5):
        QApplication.processEvents()


def open_docks(window: MainWindow) -> set[str]:
    settle()
    return {dock.objectName() for dock in window.findChildren(QDockWidget) if dock.isVisible()}


def choose(desk: Desk, name: str) -> None:
    desk.window.layouts.actions[name].trigger()
    settle()


@pytest.mark.parametrize("desk", [(1280, 800)], indirect=True)
def test_that_the_pictures_get_half_of_the_first_window(desk: Desk) -> None:
    settle()
    tabs, window = desk.window.tabs, desk.window
    assert tabs.width() * tabs.height() >= window.width() * window.height() / 2


@pytest.mark.parametrize("name", LAYOUTS)
def test_that_a_layout_shows_its_docks_and_no_others(desk: Desk, name: str) -> None:
    choose(desk, name)
    layout = LAYOUTS[name]
    groups = layout.docks_in(desk.window.size())
    assert open_docks(desk.window) == {dock for group in groups for dock in group.names}
    assert desk.window.layouts.actions[name].isChecked()
    if layout.tab:
        assert desk.window.tab_panel.objectName() == layout.tab


def test_that_each_layout_is_found_again_as_it_was_left(desk: Desk) -> None:
    desk.window.findChild(QDockWidget, "setup").close()  # type: ignore[union-attr]
    left = open_docks(desk.window)
    choose(desk, "explore")
    desk.window.show_dock("log")
    choose(desk, "train")
    assert open_docks(desk.window) == left
    choose(desk, "explore")
    assert open_docks(desk.window) == {"explore", "log"}
    desk.act("reset_layout")
    assert open_docks(desk.window) == {"explore"}


def test_that_focus_leaves_the_picture_and_its_sliders_alone(desk: Desk) -> None:
    window = desk.window
    QTest.keyClick(window, Qt.Key.Key_F9)
    settle()
    assert open_docks(window) == {"explore"}
    assert not any(part.isVisible() for part in (window.tabs, window.menuBar(), window.statusBar()))
    (explore,) = (dock for dock in window.findChildren(QDockWidget) if dock.isVisible())
    assert explore.width() > 0.95 * window.width()
    assert explore.titleBarWidget() is not None, "no button that closes what alone is seen"
    explore.close()
    QTest.keyClick(window, Qt.Key.Key_Escape)
    settle()
    assert window.tabs.isVisible()
    for _ in range(2):
        QTest.keyClick(window, Qt.Key.Key_F9)
    QTest.keyClick(window, Qt.Key.Key_F9)
    assert open_docks(window) == {"explore"}, "however it was left before"
    QTest.keyClick(window, Qt.Key.Key_Escape)
    settle()
    assert explore.titleBarWidget() is None
    assert window.layouts.actions["train"].isChecked()


def test_that_a_message_moves_nothing(desk: Desk) -> None:
    settle()
    before = desk.window.tabs.geometry()
    desk.messages.error("The disk is full.")
    settle()
    bar = desk.window.message_bar
    assert bar.isVisible()
    assert desk.window.tabs.geometry() == before
    assert bar.width() == before.width()
    assert bar.sentence.height() >= bar.sentence.fontMetrics().height()
