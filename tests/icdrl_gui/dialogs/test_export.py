"""One dialog for every export."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialogButtonBox, QWidget
from pytestqt.qtbot import QtBot

from icdrl_gui.dialogs.export import Exportable, ExportDialog


def nothing(path: Path, scale: int | None) -> None:
    """Save nothing."""


GRID = Exportable("Traversals", "run-step-5-traversals", (".png", ".gif"), nothing)
TABLE = Exportable("Losses", "losses", (".csv",), nothing, scales=False)


@pytest.fixture
def dialog(qtbot: QtBot, tmp_path: Path) -> Iterator[ExportDialog]:
    """Return the dialog with two things to export."""
    parent = QWidget()
    qtbot.addWidget(parent)
    dialog = ExportDialog([GRID, TABLE], tmp_path, parent)
    dialog.open()
    yield dialog
    parent.close()


def test_that_the_type_chooses_the_suffix(dialog: ExportDialog, tmp_path: Path) -> None:
    assert dialog.path == tmp_path / "run-step-5-traversals.png"
    dialog.type.setCurrentIndex(1)
    assert dialog.path == tmp_path / "run-step-5-traversals.gif"


def test_that_the_suffix_need_not_be_typed(dialog: ExportDialog, tmp_path: Path) -> None:
    dialog.file.setText(str(tmp_path / "v1.2"))
    assert dialog.path == tmp_path / "v1.2.png"


def test_that_another_thing_offers_other_types_and_keeps_the_folder(
    dialog: ExportDialog, tmp_path: Path
) -> None:
    dialog.file.setText(str(tmp_path / "figures" / "x.png"))
    dialog.what.setCurrentIndex(1)
    assert [dialog.type.itemData(i) for i in range(dialog.type.count())] == [".csv"]
    assert dialog.path == tmp_path / "figures" / "losses.csv"
    assert not dialog.scale.isVisible()


def test_that_a_type_is_kept_where_the_next_thing_has_it(dialog: ExportDialog) -> None:
    dialog.type.setCurrentIndex(1)
    dialog.what.setCurrentIndex(1)
    dialog.what.setCurrentIndex(0)
    assert dialog.type.currentData() == ".png"


def test_that_export_says_what_where_and_how_large(
    dialog: ExportDialog, qtbot: QtBot, tmp_path: Path
) -> None:
    dialog.legible.setChecked(False)
    dialog.scale.setValue(3)
    buttons = dialog.buttons.buttons()
    (export,) = (
        b for b in buttons if dialog.buttons.buttonRole(b) == QDialogButtonBox.ButtonRole.AcceptRole
    )
    with qtbot.waitSignal(dialog.export_requested) as requested:
        qtbot.mouseClick(export, Qt.MouseButton.LeftButton)
    assert requested.args == [GRID, tmp_path / "run-step-5-traversals.png", 3]


def test_that_a_legible_size_is_left_to_the_writer(dialog: ExportDialog, qtbot: QtBot) -> None:
    with qtbot.waitSignal(dialog.export_requested) as requested:
        dialog.buttons.accepted.emit()
    assert requested.args is not None
    assert requested.args[2] is None
