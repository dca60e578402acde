"""The table of runs, from real folders."""

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from core.config import RunConfig
from core.runs import RunFolder
from icdrl_gui.models.runs import run_list
from icdrl_gui.models.runs.run_list import COLUMNS, NAME, SORT_ROLE, RunListModel
from icdrl_gui.theme import colours

CHECK = Qt.ItemDataRole.CheckStateRole


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return the folder of the runs."""
    return tmp_path / "runs"


@pytest.fixture
def model(qtbot: QtBot, root: Path) -> Iterator[RunListModel]:
    """Return the list, which Qt checks at every change."""
    model = RunListModel(root)
    QAbstractItemModelTester(
        model, QAbstractItemModelTester.FailureReportingMode.Warning, parent=model
    )
    yield model
    model.close()


def make_run(root: Path, name: str) -> RunFolder:
    """Create a run a little later than those before."""
    run = RunFolder.create(root / name, RunConfig())
    stamp = time.time() - 100 + len(list(root.glob("*/config.json")))
    os.utime(run.path / "config.json", (stamp, stamp))
    return run


def refresh(model: RunListModel, qtbot: QtBot) -> None:
    """Read the folder and wait until it was."""
    with qtbot.waitSignal(model.refreshed):
        model.refresh()


def names(model: RunListModel) -> list[str]:
    """Return the names from top to bottom."""
    return [model.index(row, NAME).data() for row in range(model.rowCount())]


def row_texts(model: RunListModel, row: int) -> dict[str, str]:
    """Return heading -> text of a row."""
    return {column.heading: model.index(row, place).data() for place, column in enumerate(COLUMNS)}


def test_that_a_folder_that_does_not_exist_has_no_runs(model: RunListModel, qtbot: QtBot) -> None:
    refresh(model, qtbot)
    assert model.rowCount() == 0


def test_that_a_row_tells_what_a_person_wants_to_know(
    model: RunListModel, root: Path, qtbot: QtBot
) -> None:
    run = RunFolder.create(root / "first", RunConfig(preset="dsprites-tcgan", seed=3, steps=57_600))
    run.record_event(0, "started", "It began.")
    run.record_row(run.losses, {"step": 12_031, "loss": 1.5})
    run.record_row(run.scores, {"step": 12_000, "total_correlation": 0.12345})
    refresh(model, qtbot)
    assert row_texts(model, 0) == {
        "Name": "first",
        "Step": "12.0k/57.6k",
        "State": "interrupted",
        "Constraint": "gaussian",
        "TC": "0.123",
        "Seed": "3",
        "Preset": "dsprites-tcgan",
        "Method": "TC-GAN",
    }
    tip = model.index(0, NAME).data(Qt.ItemDataRole.ToolTipRole)
    assert "Step: 12,031 of 57,600" in tip
    assert str(run.path) in tip


def test_that_what_is_unknown_sorts_last(model: RunListModel, root: Path, qtbot: QtBot) -> None:
    make_run(root, "first")
    refresh(model, qtbot)
    column = [each.heading for each in COLUMNS].index("TC")
    assert model.index(0, column).data() == ""
    assert model.index(0, column).data(SORT_ROLE) == float("inf")


def test_that_a_refresh_keeps_the_rows_that_stay(
    model: RunListModel, root: Path, qtbot: QtBot
) -> None:
    for name in ("one", "two", "three"):
        make_run(root, name)
    refresh(model, qtbot)
    assert names(model) == ["three", "two", "one"]
    kept = QPersistentModelIndex(model.index(2, NAME))
    make_run(root, "four")
    (root / "two" / "config.json").unlink()
    refresh(model, qtbot)
    assert names(model) == ["four", "three", "one"]
    assert kept.row() == 2
    assert kept.data() == "one"


def test_that_a_changed_order_is_followed(model: RunListModel, root: Path, qtbot: QtBot) -> None:
    for name in ("one", "two"):
        make_run(root, name)
    refresh(model, qtbot)
    os.utime(root / "one" / "config.json")
    refresh(model, qtbot)
    assert names(model) == ["one", "two"]


def test_that_reading_happens_off_the_gui_thread(
    model: RunListModel, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    readers: list[int] = []
    go_on = threading.Event()

    def read(root: Path) -> tuple[list[object], list[str]]:
        readers.append(threading.get_ident())
        go_on.wait(5)
        return [], []

    monkeypatch.setattr(run_list, "list_runs", read)
    model.refresh()
    # However often it is asked for meanwhile, it is read once more.
    for _ in range(5):
        model.refresh()
    with qtbot.waitSignals([model.refreshed, model.refreshed]):
        go_on.set()
    assert len(readers) == 2
    assert threading.get_ident() not in readers


def test_that_a_reader_that_fails_does_not_stop_the_next(
    model: RunListModel, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    defects: list[object] = []
    monkeypatch.setattr(threading, "excepthook", lambda args: defects.append(args.exc_value))
    with monkeypatch.context() as patch:
        patch.setattr(run_list, "list_runs", lambda root: [][1])
        model.refresh()
        qtbot.waitUntil(lambda: len(defects) == 1)
    refresh(model, qtbot)


def test_that_a_run_that_cannot_be_read_is_told_once(
    model: RunListModel, root: Path, qtbot: QtBot
) -> None:
    make_run(root, "good")
    (root / "bad").mkdir()
    (root / "bad" / "config.json").write_text("{")
    troubles: list[str] = []
    model.trouble.connect(troubles.append)
    for _ in range(3):
        refresh(model, qtbot)
    assert names(model) == ["good"]
    [sentence] = troubles
    assert "bad: Cannot read the config" in sentence


def test_that_a_name_is_kept_with_the_run(model: RunListModel, root: Path, qtbot: QtBot) -> None:
    run = make_run(root, "first")
    run.save_labels({"codes": {"c1": "position"}})
    refresh(model, qtbot)
    with qtbot.waitSignals([model.renamed, model.refreshed]):
        assert model.setData(model.index(0, NAME), "  My best run ")
    assert names(model) == ["My best run"]
    assert run.labels() == {"codes": {"c1": "position"}, "name": "My best run"}


def test_that_an_empty_or_unchanged_name_changes_nothing(
    model: RunListModel, root: Path, qtbot: QtBot
) -> None:
    run = make_run(root, "first")
    refresh(model, qtbot)
    with qtbot.assertNotEmitted(model.renamed, wait=50):
        model.rename(0, "  ")
        model.rename(0, "first")
    assert run.labels() == {}


def test_that_a_name_that_cannot_be_kept_is_told(
    model: RunListModel, root: Path, qtbot: QtBot
) -> None:
    run = make_run(root, "first")
    refresh(model, qtbot)
    (run.path / "config.json").unlink()
    with qtbot.waitSignals([model.trouble, model.refreshed]):
        model.rename(0, "other")
    assert names(model) == []


def test_that_checked_runs_are_overlaid_in_their_own_colours(
    model: RunListModel, root: Path, qtbot: QtBot
) -> None:
    one, two = (make_run(root, name).path for name in ("one", "two"))
    refresh(model, qtbot)
    overlaid: list[list[Path]] = []
    model.overlaid_changed.connect(overlaid.append)
    model.overlaid_changed.connect(lambda paths: model.show_overlaid(dict.fromkeys(paths, 0)))
    first, second = model.index(0, NAME), model.index(1, NAME)
    assert first.data(CHECK) == Qt.CheckState.Unchecked
    assert first.data(Qt.ItemDataRole.DecorationRole) is None
    model.setData(second, Qt.CheckState.Checked.value, CHECK)
    model.setData(first, Qt.CheckState.Checked, CHECK)
    model.setData(second, Qt.CheckState.Unchecked.value, CHECK)
    assert overlaid == [[one], [one, two], [two]]
    model.show_overlaid({one: 0, two: 4})
    assert len(overlaid) == 3
    for index, colour in ((second, 0), (first, 4)):
        swatch = index.data(Qt.ItemDataRole.DecorationRole).pixmap(10, 10).toImage()
        assert swatch.pixelColor(5, 5).name() == colours().curves[colour]


def test_that_a_deleted_run_is_overlaid_no_more(
    model: RunListModel, root: Path, qtbot: QtBot
) -> None:
    run = make_run(root, "one")
    refresh(model, qtbot)
    model.show_overlaid({run.path: 0})
    (run.path / "config.json").unlink()
    refresh(model, qtbot)
    assert model.overlaid == []


def test_that_the_run_on_show_is_bold(model: RunListModel, root: Path, qtbot: QtBot) -> None:
    run = make_run(root, "one")
    refresh(model, qtbot)
    model.show_open(run.path)
    assert model.index(0, NAME).data(Qt.ItemDataRole.FontRole).bold()
    model.show_open(None)
    assert model.index(0, NAME).data(Qt.ItemDataRole.FontRole) is None


def test_that_only_names_can_be_edited(model: RunListModel, root: Path, qtbot: QtBot) -> None:
    make_run(root, "one")
    refresh(model, qtbot)
    assert model.flags(model.index(0, NAME)) & Qt.ItemFlag.ItemIsEditable
    assert not model.flags(model.index(0, NAME + 1)) & Qt.ItemFlag.ItemIsEditable
    assert not model.setData(model.index(0, NAME + 1), "7")
    assert model.rowCount(model.index(0, 0)) == 0
    assert model.headerData(NAME, Qt.Orientation.Horizontal) == "Name"
    assert model.rowCount(QModelIndex()) == 1


def test_that_the_step_of_the_run_that_trains_is_that_of_the_training(
    model: RunListModel, root: Path, qtbot: QtBot
) -> None:
    run, other = make_run(root, "run"), make_run(root, "other")
    run.record_row(run.losses, {"step": 60, "loss": 1.5})
    other.record_row(other.losses, {"step": 7, "loss": 1.5})
    refresh(model, qtbot)
    with qtbot.waitSignal(model.dataChanged):
        model.follow_training(run.path, 75)
    assert [row_texts(model, row)["Step"] for row in (0, 1)] == ["7/57.6k", "75/57.6k"]
    refresh(model, qtbot)
    assert row_texts(model, 1)["Step"] == "75/57.6k", "its files are behind"
    model.follow_training(None, 75)
    refresh(model, qtbot)
    assert row_texts(model, 1)["Step"] == "60/57.6k"
