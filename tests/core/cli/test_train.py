import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.config import RunConfig, changed
from core.preferences import CORES, Preferences, load_preferences, save_preferences
from core.runs import RunFolder

pytestmark = pytest.mark.usefixtures("_this_process_stays_as_it_is")


def steps_of(run: RunFolder) -> list[int]:
    return [int(row["step"]) for row in run.rows(run.losses)]


def test_that_more_threads_than_cores_are_refused_before_anything_is_made(
    icdrl: Callable[..., Any], small: list[str], tmp_path: Path
) -> None:
    save_preferences(Preferences(threads=CORES + 1))
    answer = icdrl("train", *small, "--run-dir", tmp_path / "run")
    assert answer.code == 2
    assert f"threads, but this machine has {CORES} core" in answer.sentence()
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        ("--set stepz=3", 2, "There is no setting 'stepz'. Did you mean steps? Keys: "),
        ("--set steps", 2, "--set steps has no value: write --set KEY=VALUE."),
        ("--set steps=0", 2, "steps should be greater than or equal to 1, not 0."),
        ("--steps -1", 2, "steps should be greater than or equal to 1, not -1."),
        ("--seed -1", 2, "seed should be greater than or equal to 0, not -1."),
        ("--config none.json", 2, "Cannot read the config none.json: No such file"),
        ("--preset none", 2, "There is no preset 'none'. Presets: "),
        ("--preset mnist-tcgan --config c.json", 2, "Give --preset or --config, not both."),
        ("--device tpu", 1, "There is no device 'tpu' here: choose auto or one of cpu"),
        ("--set data.source=none.npz", 1, "'none.npz' is neither a readable file or folder "),
    ],
)
def test_that_a_training_that_cannot_start_says_why_and_leaves_no_folder(
    icdrl: Callable[..., Any], tmp_path: Path, arguments: str, code: int, sentence: str
) -> None:
    answer = icdrl("train", *arguments.split(), "--run-dir", tmp_path / "run")
    assert answer.code == code
    assert answer.sentence().startswith(sentence)
    assert list(tmp_path.iterdir()) == []


def test_that_too_few_images_leave_no_folder(
    icdrl: Callable[..., Any], tmp_path: Path, small: list[str]
) -> None:
    run = tmp_path / "run"
    answer = icdrl("train", *small, "--set", "batch_size=13", "--run-dir", run)
    assert answer.code == 1
    assert answer.sentence().endswith("12 images, fewer than a batch of 13: lower batch_size.")
    assert not run.exists()
    assert icdrl("train", *small, "--run-dir", run).code == 0


def test_that_a_folder_in_use_is_refused_before_any_data_is_loaded(
    icdrl: Callable[..., Any], tmp_path: Path
) -> None:
    (tmp_path / "thesis.tex").write_text("irreplaceable")
    answer = icdrl("train", "--set", "data.source=none.npz", "--run-dir", tmp_path)
    assert (answer.code, answer.sentence()) == (1, f"{tmp_path} is not empty: give a new folder.")


def test_that_a_run_goes_where_runs_are_looked_for_and_says_what_it_is(
    icdrl: Callable[..., Any], small: list[str]
) -> None:
    answer = icdrl("train", "--preset", "dsprites-quick", *small, "--steps", "1", "--seed", "7")
    assert answer.code == 0
    (folder,) = load_preferences().run_root.iterdir()
    assert folder.name == "images-beta_tcvae-on"
    assert answer.out.startswith(f"Run folder: {folder}\n")
    config = RunFolder.open(folder).config()
    assert (config.preset, config.steps, config.seed) == ("dsprites-quick", 1, 7)


def test_that_a_finished_training_says_how_it_went(
    icdrl: Callable[..., Any], tmp_path: Path, small: list[str]
) -> None:
    answer = icdrl("train", *small, "--run-dir", tmp_path / "run")
    assert answer.code == 0
    assert "Finished 2 steps in " in answer.out
    assert "Information " in answer.out
    assert "total correlation of the codes of 12 real images " in answer.out
    assert "resume" not in answer.out


def test_that_json_alone_goes_to_standard_output(
    icdrl: Callable[..., Any], tmp_path: Path, small: list[str]
) -> None:
    answer = icdrl("train", *small, "--run-dir", tmp_path / "run", "--json")
    told = json.loads(answer.out)
    assert (told["run"], told["step"]) == (str(tmp_path / "run"), 2)
    assert (told["reason"], set(told["losses"]) >= {"generator"}) == ("finished", True)


