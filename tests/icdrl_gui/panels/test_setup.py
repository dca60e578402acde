"""Setup: presets, data, files, this machine, and what is trained."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QScrollArea
from pytestqt.qtbot import QtBot

from core.config import RunConfig, dump_config, load_config
from core.preferences import (
    CORES,
    Preferences,
    load_preferences,
    preferences_path,
    save_preferences,
)
from core.presets import list_presets, load_preset
from core.protocol import AvailableData, Ready
from icdrl_gui.panels.setup import SetupPanel
from icdrl_gui.widgets.forms.editors import IntegerEditor
from icdrl_gui.widgets.forms.section import Section

DATA = (
    AvailableData("dsprites", "Sprites in all positions.", 737_280, True),
    AvailableData("mnist", "Digits.", 70_000, False),
)
READY = Ready(("cpu", "cuda:0"), "cpu", 2, {}, DATA)


@pytest.fixture
def panel(qtbot: QtBot) -> SetupPanel:
    """Return the panel in a narrow, low dock."""
    panel = SetupPanel(Preferences(), 2.0)
    qtbot.addWidget(panel)
    panel.resize(280, 400)
    panel.show()
    return panel


def choose(panel: SetupPanel, preset: str, qtbot: QtBot) -> None:
    """Choose a preset by keys."""
    panel.preset.setFocus()
    for _ in range(panel.preset.count()):
        qtbot.keyClick(panel.preset, Qt.Key.Key_Up)
    for _ in range(panel.preset.findText(preset)):
        qtbot.keyClick(panel.preset, Qt.Key.Key_Down)


def type_batch_size(panel: SetupPanel, text: str, qtbot: QtBot) -> None:
    """Replace the batch size by keys."""
    editor = panel.form.editor("batch_size")
    assert isinstance(editor, IntegerEditor)
    editor.selectAll()
    qtbot.keyClicks(editor, text)


def drag(path: Path) -> QMimeData:
    """Return what a file manager drags."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    return data


def drop(panel: SetupPanel, path: Path) -> bool:
    """Drag a path over the panel and let it go if it may; return whether it might."""
    data, copy = drag(path), Qt.DropAction.CopyAction
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(9, 9), copy, data, buttons, keys)
    enter.setAccepted(False)
    panel.dragEnterEvent(enter)
    if enter.isAccepted():
        panel.dropEvent(QDropEvent(QPointF(9, 9), copy, data, buttons, keys))
    return enter.isAccepted()


def test_that_it_begins_with_the_quick_preset(panel: SetupPanel) -> None:
    assert panel.config() == load_preset("dsprites-quick").config
    assert panel.preset.currentText() == "dsprites-quick"
    assert "two cores" in panel.summary.text()


def test_that_every_preset_can_be_chosen_by_keyboard(panel: SetupPanel, qtbot: QtBot) -> None:
    for preset in list_presets():
        choose(panel, preset.name, qtbot)
        assert panel.config() == preset.config
        assert panel.summary.text() == preset.summary


def test_that_train_and_queue_carry_the_config(panel: SetupPanel, qtbot: QtBot) -> None:
    type_batch_size(panel, "32", qtbot)
    wanted = load_preset("dsprites-quick").config.model_copy(update={"batch_size": 32})
    with qtbot.waitSignal(panel.train_requested) as train:
        qtbot.keyClick(panel.train, Qt.Key.Key_Space)
    with qtbot.waitSignal(panel.queue_requested) as queue:
        qtbot.keyClick(panel.queue, Qt.Key.Key_Space)
    assert train.args == queue.args == [wanted]


def test_that_what_is_not_valid_cannot_be_trained(panel: SetupPanel, qtbot: QtBot) -> None:
    with qtbot.waitSignal(panel.edited) as edited:
        type_batch_size(panel, "0", qtbot)
    assert edited.args == [None]
    assert panel.config() is None
    assert not panel.train.isEnabled()
    assert not panel.queue.isEnabled()
    assert panel._problem.text() == "Not valid: batch size."
    panel.ask_to_save()
    assert panel.findChildren(QFileDialog) == []
    qtbot.keyClick(panel.reset, Qt.Key.Key_Space)
    assert panel.config() == load_preset("dsprites-quick").config
    assert panel.train.isEnabled()


def test_that_only_the_queue_is_open_while_a_run_trains(panel: SetupPanel) -> None:
    panel.set_training(True)
    assert not panel.train.isEnabled()
    assert panel.queue.isEnabled()
    panel.set_training(False)
    assert panel.train.isEnabled()


