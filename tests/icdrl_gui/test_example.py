"""The trained example that ships."""

from pathlib import Path

import pytest

from core.runs import RunError, RunFolder
from icdrl_gui.example import EXAMPLE, install_example


def test_that_the_example_is_a_finished_run_with_a_snapshot_and_says_what_it_is() -> None:
    run = RunFolder.open(EXAMPLE)
    assert run.name.startswith("Trained example")
    assert run.state() == "finished"
    (snapshot,) = run.snapshots()
    assert snapshot.stat().st_size < 3 * 2**20
    assert run.rows(run.losses)


def test_that_it_is_copied_once_and_then_belongs_to_the_person(tmp_path: Path) -> None:
    path = install_example(tmp_path)
    RunFolder.open(path).save_labels({"name": "mine"})
    assert install_example(tmp_path) == path
    assert RunFolder.open(path).name == "mine"
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


def test_that_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    root = tmp_path / "runs"
    root.write_text("a file")
    with pytest.raises(RunError, match="trained-example"):
        install_example(root)
