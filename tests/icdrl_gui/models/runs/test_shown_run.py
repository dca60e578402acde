"""The shown run, its steps and its names."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from core.config import RunConfig, changed
from core.latents import Matching
from core.runs import RunError, RunFolder
from icdrl_gui.models.runs.shown_run import ShownRun


def add_snapshot(run: Path, step: int) -> None:
    """Put an empty snapshot into a run."""
    (run / "snapshots" / f"step-{step}.safetensors").write_bytes(b"")


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """Return a run with snapshots of steps 0 and 10."""
    path = tmp_path / "run"
    RunFolder.create(path, changed(RunConfig(), {"method.latent.continuous_codes": 2}))
    for step in (0, 10):
        add_snapshot(path, step)
    return path


@pytest.fixture
def shown(qtbot: QtBot, run: Path) -> ShownRun:
    """Return the shown run, at its newest step."""
    shown = ShownRun()
    shown.show(run)
    return shown


def test_that_a_run_is_shown_at_its_newest_step(shown: ShownRun) -> None:
    assert shown.steps == [0, 10]
    assert (shown.step, shown.shown_step) == (None, 10)
    assert shown.spec is not None
    assert [code.name for code in shown.spec.codes] == ["c1", "c2"]


def test_that_a_chosen_step_stays_while_new_ones_come(shown: ShownRun, run: Path) -> None:
    shown.show_step(0)
    add_snapshot(run, 20)
    shown.refresh_steps()
    assert shown.steps == [0, 10, 20]
    assert shown.shown_step == 0


def test_that_a_step_whose_snapshot_was_thinned_out_gives_way_to_the_newest(
    shown: ShownRun, run: Path
) -> None:
    shown.show_step(0)
    (run / "snapshots" / "step-0.safetensors").unlink()
    shown.refresh_steps()
    assert shown.shown_step == 10


def test_that_a_name_of_a_code_is_kept_with_the_run(
    shown: ShownRun, run: Path, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(shown.labels_changed):
        shown.rename_code("c1", " posX ")
    assert RunFolder(run).labels() == {"codes": {"c1": "posX"}}
    shown.rename_code("c1", "")
    assert RunFolder(run).labels() == {"codes": {}}
    assert shown.labels == {}


def test_that_the_name_of_the_run_outlives_that_of_a_code(shown: ShownRun, run: Path) -> None:
    RunFolder(run).save_labels({"name": "mine"})
    shown.rename_code("c2", "size")
    assert RunFolder(run).labels() == {"name": "mine", "codes": {"c2": "size"}}


def test_that_what_is_no_run_changes_nothing(shown: ShownRun, run: Path, tmp_path: Path) -> None:
    with pytest.raises(RunError):
        shown.show(tmp_path / "nothing")
    assert shown.run is not None
    assert shown.run.path == run


def test_that_a_deleted_run_leaves_nothing_on_show(shown: ShownRun, qtbot: QtBot) -> None:
    with qtbot.waitSignal(shown.run_changed):
        shown.close()
    assert (shown.run, shown.spec, shown.steps, shown.shown_step) == (None, None, [], None)


def test_that_a_code_is_called_after_what_it_follows_until_a_person_names_it(
    shown: ShownRun, run: Path, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(shown.labels_changed):
        shown.set_matching(Matching(100, 2000, {"c1": ("posX", 0.81)}))
    shown.rename_code("c1", "to the right")
    assert shown.names == {"c1": "to the right"}
    shown.rename_code("c1", "")
    assert shown.names == {"c1": "posX .81"}
    shown.show(run)
    assert shown.names == {}
