"""Children that are killed at any moment, and children whose parent is."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from core.config import RunConfig, dump_config, flat
from core.data.packed_cache import cache_path
from core.preferences import Preferences, save_preferences
from core.protocol import (
    Change,
    Draw,
    Drawn,
    Ended,
    Losses,
    Pause,
    Paused,
    Preparing,
    Ready,
    Resume,
    Started,
    Stop,
    Train,
    Usage,
)
from core.runs import RunFolder
from core.worker.client import Child, Requests, WorkerDied

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")

Rows = Callable[[RunFolder], list[dict[str, str]]]

SECONDS_WITHOUT_PARENT = 3.0

# An app without a window: it starts both children, trains, prints every event, and waits.
PARENT = r"""
import sys, time
from pathlib import Path
from core.protocol import Train
from core.worker.client import Child

def say(event):
    # In one piece, for both children are heard at once.
    words = type(event).__name__, getattr(event, "step", "-"), getattr(event, "run", "-")
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()

if __name__ == "__main__":
    config, folder = Path(sys.argv[1]).read_text(), Path(sys.argv[2])
    children = [
        Child(role, folder / f"{role}.log", lambda work: work(), say, say)
        for role in ("explorer", "trainer")
    ]
    for child in children:
        child.start()
        print("pid", child.pid, flush=True)
    children[1].send(Train(config, str(folder)))
    while True:
        time.sleep(60)
