"""Data that takes long to prepare: the parent hears of it, and a child can be asked to leave it."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from filelock import FileLock

from core.config import RunConfig, dump_config
from core.data.catalogue import load_dataset
from core.data.packed_cache import cache_path
from core.devices import choose_device
from core.protocol import (
    Cancel,
    Correlate,
    Draw,
    Drawn,
    Ended,
    Pause,
    Paused,
    Preparing,
    Reconstruct,
    Refused,
    Stop,
    Train,
)
from core.runs import RunFolder
from core.training.loop import Training

Talk = Callable[..., Any]


@pytest.fixture
def run(small: Callable[..., RunConfig], tmp_path: Path) -> str:
    """A run on dSprites, which nobody has prepared; its weights are some."""
    run = RunFolder.create(tmp_path / "run", small({"data.source": "dsprites"}))
    training = Training(run, load_dataset(small().data), choose_device("cpu"))
    next(training.events())
    training.close()
    return str(run.path)


@pytest.fixture
def made_elsewhere() -> Iterator[None]:
    """Another process is just preparing dSprites."""
    path = cache_path("dsprites")
    path.parent.mkdir(parents=True)
    with FileLock(path.with_name(f"{path.name}.lock")):
        yield


def assert_it_quits_soon(talk: Any) -> None:
    """At the pace at which it started, unasked for twice, and with nothing half done."""
    began = time.monotonic()
    talk.child.quit(patience_s=60)
    assert time.monotonic() - began < 3 * talk.seconds_to_start
    assert talk.deaths.empty()
    assert [*cache_path("dsprites").parent.glob("*.part")] == []


def test_that_the_explorer_tells_how_far_it_is_until_the_request_is_cancelled(
    talk: Talk, run: str
) -> None:
    explorer = talk("explorer")
    explorer.send(
        Reconstruct(1, run, None, 0, 4), Draw(2, run, None, np.zeros((1, 10), np.float32))
    )
    told = explorer.wait_for(Preparing, lambda told: told.done > 0)
    assert (told.what, told.total) == ("dsprites", 737_280)
    explorer.send(Cancel(1))
    assert explorer.wait_for(Refused) == Refused("Given up while the data was prepared.", 1)
    assert isinstance(explorer.next(), Drawn)
    assert_it_quits_soon(explorer)


@pytest.mark.parametrize("role", ["explorer", "trainer"])
def test_that_a_child_that_prepares_data_quits_soon(
    talk: Talk, run: str, small: Callable[..., RunConfig], tmp_path: Path, role: str
) -> None:
    child = talk(role)
    child.send(_that_needs_dsprites(role, run, small, tmp_path))
    child.wait_for(Preparing)
    assert_it_quits_soon(child)
    assert not (tmp_path / "runs").exists()


@pytest.mark.usefixtures("made_elsewhere")
@pytest.mark.parametrize("role", ["explorer", "trainer"])
def test_that_a_child_that_waits_for_another_to_prepare_data_quits_soon(
    talk: Talk, run: str, small: Callable[..., RunConfig], tmp_path: Path, role: str
) -> None:
    child = talk(role)
    child.send(_that_needs_dsprites(role, run, small, tmp_path))
    time.sleep(1)
    assert child.unread() == []
    assert_it_quits_soon(child)


@pytest.mark.parametrize("keep", [True, False])
def test_that_stop_while_data_is_prepared_trains_nothing(
    trainer: Any, endless: RunConfig, tmp_path: Path, keep: bool
) -> None:
    trainer.send(Train(dump_config(endless), str(tmp_path)), Stop(keep))
    sentence = "Stopped while the data was prepared: nothing was trained."
    assert trainer.wait_for(Ended) == Ended(0, "stopped", sentence)
    assert [*tmp_path.iterdir()] == []


def test_that_what_is_told_while_data_is_prepared_is_done_when_the_training_begins(
    trainer: Any, endless: RunConfig, tmp_path: Path
) -> None:
    trainer.send(Train(dump_config(endless), str(tmp_path)), Pause())
    assert trainer.wait_for(Paused) == Paused(0)


def _that_needs_dsprites(
    role: str, run: str, small: Callable[..., RunConfig], folder: Path
) -> Correlate | Train:
    if role == "explorer":
        return Correlate(1, run, None)
    return Train(dump_config(small({"data.source": "dsprites"})), str(folder / "runs"))