def test_that_a_config_from_elsewhere_is_compared_with_its_preset(
    panel: SetupPanel, qtbot: QtBot
) -> None:
    config = load_preset("dsprites-tcgan").config.model_copy(update={"seed": 9})
    with qtbot.waitSignal(panel.edited) as edited:
        panel.set_config(config)
    assert edited.args == [config]
    assert panel.preset.currentText() == "dsprites-tcgan"
    assert panel.form.modified_paths == {"seed"}
    panel.set_config(RunConfig(preset="gone", seed=1))
    assert panel.preset.currentText() == "no preset"
    assert panel.config() == RunConfig(preset="gone", seed=1)


def test_that_the_data_sets_of_the_trainer_can_be_chosen(panel: SetupPanel, qtbot: QtBot) -> None:
    panel.set_ready(READY)
    names = panel.source.names
    assert [names.itemText(row) for row in range(names.count())] == [
        *("dsprites", "mnist"),
        "dsprites-small",
    ]
    names.setFocus()
    qtbot.keyClick(names, Qt.Key.Key_Up)
    config = panel.config()
    assert config is not None
    assert config.data.source == "mnist"
    assert (
        panel.source.note.text() == "70,000 images. Digits. It is prepared when it is used first."
    )


def test_that_data_that_a_person_has_to_place_says_where_until_it_is_there(
    panel: SetupPanel, qtbot: QtBot, tmp_path: Path
) -> None:
    folder = tmp_path / "datasets" / "mnist"
    places = tuple(str(folder / f"train-images-idx3-ubyte{packed}") for packed in (".gz", ""))
    panel.set_data((AvailableData("mnist", "Digits.", 60_000, False, places),))
    panel.set_source("mnist")
    note = panel.source.note
    assert note.text().replace("\u200b", "") == (
        "The files of mnist are not on this computer yet: put train-images-idx3-ubyte.gz and "
        f"train-labels-idx1-ubyte.gz into {folder}, or choose the images file."
    )
    assert note.property("role") == "warning"
    folder.mkdir(parents=True)
    Path(places[1]).write_bytes(b"")
    qtbot.waitUntil(lambda: note.text() == "60,000 images. Digits.")
    assert note.property("role") == "muted"
    Path(places[1]).unlink()
    panel.set_source("dsprites")
    assert note.isHidden()


def test_that_a_data_file_or_folder_can_be_dropped(panel: SetupPanel, tmp_path: Path) -> None:
    file, folder = tmp_path / "sprites.npz", tmp_path / "cells"
    np.savez(file, imgs=np.zeros((2, 8, 8), np.uint8))
    folder.mkdir()
    Image.new("L", (8, 8)).save(folder / "a.png")
    for path in (file, folder):
        assert drop(panel, path)
        config = panel.config()
        assert config is not None
        assert config.data.source == str(path)
        assert panel.source.names.currentText() == path.name
        assert panel.source.note.text().replace("\u200b", "") == str(path)


def test_that_a_dropped_folder_without_images_is_told(
    panel: SetupPanel, tmp_path: Path, qtbot: QtBot
) -> None:
    (tmp_path / "empty").mkdir()
    before = panel.config()
    with qtbot.waitSignal(panel.trouble) as trouble:
        assert drop(panel, tmp_path / "empty")
    assert trouble.args is not None
    assert "nor a folder of images" in trouble.args[0]
    assert panel.config() == before


def test_that_dragging_over_the_panel_reads_nothing(
    panel: SetupPanel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(path: Path) -> None:
        raise AssertionError(path)

    monkeypatch.setattr("icdrl_gui.panels.setup.recognise", read)
    data, copy = drag(tmp_path), Qt.DropAction.CopyAction
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(9, 9), copy, data, buttons, keys)
    panel.dragEnterEvent(enter)
    assert enter.isAccepted()


