"""What the tests of the two children share: real processes, and what they say in the end."""

import queue
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pytest

from core.config import RunConfig, changed, dump_config
from core.data.catalogue import load_dataset
from core.devices import choose_device
from core.preferences import Preferences, save_preferences
from core.protocol import Ended, Ready, Started, Stop, Train, Watch
from core.runs import RunFolder
from core.training.loop import Training
from core.worker.client import Child, Role, WorkerDied

E = TypeVar("E")

SECONDS = 60.0

# 32 pixels: the smallest networks.
SMALLEST = {
    "data.image_size": 32,
    "batch_size": 4,
    "precision": "float32",
    "report_every": 1,
    "picture_every": 1_000_000,
    "evaluate_every": 1_000_000,
    "checkpoint_every": 4,
    "steps": 6,
}


class Talk:
    """A child and everything that it has said so far.

    seconds_to_start: how long it took: the pace of the machine as it is now.
    """

    def __init__(self, role: Role, log: Path) -> None:
        self.deaths: queue.SimpleQueue[WorkerDied] = queue.SimpleQueue()
        self.heard: list[Any] = []
        self._unread: queue.SimpleQueue[Any] = queue.SimpleQueue()
        # Called at once, on the reader's thread: there is no loop here.
        self.child = Child(
            role, log, lambda work: work(), receive=self._unread.put, died=self.deaths.put
        )
        began = time.monotonic()
        self.child.start()
        self.ready = self.wait_for(Ready)
        self.seconds_to_start = time.monotonic() - began

    def send(self, *commands: object) -> None:
        for command in commands:
            self.child.send(command)

    def next(self, seconds: float = SECONDS) -> Any:
        """The next event."""
        try:
            event = self._unread.get(timeout=seconds)
        except queue.Empty:
            pytest.fail(f"nothing came; the last: {self.heard[-3:]}")
        self.heard.append(event)
        return event

    def wait_for(self, kind: type[E], fits: Callable[[E], bool] = lambda event: True) -> E:
        """Hear on up to an event of this kind."""
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            event = self.next()
            if isinstance(event, kind) and fits(event):
                return event
        return pytest.fail(f"no {kind.__name__} came")

    def unread(self) -> list[Any]:
        """What was said meanwhile."""
        events = []
        while not self._unread.empty():
            events.append(self._unread.get())
        self.heard += events
        return events

    def train(self, config: RunConfig, root: Path) -> Started:
        """Begin a run."""
        self.send(Train(dump_config(config), str(root)))
        return self.wait_for(Started)


@pytest.fixture(scope="session")
def images(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of forty images of 28 pixels."""
    path = tmp_path_factory.mktemp("data") / "images.npz"
    np.savez(path, images=np.random.default_rng(0).random((40, 28, 28)) < 0.3)
    return path


@pytest.fixture(scope="session")
def small(images: Path) -> Callable[..., RunConfig]:
    """Config of a run whose steps are a matter of a moment, with dotted settings on top."""

    def small(settings: Mapping[str, Any] | None = None) -> RunConfig:
        source = {"data.source": str(images)}
        return changed(RunConfig(), SMALLEST | source | dict(settings or {}))

    return small


@pytest.fixture(scope="session")
def endless(small: Callable[..., RunConfig]) -> RunConfig:
    """Config of a run that does not end by itself."""
    return small({"steps": 1_000_000})


@pytest.fixture(scope="session")
def make_talk() -> type[Talk]:
    """Start a child; who does so ends it."""
    return Talk


@pytest.fixture
def talk(tmp_path: Path) -> Iterator[Callable[[Role], Talk]]:
    """Start children of this test alone; they are ended when it is over."""
    save_preferences(Preferences(threads=1))
    talks: list[Talk] = []

    def talk(role: Role) -> Talk:
        talks.append(Talk(role, tmp_path / "logs" / f"{role}.log"))
        return talks[-1]

    yield talk
    for each in talks:
        each.child.quit()


@pytest.fixture(scope="module")
def _shared_trainer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Talk]:
    save_preferences(Preferences(threads=1))
    talk = Talk("trainer", tmp_path_factory.mktemp("logs") / "trainer.log")
    yield talk
    talk.child.quit()


@pytest.fixture
def trainer(_shared_trainer: Talk) -> Iterator[Talk]:
    """One trainer for all tests of a file; it is idle and watches nothing when a test begins."""
    save_preferences(Preferences(threads=1))
    talk = _shared_trainer
    talk.heard.clear()
    yield talk
    began = [event for event in talk.heard + talk.unread() if isinstance(event, Started | Ended)]
    if began and isinstance(began[-1], Started):
        talk.send(Stop(keep=False))
        talk.wait_for(Ended)
    talk.send(Watch(seconds=0))
    assert talk.child.alive


@pytest.fixture(scope="session")
def trained(small: Callable[..., RunConfig], tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """A run that finished six steps, with snapshots of steps 0, 3 and 6; for who only looks."""
    config = small({"picture_every": 3, "method.latent.categorical_codes": [3]})
    run = RunFolder.create(tmp_path_factory.mktemp("runs") / "trained", config)
    training = Training(run, load_dataset(config.data), choose_device("cpu"))
    for _ in training.events():
        pass
    training.close()
    return run


@pytest.fixture(scope="session")
def rows_of() -> Callable[[RunFolder], list[dict[str, str]]]:
    """The rows of losses.csv without the columns that tell of time."""
    times = ("trained_s", "wall_time", "images_per_s")

    def rows_of(run: RunFolder) -> list[dict[str, str]]:
        return [{k: v for k, v in row.items() if k not in times} for row in run.rows(run.losses)]

    return rows_of
