from collections.abc import Callable, Iterator

import pytest
import torch

from core.protocol import HealthWarning
from core.runs import checkpoint
from core.training.loop import Training

Start = Callable[..., Training]


class _Crowded:
    """One processor is missing when the third step is over, and again after the sixth."""

    def __init__(self) -> None:
        self._asked = 0

    def missing(self) -> int:
        self._asked += 1
        return int(self._asked in (3, 6))


@pytest.fixture(autouse=True)
def _two_threads_beside_a_busy_program(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("core.training.loop.Contention", _Crowded)
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(1)


def test_that_a_training_gives_way_to_a_busy_program_and_says_so_once(start: Start) -> None:
    training = start({"steps": 8, "checkpoint_every": 2})
    warnings = [
        event
        for report in training.events()
        for event in report.events
        if isinstance(event, HealthWarning)
    ]
    assert torch.get_num_threads() == 1
    assert [(warning.step, warning.kind) for warning in warnings] == [(3, "processor busy")]
    assert "goes on with 1 of its 2 threads" in warnings[0].sentence
    assert (3, "health", warnings[0].sentence) in training.run.history()


def test_that_the_number_of_threads_stays_recorded_with_the_run(start: Start) -> None:
    training = start({"steps": 4, "checkpoint_every": 2})
    for _ in training.events():
        pass
    threads = [
        checkpoint.load(path, torch.device("cpu"))[1].arithmetic["threads"]
        for path in training.run.checkpoints()
    ]
    assert threads == [2, 1]
