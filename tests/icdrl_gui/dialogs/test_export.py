"""One dialog for every export."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QApplication,
    QDialogButtonBox,
    QFileDialog,
    QLabel,
    QMessageBox,
    QWidget,
)
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
    labels = [label.text() for label in dialog.findChildren(QLabel) if label.isVisible()]
    assert not dialog.scale.isVisible()
    assert "&Scale" not in labels
    assert "&File" in labels


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


def answer(dialog: ExportDialog, text: str) -> None:
    """Press a button of the question that is open."""
    [box] = dialog.findChildren(QMessageBox)
    [button] = [each for each in box.buttons() if each.text().replace("&", "") == text]
    button.click()
    QApplication.processEvents()


def test_that_another_type_changes_the_suffix_of_a_typed_name_alone(
    dialog: ExportDialog, tmp_path: Path
) -> None:
    for typed in ("my v1.2 figure.png", "my v1.2 figure"):
        dialog.type.setCurrentIndex(0)
        dialog.file.setText(str(tmp_path / typed))
        dialog.type.setCurrentIndex(1)
        assert dialog.path == tmp_path / "my v1.2 figure.gif"


def test_that_a_name_without_a_folder_lies_in_the_suggested_one(
    dialog: ExportDialog, tmp_path: Path
) -> None:
    dialog.file.setText("x")
    assert dialog.path == tmp_path / "x.png"


def test_that_a_file_is_replaced_only_if_a_person_says_so(
    dialog: ExportDialog, qtbot: QtBot
) -> None:
    dialog.path.write_text("precious")
    with qtbot.assertNotEmitted(dialog.export_requested):
        dialog.buttons.accepted.emit()
        answer(dialog, "Keep")
    with qtbot.waitSignal(dialog.export_requested):
        dialog.buttons.accepted.emit()
        answer(dialog, "Replace")


def test_that_a_folder_is_made_if_it_can_be(
    dialog: ExportDialog, qtbot: QtBot, tmp_path: Path
) -> None:
    dialog.file.setText(str(tmp_path / "new" / "one" / "x.png"))
    with qtbot.waitSignal(dialog.export_requested):
        dialog.buttons.accepted.emit()
    assert (tmp_path / "new" / "one").is_dir()
    (tmp_path / "file").write_text("")
    dialog.file.setText(str(tmp_path / "file" / "x.png"))
    with qtbot.assertNotEmitted(dialog.export_requested):
        dialog.buttons.accepted.emit()
    assert "cannot be made" in dialog.result_line.text()


@pytest.mark.parametrize("typed", ["", "  ", "/"])
def test_that_a_file_needs_a_name(dialog: ExportDialog, qtbot: QtBot, typed: str) -> None:
    dialog.file.setText(typed)
    with qtbot.assertNotEmitted(dialog.export_requested):
        dialog.buttons.accepted.emit()
    assert dialog.result_line.text() == "Give the file a name."


def test_that_a_folder_is_not_written_over(
    dialog: ExportDialog, qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "x.png").mkdir()
    dialog.file.setText(str(tmp_path / "x.png"))
    with qtbot.assertNotEmitted(dialog.export_requested):
        dialog.buttons.accepted.emit()
    assert "is a folder" in dialog.result_line.text()


def test_that_the_result_is_told_in_the_dialog(
    dialog: ExportDialog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    dialog.buttons.accepted.emit()
    assert dialog.result_line.text() == "Writing run-step-5-traversals.png …"
    dialog.show_result("The disk is full.", failed=True)
    assert dialog.result_line.text() == "The disk is full."
    assert dialog.result_line.property("role") == "error"
    assert not dialog.open_folder.isVisible()
    dialog.show_result("Exported.", failed=False)
    dialog.open_folder.click()
    assert opened == [str(tmp_path)]


def test_that_a_result_after_the_dialog_was_closed_is_no_trouble(
    dialog: ExportDialog, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(dialog.destroyed):
        dialog.reject()
    dialog.show_result("Exported.", failed=False)


def test_that_a_file_can_be_browsed_for(dialog: ExportDialog, tmp_path: Path) -> None:
    dialog._browse()
    [chooser] = dialog.findChildren(QFileDialog)
    chooser.fileSelected.emit(str(tmp_path / "chosen.png"))
    chooser.close()
    assert dialog.path == tmp_path / "chosen.png"
