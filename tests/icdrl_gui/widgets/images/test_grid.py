"""The grid of images by mouse and keyboard."""

from math import floor
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from icdrl_gui.theme import Theme
from icdrl_gui.widgets.images.grid import GridRow, ImageGridView
from icdrl_gui.widgets.images.label_editor import LabelEditor


def images(rows: int = 3, columns: int = 4) -> NDArray[np.uint8]:
    """Each cell has a grey of its own."""
    greys = np.arange(rows * columns, dtype=np.uint8) * 20
    return np.ascontiguousarray(
        np.broadcast_to(greys.reshape(rows, columns, 1, 1, 1), (rows, columns, 16, 16, 1))
    )


ROWS = [
    GridRow("c1", "size", values=("-1", "0", "1", "2")),
    GridRow("c2", values=("-1", "0", "1", "2")),
    GridRow("c3", note="unused", faded=True, values=("-1", "0", "1", "2")),
]


@pytest.fixture
def grid(qtbot: QtBot) -> ImageGridView:
    view = ImageGridView("traversals", renames=True)
    qtbot.addWidget(view)
    view.resize(420, 260)
    view.show_images(images(), ROWS)
    view.show()
    return view


def centre(view: ImageGridView, row: int, column: int) -> QPoint:
    picture = view._picture
    assert picture is not None
    return picture.geometry.place(row, column).translated(picture.origin).center().toPoint()


def label_place(view: ImageGridView, row: int) -> QPoint:
    assert view._picture is not None
    return view._picture.label_place(row).center().toPoint()


def shown_grey(view: ImageGridView, row: int, column: int) -> int:
    ratio = view.devicePixelRatioF()
    place = centre(view, row, column)
    image = view.viewport().grab().toImage()
    return image.pixelColor(round(place.x() * ratio), round(place.y() * ratio)).red()


def test_that_every_cell_shows_its_own_image(grid: ImageGridView) -> None:
    for row in range(3):
        for column in range(4):
            assert shown_grey(grid, row, column) == (row * 4 + column) * 20


def test_that_new_images_of_the_same_shape_take_the_same_place(grid: ImageGridView) -> None:
    before = grid._picture
    grid.show_images(images()[::-1], ROWS)
    assert grid._picture is before
    assert shown_grey(grid, 0, 0) == 8 * 20


def test_that_arrows_move_the_cursor_and_enter_chooses(qtbot: QtBot, grid: ImageGridView) -> None:
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left):
        QTest.keyClick(grid, key)
    assert grid.current == (1, 1)
    with qtbot.waitSignal(grid.cell_chosen) as chosen:
        QTest.keyClick(grid, Qt.Key.Key_Return)
    assert chosen.args == [1, 1]
    QTest.keyClick(grid, Qt.Key.Key_End)
    assert grid.current == (1, 3)


def test_that_the_cursor_never_leaves_a_short_row(qtbot: QtBot, grid: ImageGridView) -> None:
    grid.show_images(images(), ROWS, counts=(4, 2, 4))
    grid.set_current(0, 3)
    QTest.keyClick(grid, Qt.Key.Key_Down)
    assert grid.current == (1, 1)


def test_that_a_click_chooses_the_cell_below_it(qtbot: QtBot, grid: ImageGridView) -> None:
    with qtbot.waitSignal(grid.cell_chosen) as chosen:
        QTest.mouseClick(
            grid.viewport(),
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
            centre(grid, 2, 3),
        )
    assert chosen.args == [2, 3]


def test_that_padding_can_not_be_chosen(qtbot: QtBot, grid: ImageGridView) -> None:
    grid.show_images(images(), ROWS, counts=(4, 2, 4))
    with qtbot.assertNotEmitted(grid.cell_chosen):
        QTest.mouseClick(
            grid.viewport(),
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
            centre(grid, 1, 3),
        )


def test_that_the_cell_is_told_in_words(grid: ImageGridView) -> None:
    grid.set_current(0, 2)
    assert grid.accessibleDescription() == "c1 size = 1"
    grid.set_current(2, 0)
    assert grid.accessibleDescription() == "c3 = -1 (unused)"
    assert grid._tip_at(centre(grid, 1, 1)) == "c2 = 0"
    assert "F2" in grid._tip_at(label_place(grid, 1))


