import os
from collections.abc import Callable
from pathlib import Path

import pytest

from core.runs import RunError, RunFolder, find_run, list_runs
from core.runs.parts import FILES, FOLDERS, numbered

NUMBERED = ("checkpoints/step-5.safetensors", "pictures/step-5.png")
PARTS = (*FILES, *FOLDERS, *NUMBERED)

posix = pytest.mark.skipif(os.name != "posix", reason="links and pipes of POSIX")


def link_elsewhere(part: Path) -> None:
    """Put a link in the place of a part, to what lies beside the run."""
    elsewhere = part.with_name("elsewhere") if part.suffix else part.parent.parent / part.name
    if part.exists():
        part.rename(elsewhere)
    part.symlink_to(elsewhere)


def put_pipe(part: Path) -> None:
    """Put a pipe in the place of a part: whoever opens it waits."""
    if part.is_dir():
        part.rmdir()
    else:
        part.unlink(missing_ok=True)
    os.mkfifo(part)


@posix
@pytest.mark.parametrize(("put", "kind"), [(link_elsewhere, "a link"), (put_pipe, "a pipe")])
@pytest.mark.parametrize("name", PARTS)
def test_that_a_run_of_which_a_part_leads_elsewhere_is_refused_in_one_sentence(
    run: RunFolder, name: str, put: Callable[[Path], None], kind: str
) -> None:
    put(run.path / name)
    own = "a folder" if name in FOLDERS else "a file"
    with pytest.raises(RunError) as caught:
        RunFolder.open(run.path)
    assert str(caught.value) == (
        f"{run.path / name} is {kind} where a run has {own} of its own: replace it by one, or "
        "take it away."
    )
    with pytest.raises(RunError, match="of its own"):
        find_run(run.path.parent, run.path.name)


@posix
@pytest.mark.parametrize("name", PARTS)
def test_that_a_list_of_runs_waits_for_no_pipe(run: RunFolder, name: str) -> None:
    put_pipe(run.path / name)
    runs, broken = list_runs(run.path.parent)
    assert runs == []
    assert [f"first: {run.path / name} is a pipe" in sentence for sentence in broken] == [True]


@posix
@pytest.mark.parametrize("name", ["losses.csv", "scores.csv", "events.log", "changes.jsonl"])
def test_that_a_pipe_in_a_run_that_is_open_already_is_told_and_not_waited_for(
    run: RunFolder, name: str
) -> None:
    put_pipe(run.path / name)
    with pytest.raises(RunError, match=rf"^Cannot .*{name}: It is a pipe, not a file\.$"):
        [run.rows(run.losses), run.rows(run.scores), run.state(), run.changes(), run.last_step()]


@posix
def test_that_labels_that_are_a_pipe_cost_only_the_names(run: RunFolder) -> None:
    put_pipe(run.path / "labels.json")
    assert run.name == "first"


@posix
def test_that_a_run_may_be_reached_by_a_link(run: RunFolder, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(run.path)
    assert RunFolder.open(tmp_path / "link").config().steps == 100


@posix
def test_that_a_folder_that_leads_elsewhere_is_cut_back_by_nobody(
    run: RunFolder, tmp_path: Path
) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / ".icdrl-1.tmp").touch()
    (run.path / "notes").symlink_to(tmp_path / "elsewhere")
    RunFolder.open(run.path).cut_back(0)
    assert (tmp_path / "elsewhere" / ".icdrl-1.tmp").exists()


def test_that_only_what_a_run_writes_counts_as_numbered(run: RunFolder) -> None:
    folder = run.path / "checkpoints"
    for name in ("step-20.safetensors", "step-9.safetensors", "step-9.safetensors.bak"):
        (folder / name).touch()
    for name in ("step-notes.txt", "step-.safetensors", "my-step-7.safetensors"):
        (folder / name).touch()
    assert [path.name for path in numbered(folder)] == ["step-9.safetensors", "step-20.safetensors"]
    assert numbered(run.path / "none") == []


def test_that_snapshots_that_cannot_be_read_are_not_said_to_be_missing(run: RunFolder) -> None:
    (run.path / "snapshots").rmdir()
    (run.path / "snapshots").touch()
    with pytest.raises(RunError, match=r"^Cannot read .*snapshots: Not a directory\.$"):
        run.snapshot_at(None)