def test_that_a_run_finds_its_data_again_from_any_folder(
    icdrl: Callable[..., Any],
    tmp_path: Path,
    small: list[str],
    images: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(images.parent)
    run = tmp_path / "run"
    assert icdrl("train", *small, "--set", f"data.source={images.name}", "--run-dir", run).code == 0
    assert RunFolder.open(run).config().data.source == str(images)
    monkeypatch.chdir(tmp_path)
    assert icdrl("resume", "run", "--steps", "3").code == 0


def test_that_a_config_file_can_be_trained_and_edited(
    icdrl: Callable[..., Any], tmp_path: Path, trained: RunFolder
) -> None:
    run = tmp_path / "run"
    config = trained.path / "config.json"
    assert icdrl("train", "--config", config, "--steps", "1", "--run-dir", run).code == 0
    assert RunFolder.open(run).config() == changed(trained.config(), {"steps": 1})


def test_that_resume_goes_on_to_a_larger_total(
    icdrl: Callable[..., Any], tmp_path: Path, small: list[str]
) -> None:
    run = tmp_path / "run"
    icdrl("train", *small, "--run-dir", run)
    assert icdrl("resume", run, "--steps", "4").code == 0
    folder = RunFolder.open(run)
    assert steps_of(folder) == [1, 2, 3, 4]
    assert (folder.config().steps, folder.current_config().steps) == (2, 4)
    assert folder.state() == "finished"


@pytest.mark.parametrize("steps", [[], ["--steps", "2"], ["--steps", "1"]])
def test_that_a_finished_run_asks_for_a_larger_total(
    icdrl: Callable[..., Any], trained: RunFolder, steps: list[str]
) -> None:
    answer = icdrl("resume", trained.path, *steps)
    assert answer.code == 2
    assert answer.sentence() == (
        f"{trained.path} has trained 2 steps already: to go on, give a larger total of steps, "
        "such as 4."
    )
    assert trained.state() == "finished"


def test_that_a_new_total_outlives_a_kill_before_the_next_checkpoint(
    icdrl: Callable[..., Any], tmp_path: Path, small: list[str]
) -> None:
    run = tmp_path / "run"
    icdrl("train", *small, "--run-dir", run)
    # What a trainer leaves that was resumed with --steps 4 and killed before it saved.
    folder = RunFolder.open(run)
    folder.record_event(2, "resumed", "Said.")
    folder.record_change(3, "steps", 4)
    assert folder.state() == "interrupted"
    assert icdrl("resume", run).code == 0
    assert steps_of(folder) == [1, 2, 3, 4]


def test_that_a_run_killed_before_its_first_checkpoint_starts_again(
    icdrl: Callable[..., Any], tmp_path: Path, trained: RunFolder
) -> None:
    folder = RunFolder.create(tmp_path / "run", trained.config())
    folder.record_event(0, "started", "Said.")
    assert icdrl("resume", folder.path).code == 0
    assert steps_of(folder) == [1, 2]
    assert folder.state() == "finished"


def test_that_a_run_whose_checkpoints_are_gone_keeps_its_losses(
    icdrl: Callable[..., Any], tmp_path: Path, small: list[str]
) -> None:
    run = tmp_path / "run"
    icdrl("train", *small, "--run-dir", run)
    for path in RunFolder.open(run).checkpoints():
        path.unlink()
    answer = icdrl("resume", run, "--steps", "4")
    assert answer.code == 1
    assert answer.sentence().startswith(f"{run} has no checkpoint to resume from.")
    assert steps_of(RunFolder.open(run)) == [1, 2]


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        ("none", 1, "none is no run: it has no config.json. See `icdrl runs list`."),
        ("run --steps 0", 2, "steps should be greater than or equal to 1, not 0."),
        ("run --device tpu", 1, "There is no device 'tpu' here: "),
    ],
)
def test_that_a_run_that_cannot_go_on_says_why(
    icdrl: Callable[..., Any], arguments: str, code: int, sentence: str
) -> None:
    RunFolder.create(load_preferences().run_root / "run", RunConfig())
    answer = icdrl("resume", *arguments.split())
    assert answer.code == code
    assert sentence in answer.sentence()


def test_that_a_run_trained_by_another_process_is_refused(
    icdrl: Callable[..., Any], tmp_path: Path
) -> None:
    run = RunFolder.create(tmp_path / "run", RunConfig())
    with run.locked():
        answer = icdrl("resume", run.path)
    assert answer.code == 1
    assert answer.sentence() == f"{run.path} is being trained by another process."


@pytest.mark.skipif(os.name != "posix", reason="links of POSIX")
@pytest.mark.parametrize("part", ["checkpoints", "snapshots", "pictures"])
def test_that_a_run_whose_folder_leads_elsewhere_is_not_resumed_and_nothing_there_is_touched(
    icdrl: Callable[..., Any], tmp_path: Path, trained: RunFolder, part: str
) -> None:
    run, elsewhere = tmp_path / "run", tmp_path / "elsewhere"
    shutil.copytree(trained.path, run)
    (run / part).rename(elsewhere)
    (elsewhere / "step-999.safetensors").write_text("mine")
    (run / part).symlink_to(elsewhere)
    before = sorted(elsewhere.iterdir())
    answer = icdrl("resume", run, "--steps", "4")
    assert answer.code == 1
    assert answer.sentence().startswith(f"{run / part} is a link where a run has a folder of its")
    assert sorted(elsewhere.iterdir()) == before
