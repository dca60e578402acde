import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from icdrl_gui.theme import LIGHT, Theme
from icdrl_gui.widgets.heat_map import HeatMap

VALUES = np.array([[1.0, 0.3, 0.0], [0.3, 1.0, np.nan], [0.0, np.nan, 1.0]])


@pytest.fixture
def heat_map(qtbot: QtBot, qapp: QApplication) -> HeatMap:
    Theme(qapp, "light")
    heat_map = HeatMap("|correlation|, with the constraint")
    qtbot.addWidget(heat_map)
    heat_map.resize(240, 240)
    heat_map.show_values(VALUES, ["c1", "c2", "c3"])
    heat_map.show()
    return heat_map


def corner(heat_map: HeatMap, row: int, column: int) -> QPoint:
    return heat_map.cell_rect(row, column).topLeft().toPoint() + QPoint(3, 3)


def colour_at(heat_map: HeatMap, place: QPoint) -> QColor:
    return heat_map.grab().toImage().pixelColor(place)


def test_that_each_value_has_its_colour_and_more_is_lighter(heat_map: HeatMap) -> None:
    assert colour_at(heat_map, corner(heat_map, 0, 1)) == heat_map.colour_of(0.3)
    assert colour_at(heat_map, corner(heat_map, 2, 2)) == heat_map.colour_of(1.0)
    lightness = [heat_map.colour_of(value).lightnessF() for value in np.linspace(0, 1, 21)]
    assert (np.diff(lightness) > -0.03).all()
    assert heat_map.colour_of(7.0) == heat_map.colour_of(1.0)


def test_that_colours_mean_the_same_in_two_maps_whatever_their_values(
    heat_map: HeatMap, qtbot: QtBot
) -> None:
    other = HeatMap("other")
    qtbot.addWidget(other)
    other.show_values([[0.3]], ["c1"])
    assert other.colour_of(0.3) == heat_map.colour_of(0.3)


def test_that_an_unknown_value_is_an_empty_cell(heat_map: HeatMap) -> None:
    assert colour_at(heat_map, corner(heat_map, 1, 2)) == QColor(LIGHT.raised)
    assert heat_map.sentence(1, 2) == "c2 and c3: unknown"


def test_that_hovering_tells_the_value(qtbot: QtBot, heat_map: HeatMap) -> None:
    with qtbot.waitSignal(heat_map.told) as told:
        QTest.mouseMove(heat_map, corner(heat_map, 0, 1))
    assert told.args == ["c1 and c2: 0.300"]


def test_that_cells_can_be_read_by_keyboard(qtbot: QtBot, heat_map: HeatMap) -> None:
    QTest.keyClick(heat_map, Qt.Key.Key_Right)
    with qtbot.waitSignal(heat_map.told) as told:
        QTest.keyClick(heat_map, Qt.Key.Key_Right)
    assert told.args == ["c1 and c2: 0.300"]
    assert heat_map.accessibleDescription() == "c1 and c2: 0.300"
    for _ in range(9):
        QTest.keyClick(heat_map, Qt.Key.Key_Down)
    assert heat_map.accessibleDescription().startswith("c3 and c2")


def test_that_a_screen_reader_hears_what_matters_most(heat_map: HeatMap) -> None:
    assert heat_map.accessibleName() == "|correlation|, with the constraint"
    assert heat_map.accessibleDescription() == "Largest: c1 and c2: 0.300"


def test_that_a_map_of_other_rows_and_columns_is_shown(heat_map: HeatMap) -> None:
    heat_map.show_values([[0.1, 2.0]], ["c1"], ["shape", "scale"], limits=(0, 2))
    assert heat_map.sentence(0, 1) == "c1 and scale: 2.000"
    with pytest.raises(ValueError, match="for 1 rows, 1 columns"):
        heat_map.show_values([[0.1, 2.0]], ["c1"])


def test_that_a_cleared_map_says_why(heat_map: HeatMap) -> None:
    heat_map.clear("This run has one code only.")
    heat_map.grab()
    assert heat_map.accessibleDescription() == "This run has one code only."
    QTest.keyClick(heat_map, Qt.Key.Key_Right)
    QTest.mouseMove(heat_map, QPoint(50, 50))


def test_that_the_picture_for_a_paper_is_light_in_the_dark_too(
    heat_map: HeatMap, qapp: QApplication
) -> None:
    light = heat_map.as_image()
    Theme(qapp, "dark")
    assert heat_map.as_image() == light
    assert light.pixelColor(1, light.height() - 2) == QColor(LIGHT.surface)


def test_that_a_wide_map_has_room_for_the_names_of_its_columns(qtbot: QtBot) -> None:
    maps = [HeatMap("information", wide=wide) for wide in (False, True)]
    for each in maps:
        qtbot.addWidget(each)
        each.resize(600, 100)
        each.show_values([[0.1, 2.0], [0.5, 0.5]], ["c1", "c2"], ["orientation", "scale"])
    square, wide = (each.cell_rect(1, 1) for each in maps)
    assert square.width() == square.height() == wide.height()
    assert wide.width() > maps[1].fontMetrics().horizontalAdvance("orientation")
    assert maps[1].sizeHint().width() > maps[0].sizeHint().width()
    qtbot.mouseMove(maps[1], wide.center().toPoint())


def test_that_the_picture_is_an_array_as_well(heat_map: HeatMap) -> None:
    image, pixels = heat_map.as_image(), heat_map.as_pixels()
    assert pixels.shape == (image.height(), image.width(), 3)
    assert pixels[-2, 1].tolist() == [255, 255, 255]
