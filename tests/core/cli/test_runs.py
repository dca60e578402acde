import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.config import RunConfig, changed
from core.preferences import load_preferences
from core.runs import RunFolder


@pytest.fixture
def run() -> RunFolder:
    """A run that stopped at step 20 of 100, where runs are looked for."""
    config = changed(RunConfig(preset="dsprites-quick"), {"steps": 100})
    run = RunFolder.create(load_preferences().run_root / "first", config)
    run.record_event(0, "started", "Began.")
    run.record_row(run.losses, {"step": 20, "information": 1.5})
    run.record_row(run.scores, {"step": 20, "total_correlation": 0.25})
    run.record_event(20, "stopped", "Stopped [there].")
    return run


@pytest.fixture
def trashed(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """What was moved to the trash."""
    moved: list[Path] = []
    monkeypatch.setattr("send2trash.send2trash", moved.append)
    return moved


def test_that_nothing_trained_yet_says_how_to_begin(icdrl: Callable[..., Any]) -> None:
    answer = icdrl("runs", "list")
    assert answer.code == 0
    assert answer.out.endswith("runs yet. Start one with `icdrl train`.\n")
    assert json.loads(icdrl("runs", "list", "--json").out) == []


def test_that_people_and_programs_get_the_same_list(
    icdrl: Callable[..., Any], run: RunFolder
) -> None:
    row = icdrl("runs", "list").out.splitlines()[1].split()
    assert row == ["first", "dsprites-quick", "gaussian", "0", "20/100", "stopped", "0.250"]
    (listed,) = json.loads(icdrl("runs", "list", "--json").out)
    assert listed["path"] == str(run.path)
    assert (listed["state"], listed["step"], listed["total_correlation"]) == ("stopped", 20, 0.25)


def test_that_any_name_is_shown_as_it_was_given(icdrl: Callable[..., Any], run: RunFolder) -> None:
    run.save_labels({"name": "[red]{0}[/x]"})
    assert "[red]{0}[/x]" in icdrl("runs", "list").out
    assert icdrl("runs", "show", "[red]{0}[/x]").out.startswith("[red]{0}[/x] stopped, ")


def test_that_a_damaged_run_is_told_beside_the_list(
    icdrl: Callable[..., Any], run: RunFolder
) -> None:
    (run.path.parent / "second").mkdir()
    (run.path.parent / "second" / "config.json").write_text("{")
    answer = icdrl("runs", "list", "--json")
    assert [entry["name"] for entry in json.loads(answer.out)] == ["first"]
    assert answer.err.startswith("note: left out: second: Cannot read the config ")


def test_that_a_run_is_shown_whole(icdrl: Callable[..., Any], run: RunFolder) -> None:
    lines = icdrl("runs", "show", "first").out.splitlines()
    assert lines[:2] == ["first stopped, step 20/100", str(run.path)]
    assert "  method.independence.enabled = True" in lines
    assert lines[-1].split() == ["20", "stopped", "Stopped", "[there]."]
    shown = json.loads(icdrl("runs", "show", "first", "--json").out)
    assert shown["config"]["steps"] == 100
    assert shown["history"][-1] == {"step": 20, "kind": "stopped", "sentence": "Stopped [there]."}


@pytest.mark.parametrize("command", ["show", "delete"])
def test_that_a_run_that_is_not_there_is_named(icdrl: Callable[..., Any], command: str) -> None:
    answer = icdrl("runs", command, "second")
    assert answer.code == 1
    assert "second is no run: it has no config.json" in answer.sentence()


@pytest.mark.parametrize(("reply", "code", "count"), [("y\n", 0, 1), ("n\n", 1, 0), ("", 1, 0)])
def test_that_a_run_is_deleted_only_on_a_yes(
    icdrl: Callable[..., Any],
    run: RunFolder,
    trashed: list[Path],
    monkeypatch: pytest.MonkeyPatch,
    reply: str,
    code: int,
    count: int,
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(reply))
    assert icdrl("runs", "delete", "first").code == code
    assert trashed == [run.path] * count


def test_that_yes_in_advance_is_not_asked_again(
    icdrl: Callable[..., Any], run: RunFolder, trashed: list[Path]
) -> None:
    answer = icdrl("runs", "delete", "first", "--yes")
    assert (answer.code, answer.out) == (0, f"Moved {run.path} to the trash.\n")
    assert trashed == [run.path]


@pytest.mark.parametrize(("reply", "deleted"), [("y\n", True), ("n\n", False)])
def test_that_a_program_that_deletes_reads_nothing_but_json(
    icdrl: Callable[..., Any],
    run: RunFolder,
    trashed: list[Path],
    monkeypatch: pytest.MonkeyPatch,
    reply: str,
    deleted: bool,
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(reply))
    answer = icdrl("runs", "delete", "first", "--json")
    assert json.loads(answer.out) == {"run": str(run.path), "deleted": deleted}
    assert (answer.code, len(trashed)) == (int(not deleted), int(deleted))


def test_that_a_run_being_trained_is_not_deleted(
    icdrl: Callable[..., Any], run: RunFolder, trashed: list[Path]
) -> None:
    with run.locked():
        answer = icdrl("runs", "delete", "first", "--yes")
    assert answer.code == 1
    assert answer.sentence().endswith("first is being trained by another process.")
    assert trashed == []


def test_that_a_folder_that_is_no_run_is_refused_before_anybody_is_asked(
    icdrl: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config.json").write_text('{"name": "a project"}')
    (tmp_path / "thesis.tex").write_text("irreplaceable")
    monkeypatch.chdir(tmp_path)
    for name in (".", tmp_path, ".."):
        assert icdrl("runs", "delete", name, "-y").code == 1
    monkeypatch.chdir(tmp_path.parent)
    answer = icdrl("runs", "delete", tmp_path)
    assert answer.code == 1
    assert answer.sentence().endswith("if it is to go, delete the folder by hand.")
    assert (tmp_path / "thesis.tex").exists()
