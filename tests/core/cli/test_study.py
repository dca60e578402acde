import json
import math
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.export import read_recipe
from core.preferences import Preferences, save_preferences
from core.runs import RunFolder
from core.studies.folder import StudyFolder
from core.studies.shipped import find_study
from core.studies.study import dump_study, parse_study

STUDY = {
    "name": "small",
    "preset": "dsprites-quick",
    "steps": 4,
    "seeds": [0, 1],
    "arms": [
        {"name": "on", "against": "off"},
        {"name": "off", "settings": {"method.independence.enabled": False}},
    ],
}


@pytest.fixture
def study_file(tmp_path: Path) -> Path:
    path = tmp_path / "small.json"
    path.write_text(dump_study(parse_study(STUDY, "x")))
    return path


@pytest.fixture
def finished(tmp_path: Path) -> Path:
    """The folder of a study all of whose runs were trained and scored."""
    with StudyFolder.started(tmp_path / "finished", parse_study(STUDY, "x")) as folder:
        for cell in folder.cells:
            run = RunFolder.create(folder.run(cell).path, cell.config)
            mig = 0.5 + 0.25 * cell.seed - 0.25 * (cell.arm == "off")
            for step, protocol in ((2, "live"), (4, "live"), (4, "full")):
                row = {"step": step, "images": 40, "protocol": protocol, "mig": mig}
                run.record_row(run.scores, row)
            run.record_event(4, "finished", "Said.")
    return folder.path


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        ("none -o out", 2, "There is no study 'none'. Studies: constraint, constraint-quick, "),
        ("none.json -o out", 2, "Cannot read the study none.json: No such file or directory."),
        ("constraint-quick", 2, "A study needs a folder: give -o DIR."),
        (
            "constraint-quick -o out --seeds x",
            2,
            "Seeds are numbers such as 0,1,2 or 0-4, not 'x'.",
        ),
        ("constraint-quick -o out --seeds 4-0", 2, "4-0 is no range of at most 10,000 seeds."),
        ("constraint-quick -o out --seeds 0-99999999", 2, "0-99999999 is no range of at most "),
        ("constraint-quick -o out --seeds 1,1", 2, "The study constraint-quick: seed 1 is given "),
        ("constraint-quick -o out --seeds 99999999999", 2, "The study constraint-quick: seeds.0 "),
        ("constraint-quick -o out --seeds=-1", 2, "Seeds are numbers such as 0,1,2 or 0-4, "),
        ("constraint-quick -o out --steps 0", 2, "The study constraint-quick: steps should be "),
        ("constraint-quick -o out --jobs 0", 2, "--jobs should be from 1 to 256, not 0."),
        ("constraint-quick -o out --set steps", 2, "--set steps has no value: write --set KEY="),
        ("constraint-quick -o out --set stepz=1", 2, "The arm TC-GAN of the study constraint-"),
        (
            "constraint-quick -o out --set method.lr=1",
            2,
            "The arm TC-GAN of the study constraint-quick: There is no setting 'method.lr'.",
        ),
        (
            "constraint-quick -o out --jobs 2 --scheduler tcp://h:1",
            2,
            "--jobs is for this machine; with --scheduler its workers decide.",
        ),
    ],
)
def test_that_a_study_that_cannot_be_run_says_why_and_leaves_nothing(
    icdrl: Callable[..., Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: str,
    code: int,
    sentence: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    answer = icdrl("study", "run", *arguments.split())
    assert answer.sentence().startswith(sentence)
    assert answer.code == code
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["status", "table", "plot"])
def test_that_a_folder_without_a_study_is_told(
    icdrl: Callable[..., Any], tmp_path: Path, command: str
) -> None:
    more = ("-o", tmp_path / "f.svg") if command == "plot" else ()
    answer = icdrl("study", command, tmp_path, *more)
    assert answer.code == 1
    assert answer.sentence() == (
        f"{tmp_path} holds no study: it has no study.json. Start one with `icdrl study run`."
    )


def test_that_studies_that_ship_are_listed(icdrl: Callable[..., Any]) -> None:
    told = json.loads(icdrl("study", "list", "--json").out)
    assert [each["name"] for each in told] == [
        *("constraint-quick", "constraint", "table1-quick", "table1", "weight-quick", "weight")
    ]
    assert told[0]["seeds"] == list(find_study("constraint-quick").seeds)
    shown = icdrl("study", "list").out
    assert all(each["name"] in shown for each in told)


def test_that_the_table_is_what_programs_rely_on(icdrl: Callable[..., Any], finished: Path) -> None:
    on, off = json.loads(icdrl("study", "table", finished, "--json").out)
    assert (on["arm"], on["n"]) == ("on", 2)
    mig = on["scores"]["mig"]
    assert mig["mean"] == 0.625
    assert mig["sd"] == pytest.approx(math.sqrt(0.125) / 2)
    assert (mig["low"], mig["high"]) == (0.5, 0.75)
    assert on["difference"]["scores"]["mig"]["mean"] == 0.25
    assert off["scores"]["mig"]["mean"] == 0.375


def test_that_the_table_is_shown(icdrl: Callable[..., Any], finished: Path) -> None:
    shown = icdrl("study", "table", finished).out
    assert "0.625 ± 0.177" in shown
    assert "[0.500, 0.750]" in shown
    assert "on − off" in shown
    assert "+0.250 ± 0.000" in shown
    assert "95% bootstrap interval" in shown


def test_that_runs_missing_in_the_table_are_told(icdrl: Callable[..., Any], finished: Path) -> None:
    (finished / "runs" / "on-seed-1" / "scores.csv").unlink()
    assert "1 of 4 runs are not in it" in icdrl("study", "table", finished).out


def test_that_a_study_that_has_no_scores_says_so(icdrl: Callable[..., Any], tmp_path: Path) -> None:
    with StudyFolder.started(tmp_path / "s", parse_study(STUDY, "x")):
        pass
    answer = icdrl("study", "table", tmp_path / "s")
    assert answer.out == "No run of small was evaluated at its last step yet.\n"
    answer = icdrl("study", "plot", tmp_path / "s", "-o", tmp_path / "f.svg")
    assert answer.sentence().startswith("There are no scores to draw yet")
    assert not (tmp_path / "f.svg").exists()


def test_that_the_state_of_every_run_is_told(icdrl: Callable[..., Any], finished: Path) -> None:
    run = RunFolder.open(finished / "runs" / "off-seed-1")
    run.record_event(3, "failed", "It stopped being finite.")
    told = json.loads(icdrl("study", "status", finished, "--json").out)
    assert (told["study"], told["running"]) == ("small", False)
    assert [cell["state"] for cell in told["cells"]] == [*["finished"] * 3, "failed"]
    shown = icdrl("study", "status", finished).out
    assert "It stopped being finite." in shown
    assert "4 runs: 3 finished, 1 failed." in shown


@pytest.mark.parametrize("what", ["scores", "curves"])
@pytest.mark.parametrize("suffix", [".svg", ".pdf", ".png"])
def test_that_figures_carry_what_they_were_made_from(
    icdrl: Callable[..., Any], finished: Path, tmp_path: Path, what: str, suffix: str
) -> None:
    path = tmp_path / f"figure{suffix}"
    assert icdrl("study", "plot", finished, "-o", path, "--what", what).code == 0
    recipe = read_recipe(path)
    assert recipe.kind == "scores"
    assert recipe.runs[0] == "on-seed-0"
    assert recipe.steps == (4, 4, 4, 4)
    assert recipe.scalars == ("mig",)


@pytest.mark.parametrize("name", ["figure.gif", "figure"])
def test_that_another_kind_of_figure_is_refused(
    icdrl: Callable[..., Any], finished: Path, tmp_path: Path, name: str
) -> None:
    answer = icdrl("study", "plot", finished, "-o", tmp_path / name)
    assert "choose .png, .svg or .pdf." in answer.sentence()
    assert not (tmp_path / name).exists()


def test_that_a_study_that_is_finished_is_left_alone_and_its_tables_written(
    icdrl: Callable[..., Any], finished: Path
) -> None:
    save_preferences(Preferences(threads=1))
    runs = finished / "runs"
    before = {path: path.stat().st_mtime_ns for path in runs.rglob("*") if path.name != "lock"}
    answer = icdrl("study", "run", finished, "--json")
    assert answer.code == 0
    after = {path: path.stat().st_mtime_ns for path in runs.rglob("*") if path.name != "lock"}
    assert before == after
    told = json.loads(answer.out)
    assert told["table"] == json.loads(icdrl("study", "table", finished, "--json").out)
    assert (finished / "table.tex").is_file()


def test_that_another_study_in_the_same_folder_is_refused(
    icdrl: Callable[..., Any], finished: Path, study_file: Path
) -> None:
    answer = icdrl("study", "run", study_file, "-o", finished, "--steps", "5")
    assert answer.code == 1
    assert "holds a study whose arm on has steps 4" in answer.sentence()
    answer = icdrl("study", "run", "weight-quick", "-o", finished)
    assert "holds a study with the arm on" in answer.sentence()


def test_that_a_scheduler_without_dask_names_the_extra(
    icdrl: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    answer = icdrl(
        *("study", "run", "weight-quick", "-o", tmp_path / "out", "--scheduler", "tcp://h:8786")
    )
    assert answer.code == 1
    assert answer.sentence() == (
        "--scheduler needs dask: install icdrl with its extra, `pip install 'icdrl[cluster]'`."
    )
    assert not (tmp_path / "out").exists()


@pytest.mark.skipif(os.name != "posix", reason="a full device of POSIX")
def test_that_a_figure_that_cannot_be_written_is_told(
    icdrl: Callable[..., Any], finished: Path, tmp_path: Path
) -> None:
    answer = icdrl("study", "plot", finished, "-o", tmp_path / "no" / "figure.svg")
    assert answer.code == 1
    assert "there is no folder" in answer.sentence()