def test_that_a_wheel_that_passes_by_chooses_no_other_preset_or_data(panel: SetupPanel) -> None:
    panel.set_ready(READY)
    before = panel.config()
    panel.train.setFocus()
    for editor in (panel.preset, panel.source.names):
        wheel = QWheelEvent(
            QPointF(5, 5),
            QPointF(5, 5),
            QPoint(),
            QPoint(0, -120),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(editor, wheel)
    assert panel.config() == before


def test_that_settings_that_exclude_each_other_are_told(panel: SetupPanel) -> None:
    panel.form.problems = {"batch_size": "Too large.", "": "Both are on."}
    panel._refresh()
    assert panel._problem.text() == "Not valid: batch size, settings that do not fit each other."


def test_that_a_run_or_a_config_is_left_to_the_window(panel: SetupPanel, tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "config.json").write_text(dump_config(RunConfig()))
    (tmp_path / "own.json").write_text(dump_config(RunConfig()))
    (tmp_path / "broken.json").write_text("{")
    before = panel.config()
    for name in ("run", "own.json", "broken.json", "nothing"):
        assert not drop(panel, tmp_path / name)
    assert panel.config() == before


def test_that_a_file_or_folder_can_be_chosen(panel: SetupPanel, qtbot: QtBot) -> None:
    panel.source.ask_for_folder()
    [dialog] = panel.findChildren(QFileDialog)
    with qtbot.waitSignal(panel.source.chosen):
        dialog.fileSelected.emit("/somewhere/cells")
    dialog.close()
    config = panel.config()
    assert config is not None
    assert config.data.source == "/somewhere/cells"


def test_that_a_config_is_saved_and_loaded(panel: SetupPanel, qtbot: QtBot, tmp_path: Path) -> None:
    type_batch_size(panel, "48", qtbot)
    wanted = panel.config()
    panel.ask_to_save()
    [dialog] = panel.findChildren(QFileDialog)
    dialog.fileSelected.emit(str(tmp_path / "own.json"))
    dialog.close()
    assert load_config(tmp_path / "own.json") == wanted
    panel.set_config(RunConfig())
    panel.load(tmp_path / "own.json")
    assert panel.config() == wanted


@pytest.mark.parametrize("content", ["", "[1]", json.dumps({"batch_size": 1})])
def test_that_a_broken_config_changes_nothing(
    panel: SetupPanel, qtbot: QtBot, tmp_path: Path, content: str
) -> None:
    (tmp_path / "own.json").write_text(content)
    before = panel.config()
    with qtbot.waitSignal(panel.trouble) as trouble:
        panel.load(tmp_path / "own.json")
    assert trouble.args is not None
    assert "own.json" in trouble.args[0]
    assert panel.config() == before


def test_that_a_config_that_cannot_be_written_is_told(
    panel: SetupPanel, qtbot: QtBot, tmp_path: Path
) -> None:
    with qtbot.waitSignal(panel.trouble) as trouble:
        panel.save(tmp_path / "gone" / "own.json")
    assert trouble.args is not None
    assert "Cannot write the config" in trouble.args[0]


def test_that_nothing_is_cut_off_in_a_narrow_dock(panel: SetupPanel, qtbot: QtBot) -> None:
    panel.set_ready(READY)
    panel.set_source("/home/someone/a-very-long-folder-name-without-any-spaces/images-of-cells")
    type_batch_size(panel, "0", qtbot)
    for section in panel.findChildren(Section):
        section.set_open(True)
    QApplication.processEvents()
    [scroll] = panel.findChildren(QScrollArea)
    page = scroll.widget()
    assert page is not None
    assert page.minimumSizeHint().width() <= scroll.viewport().width()
    assert panel.minimumSizeHint().width() <= 280
    assert panel.minimumSizeHint().height() <= 200


def test_that_device_and_threads_are_kept_for_the_next_run(panel: SetupPanel, qtbot: QtBot) -> None:
    panel.set_ready(READY)
    machine = panel.machine
    assert machine.note.text() == "The trainer runs on cpu with 2 threads."
    with qtbot.waitSignal(panel.preferences_changed):
        machine.threads.setValue(1)
    assert "next run" in machine.note.text()
    machine.device.setFocus()
    for _ in range(2):
        qtbot.keyClick(machine.device, Qt.Key.Key_Down)
    assert load_preferences().device == "cuda:0"
    assert load_preferences().threads == 1


def test_that_no_more_threads_than_cores_can_be_chosen(panel: SetupPanel) -> None:
    assert panel.machine.threads.maximum() == CORES


def test_that_threads_of_a_larger_machine_do_not_keep_the_device_from_being_saved(
    panel: SetupPanel, qtbot: QtBot
) -> None:
    save_preferences(Preferences(threads=CORES + 1))
    panel.set_ready(READY)
    panel.machine.device.setFocus()
    with qtbot.waitSignal(panel.preferences_changed):
        qtbot.keyClick(panel.machine.device, Qt.Key.Key_Down)
    assert load_preferences().threads == 0


def test_that_preferences_that_cannot_be_read_are_not_overwritten(
    panel: SetupPanel, qtbot: QtBot
) -> None:
    preferences_path().parent.mkdir(parents=True, exist_ok=True)
    preferences_path().write_text("{")
    with qtbot.waitSignal(panel.trouble):
        panel.machine.threads.setValue(1)
    assert preferences_path().read_text() == "{"
    assert panel.machine.threads.value() == 0


def test_that_the_pace_of_the_preview_is_told(panel: SetupPanel, qtbot: QtBot) -> None:
    assert panel.machine.preview.value() == 2.0
    with qtbot.waitSignal(panel.preview_seconds_changed) as seconds:
        panel.machine.preview.setValue(0.5)
    assert seconds.args == [0.5]
