"""Pixels stay pixels."""

from itertools import groupby
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QUrl
from pytestqt.qtbot import QtBot

from icdrl_gui.widgets.images.view import ImageView, dropped_image


def mime_of(*paths: str) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(path) for path in paths])
    return mime


def make(qtbot: QtBot, width: int, height: int) -> ImageView:
    view = ImageView("edited picture", "Nothing yet.")
    qtbot.addWidget(view)
    view.resize(width, height + view.caption_height)
    return view


def columns(view: ImageView) -> list[int]:
    """Grey values in the middle row."""
    image = view.grab().toImage()
    row = (image.height() - view.caption_height) // 2
    return [image.pixelColor(x, row).red() for x in range(image.width())]


@pytest.mark.parametrize("side", [12, 14, 15])
def test_that_a_picture_fills_its_room_without_blending(qtbot: QtBot, side: int) -> None:
    view = make(qtbot, side, side)
    pixels = np.array([[[0], [255], [0], [255]]] * 4, dtype=np.uint8)
    view.set_image(pixels)
    shown = columns(view)
    assert set(shown) == {0, 255}
    widths = [len(list(run)) for _, run in groupby(shown)]
    assert len(widths) == 4
    assert max(widths) - min(widths) <= 1


def test_that_colours_are_shown(qtbot: QtBot) -> None:
    view = make(qtbot, 40, 40)
    view.set_image(np.full((3, 5, 3), (10, 200, 30), dtype=np.uint8))
    colour = view.grab().toImage().pixelColor(20, 20)
    assert (colour.red(), colour.green(), colour.blue()) == (10, 200, 30)


def test_that_a_picture_larger_than_the_view_is_shown_whole(qtbot: QtBot) -> None:
    view = make(qtbot, 80, 80)
    pixels = np.zeros((300, 300, 1), dtype=np.uint8)
    pixels[:, 150:] = 255
    view.set_image(pixels)
    shown = columns(view)
    assert shown[5] == 0
    assert shown[75] == 255


def test_that_the_placeholder_stands_where_there_is_no_picture(qtbot: QtBot) -> None:
    view = make(qtbot, 200, 80)
    empty = view.grab().toImage()
    view.set_placeholder("Something else.")
    assert view.grab().toImage() != empty
    view.set_image(np.zeros((8, 8, 1), dtype=np.uint8))
    view.set_image(None)
    assert view.image is None


def test_that_the_caption_is_read_out(qtbot: QtBot) -> None:
    view = make(qtbot, 100, 100)
    view.set_caption("edit · step 9,500")
    assert view.accessibleName() == "edited picture"
    assert view.accessibleDescription() == "edit · step 9,500"


def test_that_only_a_single_image_file_can_be_dropped() -> None:
    assert dropped_image(mime_of("/a/cat.JPG")) == Path("/a/cat.JPG")
    assert dropped_image(mime_of("/a/config.json")) is None
    assert dropped_image(mime_of("/a/cat.png", "/a/dog.png")) is None
    assert dropped_image(QMimeData()) is None