"""


class Parent:
    """The app, its children, and what they say."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self._began = time.monotonic()
        self._patience = SECONDS_WITHOUT_PARENT
        self.children: list[psutil.Process] = []

    def wait_for(self, name: str, step: int | None = None) -> list[str]:
        """Hear on up to an event of this name; its words."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            words = line.split()
            if words[0] == "Ready":
                # As long as it takes to start, where that is longer: the machine is busy.
                self._patience = max(self._patience, time.monotonic() - self._began)
            if words[0] == "pid":
                self.children.append(psutil.Process(int(words[1])))
            if words[0] == name and (step is None or int(words[1]) >= step):
                return words
        return pytest.fail(f"{name} never came")

    def kill(self) -> list[psutil.Process]:
        """Kill it; the children that are still there when they must not be any more."""
        assert [runs(child) for child in self.children] == [True, True]
        self.process.kill()
        deadline = time.monotonic() + self._patience
        while (alive := [child for child in self.children if runs(child)]) and (
            time.monotonic() < deadline
        ):
            time.sleep(0.02)
        for child in alive:
            child.kill()
        return alive


def runs(process: psutil.Process) -> bool:
    """Whether it does; a zombie waits to be noticed by whoever adopted it."""
    try:
        return str(process.status()) != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def half_prepared() -> list[Path]:
    """What is left in the cache of data that was not prepared to its end."""
    return [*cache_path("dsprites").parent.glob("*.part")]


@pytest.fixture
def parent(tmp_path: Path) -> Iterator[Callable[[RunConfig], Parent]]:
    save_preferences(Preferences(threads=1))
    with contextmanager(_parent)(tmp_path) as start:
        yield start


def _parent(folder: Path) -> Iterator[Callable[[RunConfig], Parent]]:
    started: list[subprocess.Popen[str]] = []

    def start(config: RunConfig) -> Parent:
        (folder / "parent.py").write_text(PARENT)
        (folder / "config.json").write_text(dump_config(config))
        arguments = [str(folder / name) for name in ("parent.py", "config.json", "runs")]
        process = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.PIPE, text=True)
        started.append(process)
        return Parent(process)

    yield start
    for process in started:
        with process:
            process.kill()


def test_that_children_save_and_end_when_their_parent_is_killed(
    parent: Callable[[RunConfig], Parent], endless: RunConfig, talk: Callable[..., Any]
) -> None:
    app = parent(endless)
    run = RunFolder(Path(app.wait_for("Started")[2]))
    app.wait_for("Losses", step=6)
    assert app.kill() == []
    assert run.state() == "interrupted"
    step = run.checkpoint_step()
    assert step == run.last_step() >= 6
    sentence = f"The app ended without a word; step {step:,} is kept."
    assert run.history()[-1] == (step, "interrupted", sentence)
    trainer = talk("trainer")
    trainer.send(Resume(str(run.path)))
    assert trainer.wait_for(Started).step == run.checkpoint_step()
    trainer.wait_for(Losses)


def test_that_a_child_ends_soon_after_its_parent_though_it_be_inside_a_long_computation(
    parent: Callable[[RunConfig], Parent], small: Callable[..., RunConfig], tmp_path: Path
) -> None:
    images = tmp_path / "many.npz"
    np.savez(images, images=np.random.default_rng(0).random((4096, 28, 28)) < 0.3)
    # Seconds a step.
    app = parent(small({"data.source": str(images), "batch_size": 4096, "steps": 1000}))
    run = RunFolder(Path(app.wait_for("Started")[2]))
    app.wait_for("Usage")
    assert app.kill() == []
    assert run.state() == "interrupted"
    assert run.checkpoints() != []


def test_that_a_trainer_inside_a_long_computation_ends_soon_after_sigterm(
    talk: Callable[..., Any], small: Callable[..., RunConfig], tmp_path: Path
) -> None:
    images = tmp_path / "many.npz"
    np.savez(images, images=np.random.default_rng(0).random((4096, 28, 28)) < 0.3)
    trainer = talk("trainer")
    # Seconds a step.
    settings = {"data.source": str(images), "batch_size": 4096, "steps": 1000}
    run = RunFolder(Path(trainer.train(small(settings), tmp_path / "runs").run))
    trainer.wait_for(Usage)
    os.kill(trainer.child.pid, signal.SIGTERM)
    patience = max(SECONDS_WITHOUT_PARENT, trainer.seconds_to_start)
    assert trainer.deaths.get(timeout=patience).exit_code in (0, 3)
    assert run.state() in ("interrupted", "stopped")


def test_that_nothing_half_done_is_left_when_the_parent_is_killed_while_data_is_prepared(
    parent: Callable[[RunConfig], Parent], small: Callable[..., RunConfig], tmp_path: Path
) -> None:
    app = parent(small({"data.source": "dsprites"}))
    app.wait_for("Preparing")
    assert app.kill() == []
    assert list((tmp_path / "runs").glob("*/")) == []
    assert half_prepared() == []


def test_that_a_trainer_killed_while_it_prepares_data_is_told_and_the_next_one_prepares_it(
    talk: Callable[..., Any], small: Callable[..., RunConfig], tmp_path: Path
) -> None:
    train = Train(dump_config(small({"data.source": "dsprites"})), str(tmp_path / "runs"))
    trainer = talk("trainer")
    trainer.send(train)
    trainer.wait_for(Preparing)
    os.kill(trainer.child.pid, signal.SIGKILL)
    assert trainer.deaths.get(timeout=30).exit_code == -signal.SIGKILL
    trainer.child.start()
    trainer.unread()
    trainer.send(train)
    trainer.wait_for(Preparing)
    trainer.send(Stop(keep=False))
    assert trainer.wait_for(Ended).reason == "stopped"
    assert trainer.deaths.empty()
    assert not (tmp_path / "runs").exists()
    assert half_prepared() == []


@pytest.mark.parametrize("kills", [3, pytest.param(20, marks=pytest.mark.soak)])
def test_that_a_trainer_killed_at_any_moment_goes_on_from_its_last_checkpoint(
    talk: Callable[..., Any], endless: RunConfig, tmp_path: Path, rows_of: Rows, kills: int
) -> None:
    moments = random.Random(kills)
    trainer = talk("trainer")
    run = RunFolder(Path(trainer.train(endless, tmp_path / "runs").run))
    last = 0
    for _ in range(kills):
        goal = last + moments.randint(1, 12)
        trainer.wait_for(Losses, lambda losses, goal=goal: losses.step >= goal)
        time.sleep(moments.uniform(0, 0.1))
        os.kill(trainer.child.pid, signal.SIGKILL)
        assert trainer.deaths.get(timeout=30).exit_code == -signal.SIGKILL
        assert run.state() == "interrupted"
        before, last, kept = rows_of(run), run.last_step(), run.checkpoint_step()
        assert last - endless.checkpoint_every <= kept
        trainer.child.start()
        trainer.send(Resume(str(run.path)))
        assert trainer.wait_for(Started).step == kept
        trainer.wait_for(Losses, lambda losses, last=last: losses.step > last)
        assert rows_of(run)[: len(before)] == before
    trainer.child.quit()
    steps = [int(row["step"]) for row in rows_of(run)]
    assert steps == list(range(1, run.checkpoint_step() + 1))


def test_that_a_trainer_that_is_terminated_keeps_its_step(
    talk: Callable[..., Any], endless: RunConfig, tmp_path: Path
) -> None:
    trainer = talk("trainer")
    run = RunFolder(Path(trainer.train(endless, tmp_path / "runs").run))
    trainer.wait_for(Losses)
    os.kill(trainer.child.pid, signal.SIGTERM)
    assert trainer.deaths.get(timeout=30).exit_code == 0
    assert (run.state(), run.checkpoint_step()) == ("stopped", run.last_step())


def test_that_a_trainer_that_is_terminated_in_a_pause_keeps_its_step(
    talk: Callable[..., Any], endless: RunConfig, tmp_path: Path
) -> None:
    trainer = talk("trainer")
    run = RunFolder(Path(trainer.train(endless, tmp_path / "runs").run))
    trainer.send(Change("method.independence.weight", 0.25), Pause())
    trainer.wait_for(Paused)
    os.kill(trainer.child.pid, signal.SIGTERM)
    assert trainer.deaths.get(timeout=30).exit_code == 0
    assert run.state() == "stopped"
    assert flat(run.current_config())["method.independence.weight"] == 0.25


def test_that_quit_keeps_the_step(
    talk: Callable[..., Any], endless: RunConfig, tmp_path: Path
) -> None:
    trainer = talk("trainer")
    run = RunFolder(Path(trainer.train(endless, tmp_path / "runs").run))
    trainer.wait_for(Losses)
    trainer.child.quit()
    assert trainer.deaths.empty()
    assert (run.state(), run.checkpoint_step()) == ("stopped", run.last_step())


def test_that_an_explorer_that_takes_the_place_of_a_killed_one_answers_for_it(
    trained: RunFolder, tmp_path: Path
) -> None:
    import queue

    said: queue.SimpleQueue[Any] = queue.SimpleQueue()
    deaths: queue.SimpleQueue[WorkerDied] = queue.SimpleQueue()
    answers: list[Any] = []
    child = Child("explorer", tmp_path / "log", lambda work: work(), said.put, deaths.put)
    requests = Requests(child.send)
    child.start()
    try:
        assert isinstance(said.get(timeout=60), Ready)
        latents = np.zeros((1, 13), np.float32)
        os.kill(child.pid or 0, signal.SIGSTOP)
        requests.ask("explore", Draw(0, str(trained.path), None, latents), answers.append)
        os.kill(child.pid or 0, signal.SIGKILL)
        deaths.get(timeout=30)
        child.start()
        assert requests.reset() == []
        assert isinstance(said.get(timeout=60), Ready)
        requests.take(said.get(timeout=60))
        assert isinstance(answers[0], Drawn)
    finally:
        child.quit()
