"""What the explorer does bit by bit, played without a process."""

from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from core.config import RunConfig
from core.data.catalogue import load_dataset
from core.data.errors import DataError
from core.exploring.explorer import Explorer
from core.protocol import (
    Cancel,
    Correlate,
    Correlated,
    Draw,
    Drawn,
    Encode,
    Evaluate,
    Preparing,
    Scored,
)
from core.runs import RunError, RunFolder
from core.training.loop import Training
from core.worker.explorer_service import ExplorerService, GivenUpError

Small = Callable[..., RunConfig]


class Desk:
    """The explorer's pipe: what it said, but for how far it is with data, and what comes in."""

    def __init__(self) -> None:
        self.said: list[Any] = []
        self.coming: deque[Any] = deque()
        self.postponed: list[Any] = []

    def send(self, event: object) -> None:
        if not isinstance(event, Preparing):
            self.said.append(event)

    def peek(self) -> Any | None:
        return self.coming.popleft() if self.coming else None

    def postpone(self, command: object) -> None:
        self.postponed.append(command)


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def service(desk: Desk) -> ExplorerService:
    return ExplorerService(desk)  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def run(small: Small, tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """A finished run on 60 images with two factors."""
    folder = tmp_path_factory.mktemp("factors")
    random = np.random.default_rng(0)
    factors = np.stack([np.arange(60) % 3, np.arange(60) % 5], axis=1)
    images = random.random((60, 28, 28)) < 0.2 + 0.2 * factors[:, :1, None]
    np.savez(folder / "images.npz", images=images, factors=factors, factor_names=["shape", "size"])
    config = small({"data.source": str(folder / "images.npz"), "steps": 4})
    run = RunFolder.create(folder / "run", config)
    training = Training(run, load_dataset(config.data), torch.device("cpu"))
    for _ in training.events():
        pass
    training.close()
    return run


def complete(service: ExplorerService) -> int:
    """Evaluate to the end; how many slices it took."""
    slices = 0
    while service.busy:
        service.advance()
        slices += 1
    return slices


def draw(run: RunFolder) -> Draw:
    return Draw(7, str(run.path), None, np.zeros((1, 10), np.float32))


def test_that_an_evaluation_ends_with_its_scores_and_their_row(
    service: ExplorerService, desk: Desk, run: RunFolder
) -> None:
    before = run.rows(run.scores)
    service.answer(Evaluate(3, str(run.path), None))
    assert desk.said == []
    assert complete(service) > 10
    (scored,) = desk.said
    assert isinstance(scored, Scored)
    assert (scored.id, scored.step, scored.evaluated.mode) == (3, 4, "full")
    assert scored.evaluated.factor_names == ("shape", "size")
    # The run itself ended with the same scores.
    assert run.rows(run.scores) == [*before, before[-1]]


def test_that_others_are_answered_while_an_evaluation_goes_on(
    service: ExplorerService, desk: Desk, run: RunFolder
) -> None:
    service.answer(Evaluate(3, str(run.path), None))
    service.advance()
    service.answer(draw(run))
    assert [type(event) for event in desk.said] == [Drawn]
    assert service.busy


def test_that_a_cancelled_evaluation_writes_nothing(
    service: ExplorerService, desk: Desk, run: RunFolder
) -> None:
    before = run.scores.read_bytes()
    service.answer(Evaluate(3, str(run.path), None))
    service.advance()
    service.answer(Cancel(2))
    assert service.busy
    service.answer(Cancel(3))
    assert not service.busy
    assert (desk.said, run.scores.read_bytes()) == ([], before)


def test_that_a_cancel_that_comes_while_an_image_is_encoded_is_heard_afterwards(
    service: ExplorerService, desk: Desk, run: RunFolder
) -> None:
    desk.coming.append(Cancel(3))
    service.answer(Encode(4, str(run.path), None, 0))
    assert desk.postponed == [Cancel(3)]


def test_that_an_evaluation_whose_data_is_prepared_can_be_cancelled(
    service: ExplorerService, desk: Desk, run: RunFolder
) -> None:
    service.answer(Evaluate(3, str(run.path), None))
    desk.coming.append(Cancel(3))
    with pytest.raises(GivenUpError):
        service.advance()


def test_that_scores_that_cannot_be_written_are_told(
    service: ExplorerService, run: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise RunError("The disk is full.")

    monkeypatch.setattr(Explorer, "record", refuse)
    service.answer(Evaluate(3, str(run.path), None))
    with pytest.raises(RunError, match="full"):
        complete(service)


def test_that_codes_are_told_with_what_they_say_of_factors(
    service: ExplorerService, desk: Desk, run: RunFolder
) -> None:
    service.answer(Correlate(5, str(run.path), None, prepares=False))
    (told,) = desk.said
    assert isinstance(told, Correlated)
    assert told.names == ("c1", "c2", "c3", "c4", "c5")
    found = told.evaluated
    assert (found.step, found.images, found.factor_names) == (told.step, 60, ("shape", "size"))
    assert found.mutual_information is not None
    assert found.mutual_information.shape == (5, 2)
    assert found.matching is not None
    assert (found.matching.step, found.matching.images) == (told.step, 60)


def test_that_data_which_is_not_at_hand_is_not_prepared_for_those_who_do_not_wait(
    service: ExplorerService, run: RunFolder, small: Small, tmp_path: Path
) -> None:
    config = replace_source(run, tmp_path / "copy", "dsprites-small")
    assert config.data.source == "dsprites-small"
    with pytest.raises(DataError, match="dsprites-small is not prepared yet"):
        service.answer(Correlate(5, str(tmp_path / "copy"), None, prepares=False))


def replace_source(run: RunFolder, path: Path, source: str) -> RunConfig:
    """A run at `path` that says that it was trained on `source`."""
    config = run.config()
    changed = config.model_copy(update={"data": config.data.model_copy(update={"source": source})})
    copy = RunFolder.create(path, changed)
    training = Training(copy, load_dataset(config.data), torch.device("cpu"))
    next(training.events())
    training.close()
    return changed
