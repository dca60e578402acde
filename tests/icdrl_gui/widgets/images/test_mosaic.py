"""How images are fitted into a room, and put into one picture."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from icdrl_gui.widgets.images.mosaic import Geometry, Mosaic, fitted

SPRITES = (5, 11, 64, 64)


@pytest.mark.parametrize("ratio", [1.0, 1.25, 2.0])
def test_that_cells_are_as_large_as_the_room_allows(ratio: float) -> None:
    geometry = fitted(SPRITES, room=(700, 1500), ratio=ratio)
    assert geometry.width <= 1500
    assert geometry.height <= 700
    larger = geometry.cell[1] + 1
    assert (
        11 * (larger + geometry.gaps[1]) - geometry.gaps[1] > 1500 * ratio
        or 5 * (larger + geometry.gaps[0]) - geometry.gaps[0] > 700 * ratio
    )


def test_that_images_too_many_for_the_width_are_resized_to_whole_pixels() -> None:
    geometry = fitted(SPRITES, room=(400, 600), ratio=1)
    assert geometry.zoom == 1
    assert geometry.cell == (53, 53)
    assert geometry.width <= 600


def test_that_rows_stay_in_view_while_cells_are_legible() -> None:
    low = fitted(SPRITES, room=(220, 2000), ratio=1)
    assert low.height <= 220
    assert low.cell[0] >= 28
    lower = fitted(SPRITES, room=(100, 2000), ratio=1)
    assert lower.cell == (64, 64), "where scrolling can't be avoided images keep their size"


def test_that_a_dense_screen_shows_images_as_large_as_another() -> None:
    plain, dense = (fitted(SPRITES, room=(400, 760), ratio=ratio) for ratio in (1.0, 2.0))
    assert dense.width == pytest.approx(plain.width, abs=11)


def test_that_a_chosen_zoom_counts_pixels_of_the_screen() -> None:
    geometry = fitted(SPRITES, room=(10, 10), ratio=2, zoom=3)
    assert geometry.place(0, 0).width() == 64 * 3 / 2


def test_that_labels_keep_low_rows_apart() -> None:
    geometry = fitted((3, 20, 28, 28), room=(400, 420), ratio=1, row_height=40)
    assert geometry.place(1, 0).top() - geometry.place(0, 0).top() >= 40


@pytest.mark.parametrize("ratio", [1.0, 1.25, 2.0])
def test_that_each_cell_is_found_where_it_lies(ratio: float) -> None:
    geometry = fitted(SPRITES, room=(400, 600), ratio=ratio)
    for row, column in ((0, 0), (2, 7), (4, 10)):
        assert geometry.cell_at(geometry.place(row, column).center()) == (row, column)
    assert geometry.cell_at(QPointF(geometry.width + 5, 1)) is None
    assert geometry.cell_at(QPointF(-1, 1)) is None


def test_that_colours_and_greys_arrive_as_they_are(qtbot: QtBot) -> None:
    geometry = Geometry(rows=1, columns=2, cell=(2, 2), gaps=(1, 1), zoom=1, ratio=1)
    mosaic = Mosaic(geometry, QColor("#010203"))
    colour = np.full((1, 2, 2, 2, 3), (10, 20, 30), np.uint8)
    mosaic.write(colour, [1])
    assert mosaic.image.pixelColor(1, 1) == QColor(10, 20, 30)
    assert mosaic.image.pixelColor(2, 0) == QColor("#010203"), "the gap"
    assert mosaic.image.pixelColor(3, 0) == QColor("#010203"), "padding is never shown"
    mosaic.write(np.full((1, 2, 2, 2, 1), 77, np.uint8), [2])
    assert mosaic.image.pixelColor(4, 1) == QColor(77, 77, 77)


@pytest.mark.parametrize("side", [9, 13, 16, 31])
def test_that_an_image_made_larger_keeps_its_pixels_with_crisp_edges(
    qtbot: QtBot, side: int
) -> None:
    ramp = np.broadcast_to(np.arange(8, dtype=np.uint8)[:, None], (1, 1, 8, 8, 1))
    geometry = Geometry(rows=1, columns=1, cell=(side, side), gaps=(1, 1), zoom=1, ratio=1)
    mosaic = Mosaic(geometry, QColor("black"))
    mosaic.write(ramp, [1])
    row = [mosaic.image.pixelColor(x, 0).red() for x in range(side)]
    widths = [row.count(value) for value in range(8)]
    assert row == sorted(row)
    assert max(widths) - min(widths) <= 1


@pytest.mark.parametrize("side", [3, 7, 8])
def test_that_an_image_made_smaller_keeps_its_mean(qtbot: QtBot, side: int) -> None:
    images = np.random.default_rng(0).integers(0, 256, (1, 1, 8, 8, 1)).astype(np.uint8)
    geometry = Geometry(rows=1, columns=1, cell=(side, side), gaps=(1, 1), zoom=1, ratio=1)
    mosaic = Mosaic(geometry, QColor("black"))
    mosaic.write(images, [1])
    shown = [mosaic.image.pixelColor(x, y).red() for y in range(side) for x in range(side)]
    assert np.mean(shown) == pytest.approx(images.mean(), abs=1)
