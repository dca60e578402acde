"""A run that was interrupted goes on as if it never had been."""

from collections.abc import Callable
from typing import Any

import pytest
import torch

from core.runs import checkpoint
from core.training.loop import Training

Start = Callable[..., Training]
LossesOf = Callable[[Training], list[dict[str, str]]]

ESTIMATORS = ["gaussian", "density_ratio", "minibatch_weighted", "minibatch_stratified"]
SHIPPED = {
    "data.image_size": 32,
    "precision": "auto",
    "steps": 11,
    "report_every": 3,
    "checkpoint_every": 4,
    "picture_every": 5,
    "evaluate_every": 5,
    "method.real_target_low": 0.8,
    "method.independence.warmup_steps": 6,
}


def trained_until(training: Training, step: int) -> None:
    """Train up to `step`, then leave without saving, as a killed trainer does."""
    events = training.events()
    while next(events).step < step:
        pass
    training.close()


def scores_of(training: Training) -> list[dict[str, str]]:
    return training.run.rows(training.run.scores)


@pytest.mark.parametrize("estimator", ESTIMATORS)
@pytest.mark.parametrize("killed", [6, 9])
def test_that_a_killed_run_goes_on_to_the_last_bit(
    start: Start, finished: Start, losses_of: LossesOf, estimator: str, killed: int
) -> None:
    settings = SHIPPED | {"method.independence.estimator": estimator}
    whole = finished(settings, name="whole", full_bank=True)
    trained_until(start(settings, name="killed", full_bank=True), killed)
    resumed = start(name="killed", resume=True)
    # The last checkpoint lies between two rows of losses.csv, and in the middle of an epoch.
    assert resumed.step == killed // 4 * 4
    assert resumed.notice == ""
    for _ in resumed.events():
        pass
    resumed.close()
    assert losses_of(resumed) == losses_of(whole)
    assert scores_of(resumed) == scores_of(whole)
    states = (each.method.state() for each in (resumed, whole))
    torch.testing.assert_close(*states, rtol=0, atol=0)


@pytest.mark.parametrize("stopped", [1, 4, 7])
def test_that_a_stopped_run_goes_on_to_the_last_bit(
    start: Start, finished: Start, losses_of: LossesOf, stopped: int
) -> None:
    whole = finished(SHIPPED, name="whole", full_bank=True)
    training = start(SHIPPED, name="stopped", full_bank=True)
    events = training.events()
    while next(events).step < stopped:
        pass
    training.stop()
    training.close()
    resumed = start(name="stopped", resume=True)
    assert resumed.step == stopped
    for _ in resumed.events():
        pass
    assert losses_of(resumed) == losses_of(whole)


def test_that_a_run_interrupted_twice_is_one_run(
    start: Start, finished: Start, losses_of: LossesOf
) -> None:
    whole = finished(SHIPPED, name="whole", full_bank=True)
    trained_until(start(SHIPPED, name="killed", full_bank=True), 6)
    trained_until(start(name="killed", resume=True), 10)
    training = start(name="killed", resume=True)
    assert training.step == 8
    for _ in training.events():
        pass
    assert losses_of(training) == losses_of(whole)
    kinds = [(step, kind) for step, kind, _ in training.run.history() if kind != "health"]
    assert kinds == [(0, "started"), (4, "resumed"), (8, "resumed"), (11, "finished")]


def test_that_resuming_cuts_all_back_to_the_step_of_the_checkpoint(start: Start) -> None:
    settings = {
        "steps": 20,
        "checkpoint_every": 5,
        "picture_every": 2,
        "evaluate_every": 2,
        "method.independence.enabled": False,
    }
    training = start(settings)
    trained_until(training, 8)
    training.run.record_change(7, "method.generator_lr", 0.1)
    training.run.record_event(8, "health", "All is well.")
    before = (training.run.path / "config.json").read_bytes()
    run = start(resume=True).run
    assert [row["step"] for row in run.rows(run.losses)] == ["1", "2", "3", "4", "5"]
    assert [row["step"] for row in run.rows(run.scores)] == ["2", "4"]
    assert [event[:2] for event in run.history()] == [(0, "started")]
    assert run.changes() == []
    for files in (run.snapshots(), run.pictures()):
        assert [path.stem for path in files] == ["step-0", "step-2", "step-4"]
    assert [path.stem for path in run.checkpoints()] == ["step-0", "step-5"]
    assert (run.path / "config.json").read_bytes() == before


@pytest.mark.parametrize("name", ["losses.csv", "scores.csv", "events.log", "changes.jsonl"])
def test_that_a_torn_last_line_is_dropped_and_the_others_stay(start: Start, name: str) -> None:
    settings = {"steps": 6, "checkpoint_every": 3, "evaluate_every": 1}
    training = start(settings)
    trained_until(training, 3)
    path = training.run.path / name
    whole = path.read_text() if path.exists() else ""
    path.write_text(whole + "3,1.5,17")
    resumed = start(resume=True)
    assert path.read_text() == whole
    *_, last = resumed.events()
    assert last.step == 6
    resumed.close()
    assert [row["step"] for row in resumed.run.rows(resumed.run.losses)] == list("123456")
    assert resumed.run.state() == "finished"


def test_that_the_time_trained_goes_on_where_it_was(start: Start) -> None:
    training = start({"steps": 8, "checkpoint_every": 4})
    trained_until(training, 5)
    _, header = checkpoint.load(training.run.checkpoints()[-1], torch.device("cpu"))
    resumed = start(resume=True)
    assert 0 < resumed.trained_s == header.trained_s < training.trained_s
    for _ in resumed.events():
        pass
    times = [float(row["trained_s"]) for row in resumed.run.rows(resumed.run.losses)]
    assert times == sorted(times)
    assert len(set(times)) == 8


@pytest.mark.parametrize(
    ("name", "value"), [("threads", 64), ("dtype", "bfloat16"), ("processor", "a very old one")]
)
def test_that_a_run_on_other_arithmetic_says_that_it_goes_on_approximately(
    start: Start, name: str, value: Any
) -> None:
    training = start({"steps": 4, "checkpoint_every": 2})
    trained_until(training, 3)
    newest = training.run.checkpoints()[-1]
    tensors, header = checkpoint.load(newest, torch.device("cpu"))
    header.arithmetic[name] = value
    checkpoint.save(newest, tensors, header)
    resumed = start(resume=True)
    approximately = f"Goes on approximately, not bit for bit: {name} {value} -> "
    assert resumed.notice.startswith(approximately)
    next(resumed.events())
    step, kind, sentence = resumed.run.history()[-1]
    assert (step, kind, sentence) == (2, "resumed", resumed.notice)


def test_that_going_on_exactly_is_told(start: Start) -> None:
    training = start({"steps": 4})
    trained_until(training, 1)
    next(start(resume=True).events())
    assert training.run.history()[-1] == (0, "resumed", "Exactly as it was.")


def test_that_resuming_a_finished_run_changes_nothing_but_the_log(
    start: Start, finished: Start, losses_of: LossesOf
) -> None:
    rows = losses_of(finished())
    resumed = start(resume=True)
    for _ in resumed.events():
        pass
    resumed.close()
    assert losses_of(resumed) == rows
    assert resumed.run.state() == "finished"
    assert resumed.step == 4
