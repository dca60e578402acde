"""The real app with its real children, killed and closed."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from core.config import RunConfig, changed, dump_config
from core.preferences import Preferences, save_preferences
from core.presets import load_preset
from core.runs import RunFolder

DRIVER = Path(__file__).with_name("driven_app.py")
SECONDS = 60
SMALLEST = {
    "data.image_size": 32,
    "batch_size": 8,
    "report_every": 1,
    "picture_every": 50,
    "evaluate_every": 1000,
    "checkpoint_every": 5,
    "precision": "float32",
}

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(tmp_path: Path, squares: Path) -> Iterator[Start]:
    """Start the app with a script, for a run of `steps` steps."""
    save_preferences(Preferences(threads=1))
    started: list[subprocess.Popen[str]] = []

    def start(script: str, steps: int = 100_000, preset: str = "") -> "subprocess.Popen[str]":
        settings = SMALLEST | {"data.source": str(squares), "steps": steps}
        wanted = load_preset(preset).config if preset else changed(RunConfig(), settings)
        config = tmp_path / "config.json"
        config.write_text(dump_config(wanted))
        command = [sys.executable, "-X", "dev", str(DRIVER), script]
        process = subprocess.Popen(
            [*command, str(tmp_path / "runs"), str(config)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate(timeout=SECONDS)


def line(app: "subprocess.Popen[str]") -> dict[str, Any]:
    """Return what the script says next."""
    assert app.stdout is not None
    said = app.stdout.readline()
    if not said:
        _, err = app.communicate(timeout=SECONDS)
        pytest.fail(f"the app ended with {app.returncode}:\n{err}", pytrace=False)
    return dict(json.loads(said))


def ended(app: "subprocess.Popen[str]") -> str:
    """Await the end of an app that must end well; return what it wrote to standard error."""
    _, err = app.communicate(timeout=SECONDS)
    assert app.returncode == 0, err
    return err


def close_while_training(start: Start) -> None:
    """Start a training, close the app at a random moment, and look at what is left."""
    launched = time.monotonic()
    app = start("train")
    said = line(app)
    seconds_to_start = time.monotonic() - launched
    assert not said["torch"], "something that a child said made the window import torch"
    children = [psutil.Process(said[name]) for name in ("trainer", "explorer")]
    time.sleep(random.uniform(0, 1))
    began = time.monotonic()
    app.send_signal(signal.SIGTERM)
    warnings = ended(app)
    assert time.monotonic() - began < max(5, seconds_to_start)
    assert warnings == ""
    assert not any(child.is_running() for child in children)
    run = RunFolder(Path(said["run"]))
    assert run.state() == "stopped"
    assert run.checkpoint_step() == run.last_step()


def test_that_leaving_after_a_look_around_leaves_no_warning(start: Start) -> None:
    assert ended(start("look_around")) == ""


def test_that_closing_while_training_keeps_the_run_and_leaves_nothing_behind(start: Start) -> None:
    for _ in range(3):
        close_while_training(start)


@pytest.mark.soak
def test_that_twenty_closings_while_training_leave_nothing_behind(start: Start) -> None:
    for _ in range(20):
        close_while_training(start)


def test_that_a_killed_app_takes_its_children_along_and_its_run_is_kept_and_offered(
    start: Start,
) -> None:
    app = start("train")
    said = line(app)
    children = [psutil.Process(said[name]) for name in ("trainer", "explorer")]
    app.kill()
    _, alive = psutil.wait_procs(children, timeout=3)
    assert alive == []
    run = RunFolder(Path(said["run"]))
    assert not run.is_locked()
    assert run.state() == "interrupted"
    assert run.checkpoint_step() == run.last_step() > 0
    again = start("offered")
    offer = f"goes on from step {run.checkpoint_step():,} if you resume it"
    assert offer in line(again)["sentence"]
    assert ended(again) == ""


def lose_trainer(start: Start) -> None:
    """Kill the trainer; the run goes on from its last checkpoint when a person resumes it."""
    app = start("lose_trainer")
    lost, resumed = line(app), line(app)
    assert "ended unexpectedly" in lost["sentence"]
    assert "resume" in lost["sentence"]
    assert resumed["resumed"]
    assert resumed["step"] > 0
    assert resumed["step"] % SMALLEST["checkpoint_every"] == 0
    # At most one checkpoint interval behind, and the one that was being written.
    assert -10 <= resumed["step"] - lost["step"] <= 10
    assert ended(app) == ""


def test_that_a_killed_trainer_leaves_the_window_usable_and_its_run_can_be_resumed(
    start: Start,
) -> None:
    for _ in range(3):
        lose_trainer(start)


@pytest.mark.soak
def test_that_twenty_killed_trainers_leave_the_window_usable(start: Start) -> None:
    for _ in range(20):
        lose_trainer(start)


def test_that_a_killed_explorer_comes_back_by_itself(start: Start) -> None:
    app = start("lose_explorer", steps=5)
    said = line(app)
    assert said["another"]
    assert "started again" in said["sentence"]
    assert ended(app) == ""


def test_that_a_run_that_was_interrupted_is_offered_at_the_next_start(
    start: Start, tmp_path: Path
) -> None:
    app = start("train")
    said = line(app)
    os.kill(said["trainer"], signal.SIGSTOP)
    app.kill()
    os.kill(said["trainer"], signal.SIGKILL)
    psutil.wait_procs([psutil.Process(said["explorer"])], timeout=3)
    assert RunFolder(Path(said["run"])).state() == "interrupted"
    again = start("offered")
    assert "was interrupted" in line(again)["sentence"]
    assert ended(again) == ""


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_that_the_memory_of_the_app_stays_flat_over_thirty_minutes_of_training(
    start: Start, capsys: pytest.CaptureFixture[str]
) -> None:
    app = start("remember", preset="dsprites-tcgan")
    said = [line(app) for _ in range(180)]
    app.send_signal(signal.SIGTERM)
    assert ended(app) == ""
    memory = np.array([each["memory_mib"] for each in said])
    settled = slice(30, None)  # from the sixth minute on
    minutes = np.arange(len(said))[settled] / 6
    slope = float(np.polyfit(minutes, memory[settled], 1)[0])
    with capsys.disabled():
        print(f"\n{said[-1]['step']:,} steps: {memory[-1]:.0f} MiB, {slope:+.3f} MiB a minute")
    assert memory.max() <= 300
    assert slope < 0.5