def test_that_a_row_is_named_by_double_click(qtbot: QtBot, grid: ImageGridView) -> None:
    QTest.mouseDClick(
        grid.viewport(),
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
        label_place(grid, 1),
    )
    editor = grid.findChild(LabelEditor)
    assert editor is not None
    assert editor.isVisible()
    with qtbot.waitSignal(grid.label_edited) as edited:
        QTest.keyClicks(editor, "rotation")
        QTest.keyClick(editor, Qt.Key.Key_Return)
    assert edited.args == [1, "rotation"]
    assert editor.isHidden()


def test_that_escape_leaves_the_name_as_it_was(qtbot: QtBot, grid: ImageGridView) -> None:
    QTest.keyClick(grid, Qt.Key.Key_F2)
    editor = grid.findChild(LabelEditor)
    assert editor is not None
    assert editor.text() == "size"
    with qtbot.assertNotEmitted(grid.label_edited):
        QTest.keyClicks(editor, "other")
        QTest.keyClick(editor, Qt.Key.Key_Escape)
    assert editor.isHidden()


def test_that_ctrl_and_the_wheel_zoom(qtbot: QtBot, grid: ImageGridView) -> None:
    fitted = grid.cells
    assert fitted is not None
    seen = fitted.cell[1] * fitted.zoom / 16
    place = QPointF(centre(grid, 0, 0))
    for delta in (120, 120, -120):
        event = QWheelEvent(
            place,
            place,
            QPoint(),
            QPoint(0, delta),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.ControlModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(grid.viewport(), event)
    assert grid.zoom == floor(seen) + 1
    QTest.keyClick(grid, Qt.Key.Key_0)
    assert grid.zoom == 0
    assert grid.cells == fitted


def test_that_a_grid_too_large_is_scrolled_to_the_cursor(grid: ImageGridView) -> None:
    grid.set_zoom(8)
    grid.set_current(2, 3)
    place = centre(grid, 2, 3)
    assert grid.viewport().rect().contains(place)
    assert shown_grey(grid, 2, 3) == 11 * 20
    grid.set_current(0, 0)
    assert grid.viewport().rect().contains(centre(grid, 0, 0))


def test_that_what_is_dragged_out_is_a_file_and_a_picture(
    grid: ImageGridView, tmp_path: Path
) -> None:
    asked: list[int | None] = []

    def write(row: int | None) -> Path:
        asked.append(row)
        return tmp_path / "row.png"

    grid.drag_file = write
    mime = grid.drag_contents(1)
    assert asked == [1]
    assert [url.toLocalFile() for url in mime.urls()] == [str(tmp_path / "row.png")]
    assert mime.hasImage()


def test_that_dragging_a_label_drags_its_row_and_chooses_nothing(
    qtbot: QtBot, grid: ImageGridView, monkeypatch: pytest.MonkeyPatch
) -> None:
    dragged: list[int | None] = []
    monkeypatch.setattr(grid, "_start_drag", dragged.append)
    left = Qt.MouseButton.LeftButton
    for start in (label_place(grid, 1), centre(grid, 1, 1)):
        QTest.mousePress(grid.viewport(), left, Qt.KeyboardModifier.NoModifier, start)
        QTest.mouseMove(grid.viewport(), start + QPoint(30, 10))
        with qtbot.assertNotEmitted(grid.cell_chosen):
            QTest.mouseRelease(
                grid.viewport(), left, Qt.KeyboardModifier.NoModifier, start + QPoint(30, 10)
            )
    assert dragged == [1, None]


def test_that_the_theme_colours_the_gaps_at_once(
    qtbot: QtBot, qapp: QApplication, grid: ImageGridView
) -> None:
    theme = Theme(qapp, "light")
    corner = QPoint(grid.viewport().width() - 3, grid.viewport().height() - 3)
    light = grid.viewport().grab().toImage().pixelColor(corner)
    theme.choose("dark")
    dark = grid.viewport().grab().toImage().pixelColor(corner)
    assert light.lightness() > 200
    assert dark.lightness() < 60
    assert shown_grey(grid, 1, 1) == 5 * 20
    theme.choose("light")
    theme.deleteLater()


def test_that_an_emptied_grid_can_be_used_without_harm(qtbot: QtBot, grid: ImageGridView) -> None:
    grid.clear()
    with qtbot.assertNotEmitted(grid.cell_chosen):
        QTest.keyClick(grid, Qt.Key.Key_Return)
        QTest.mouseClick(
            grid.viewport(),
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
            QPoint(100, 100),
        )
    assert grid.cells is None
