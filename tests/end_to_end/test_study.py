import json
import random
import signal
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.runs import RunFolder
from core.studies.folder import StudyFolder

SETTINGS = {
    "data.image_size": 32,
    "batch_size": 8,
    "precision": "float32",
    "report_every": 1,
    "picture_every": 1_000_000,
    "evaluate_every": 1_000_000,
    "checkpoint_every": 5,
}
ENDLESS = 1_000_000

_SECONDS_OF_SIXTY_CELLS = 3600


@pytest.fixture
def study(squares: Path, tmp_path: Path) -> Path:
    """The file of a study of two arms and a seed, a moment each but for the trainers' start."""
    content = {
        "name": "small",
        "preset": "dsprites-quick",
        "settings": SETTINGS | {"data.source": str(squares)},
        "steps": 20,
        "seeds": [0],
        "arms": [
            {"name": "on", "against": "off"},
            {"name": "off", "settings": {"method.independence.enabled": False}},
        ],
    }
    path = tmp_path / "small.json"
    path.write_text(json.dumps(content))
    return path


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def runs_of(folder: Path) -> list[RunFolder]:
    return [RunFolder(path) for path in sorted((folder / "runs").iterdir())]


def all_train(folder: Path, count: int, step: int = 3) -> bool:
    if not (folder / "runs").is_dir():
        return False
    runs = runs_of(folder)
    return len(runs) == count and all(
        run.losses.exists() and run.last_step() >= step for run in runs
    )


def squares_with_factors(folder: Path) -> Path:
    """A file of forty squares whose places are known."""
    places = np.random.default_rng(0).integers(24, size=(40, 2))
    images = np.zeros((40, 32, 32), np.uint8)
    for image, (x, y) in zip(images, places, strict=True):
        image[y : y + 8, x : x + 8] = 255
    np.savez(folder / "factors.npz", images=images, factors=places.astype(float))
    return folder / "factors.npz"


def settings_of(values: Mapping[str, object]) -> list[str]:
    return [part for key, value in values.items() for part in ("--set", f"{key}={value}")]


def table_of(folder: Path) -> str:
    return (folder / "table.csv").read_text()


def test_that_ctrl_c_keeps_every_run_and_the_study_goes_on_from_there(
    icdrl: Callable[..., Any],
    watch: Callable[..., AbstractContextManager[Any]],
    study: Path,
    tmp_path: Path,
) -> None:
    folder = tmp_path / "out"
    endless = ("--steps", ENDLESS, "--seeds", "0,1")
    with watch("study", "run", study, "-o", folder, "--jobs", 2, *endless) as running:
        wait_for(lambda: all_train(folder, 2))
        running.process.send_signal(signal.SIGINT)
        answer = running.end()
    assert answer.code == 130
    assert "Stopping, and keeping every run" in answer.err
    assert answer.err.endswith("error: Interrupted.\n")
    assert "Traceback" not in answer.err
    assert f"Go on with: icdrl study run {folder}" in answer.out
    runs = runs_of(folder)
    assert [run.state() for run in runs] == ["stopped", "stopped"]
    kept = [run.checkpoint_step() for run in runs]
    assert kept == [run.last_step() for run in runs]
    told = icdrl("study", "status", folder, "--json").told()
    assert [cell["state"] for cell in told["cells"]] == ["stopped", "stopped", "missing", "missing"]
    assert [cell["step"] for cell in told["cells"][:2]] == [kept[1], kept[0]]


def test_that_a_study_killed_with_all_its_trainers_ends_with_the_table_of_one_that_was_not(
    icdrl: Callable[..., Any],
    watch: Callable[..., AbstractContextManager[Any]],
    study: Path,
    tmp_path: Path,
) -> None:
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    with watch("study", "run", study, "-o", killed, "--jobs", 2) as running:
        wait_for(lambda: all_train(killed, 2))
        running.process.kill()
        assert running.end().code == -signal.SIGKILL
    # The trainers notice that they are alone, keep their step, and let go of their runs.
    assert icdrl("study", "run", killed, "--jobs", 2).code == 0
    assert icdrl("study", "run", study, "-o", whole, "--jobs", 2).code == 0
    assert table_of(killed) == table_of(whole)
    assert all(run.state() == "finished" for run in runs_of(killed))
    assert list(killed.rglob(".icdrl-*.tmp")) == []


@pytest.mark.soak
def test_that_a_study_killed_twenty_times_ends_with_the_table_of_one_that_was_not(
    watch: Callable[..., AbstractContextManager[Any]], study: Path, tmp_path: Path
) -> None:
    moment = random.Random(0)
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    images = {"data.source": squares_with_factors(tmp_path)}
    many = ("--jobs", 2, "--seeds", "0-29", *settings_of(images))
    with watch("study", "run", study, "-o", whole, *many) as running:
        assert running.process.wait(_SECONDS_OF_SIXTY_CELLS) == 0
    for _ in range(20):
        with watch("study", "run", study, "-o", killed, *many) as running:
            time.sleep(moment.uniform(0.5, 15))
            running.process.kill()
            assert running.end().code == -signal.SIGKILL
    finished = {
        run.path.name: run.scores.stat().st_mtime_ns
        for run in runs_of(killed)
        if run.state() == "finished"
    }
    with watch("study", "run", killed, "--jobs", 2) as running:
        assert running.process.wait(_SECONDS_OF_SIXTY_CELLS) == 0
    assert table_of(killed) == table_of(whole)
    assert table_of(whole).startswith("kind,arm,against,n,mig,")
    for name, written in finished.items():
        assert (killed / "runs" / name / "scores.csv").stat().st_mtime_ns == written
    assert len(StudyFolder.open(killed).cells) == len(runs_of(killed)) == 60
