"""The scores of a training: what cannot be computed is told, and the training goes on."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch
from numpy.linalg import LinAlgError
from numpy.typing import ArrayLike
from torch import Tensor

from core.data.dataset import Dataset
from core.metrics import METRICS, Metric, MetricError, Score
from core.metrics.time_limit import TimeLimit
from core.protocol import Ended, Evaluated, Event, HealthWarning
from core.training.loop import Training

CPU = torch.device("cpu")

Start = Callable[..., Training]

OFTEN = {"steps": 4, "evaluate_every": 1}


@pytest.fixture
def toy(toy: Dataset) -> Dataset:
    """The toy data with two known factors."""
    factors = np.stack([np.arange(40) % 2, np.arange(40) // 2 % 2], axis=1).astype(np.float64)
    return replace(toy, factors=factors, factor_names=("shape", "size"))


def events_of(training: Training) -> list[Event]:
    return [event for report in training.events() for event in report.events]


def lines_of(training: Training, kind: str) -> list[str]:
    return [sentence for _, each, sentence in training.run.history() if each == kind]


def finished(events: list[Event]) -> bool:
    return isinstance(events[-1], Ended) and events[-1].reason == "finished"


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (LinAlgError("SVD did not converge\nin anything."), "failed: SVD did not converge."),
        (ValueError(), "failed: ValueError."),
        (ZeroDivisionError("division by zero"), "failed: division by zero."),
        (MetricError("Some factor is odd."), "Some factor is odd."),
    ],
)
def test_that_a_metric_that_fails_is_missing_and_the_training_goes_on(
    start: Start, monkeypatch: pytest.MonkeyPatch, error: Exception, sentence: str
) -> None:
    def fail(factors: ArrayLike, codes: ArrayLike) -> Score:
        raise error

    monkeypatch.setitem(METRICS, "mig", Metric("MIG", fail, live=True))
    training = start(OFTEN)
    events = events_of(training)
    evaluations = [event for event in events if isinstance(event, Evaluated)]
    assert [each.mode for each in evaluations] == ["live"] * 4 + ["full"]
    for each in evaluations:
        assert each.refused["mig"].endswith(sentence)
        assert "mig" not in each.scores
        assert {"sap", "total_correlation"} < set(each.scores)
    assert finished(events)
    (told,) = lines_of(training, "scores")
    assert told.startswith("No mig: ")
    assert [row["mig"] for row in training.run.rows(training.run.scores)] == [""] * 5


@pytest.fixture
def many_factors(toy: Dataset) -> Dataset:
    """The toy data with 200 factors, whose scores take many times longer than four steps."""
    factors = np.random.default_rng(0).random((40, 200))
    return replace(toy, factors=factors, factor_names=tuple(f"f{i}" for i in range(200)))


def test_that_scores_that_would_take_longer_than_the_training_are_left_out_and_named(
    start: Start, many_factors: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    # On a busy machine four steps take seconds, and the scores no longer than ever.
    monkeypatch.setattr(
        "core.training.scoring.TimeLimit", lambda _, exceeded: TimeLimit(0.5, exceeded)
    )
    first = start(OFTEN)
    first.close()
    training = Training(first.run, many_factors, CPU)
    events = events_of(training)
    training.close()
    assert finished(events)
    *live, full = [event for event in events if isinstance(event, Evaluated)]
    for each in live:
        assert "exp" in each.refused
        assert {"mig", "sap", "total_correlation"} < set(each.scores)
    assert {"exp", "dci"} <= set(full.refused)
    told = lines_of(training, "scores")
    names = [line.partition(": ")[0].removeprefix("No ") for line in told]
    # Once each; which others there was no time for is a matter of the machine.
    assert sorted(names) == sorted({*live[0].refused, *full.refused})
    assert names[0] == "exp"
    assert "takes longer than scores may while training" in told[0]


def test_that_scores_that_are_left_out_change_no_loss(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = start(OFTEN, "whole")
    events_of(whole)
    monkeypatch.setattr(
        "core.training.scoring.TimeLimit", lambda seconds, exceeded: TimeLimit(0, exceeded)
    )
    bare = start(OFTEN, "bare")
    events = events_of(bare)
    assert [event.scores for event in events if isinstance(event, Evaluated)] == [{}] * 5

    def losses(training: Training) -> list[dict[str, str]]:
        times = ("trained_s", "wall_time", "images_per_s")
        rows = training.run.rows(training.run.losses)
        return [{k: v for k, v in row.items() if k not in times} for row in rows]

    assert losses(whole) == losses(bare)


def test_that_codes_that_cannot_be_scored_are_told_once_and_the_training_goes_on(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    training = start(OFTEN)

    def represent(images: Tensor) -> Tensor:
        return torch.full((len(images), 5), torch.nan)

    monkeypatch.setattr(training.method, "represent", represent)
    events = events_of(training)
    assert finished(events)
    (warning,) = [event for event in events if isinstance(event, HealthWarning)]
    assert (warning.step, warning.kind) == (1, "not scored")
    assert warning.sentence.endswith(
        "goes on: The codes hold NaN or infinity; leave those rows out."
    )
    assert lines_of(training, "health") == [warning.sentence]
    assert training.run.rows(training.run.scores) == []
    training.close()
    assert training.run.state() == "finished"


def test_that_copied_codes_are_written_as_infinitely_dependent(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    training = start(OFTEN)
    code = torch.linspace(-1, 1, 5)

    def represent(images: Tensor) -> Tensor:
        return images.flatten(1).mean(1, keepdim=True) * code

    images = torch.rand(40, 1, 32, 32)
    monkeypatch.setattr(training.method, "represent", represent)
    monkeypatch.setattr(Dataset, "batch", lambda self, index: images[index])
    for event in events_of(training):
        if isinstance(event, Evaluated):
            assert event.total_correlation == event.scores["total_correlation"] == float("inf")
    rows = training.run.rows(training.run.scores)
    assert {row["total_correlation"] for row in rows} == {"inf"}
    assert training.run.last_total_correlation() == float("inf")


def test_that_a_resumed_run_knows_at_once_what_its_codes_follow(
    start: Start, toy: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = start({"steps": 4, "checkpoint_every": 2})
    for report in first.events():
        if report.step == 3:
            break
    first.close()
    training = start(resume=True)
    assert toy.factors is not None
    codes = np.hstack([toy.factors[:, ::-1], np.zeros((40, 3))])
    monkeypatch.setattr("core.training.scoring.known_factors", lambda *_: toy.factors)
    monkeypatch.setattr("core.training.scoring.represent_dataset", lambda *_: codes)
    next(training.events())
    grid, _ = training.traversal("random:0", "prior", 3)
    assert grid.row_labels == ("c1 size 1", "c2 shape 1", "c3", "c4", "c5")
    assert training.run.rows(training.run.scores) == []
