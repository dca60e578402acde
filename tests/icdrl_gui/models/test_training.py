"""The state of the trainer, followed event by event."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from core.config import RunConfig, flat
from core.protocol import (
    Change,
    Continue,
    Continued,
    Ended,
    Losses,
    Pause,
    Paused,
    Ready,
    Refused,
    Resume,
    SettingChanged,
    Started,
    Stop,
    Train,
    TrainerCommand,
    Watch,
)
from core.runs import RunError, RunFolder
from icdrl_gui.models.training import TrainingModel

READY = Ready(("cpu",), "cpu", 2, {"torch": "2"}, ())


def losses(step: int, images_per_s: float) -> Losses:
    """Return a report at a step."""
    return Losses(step, step * 0.1, 0.0, images_per_s, {"discriminator": 1.0})


@pytest.fixture
def sent() -> list[TrainerCommand]:
    """Return where commands go."""
    return []


@pytest.fixture
def model(qtbot: QtBot, sent: list[TrainerCommand]) -> TrainingModel:
    """Return a model whose commands are kept in `sent`."""
    return TrainingModel(sent.append)


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """Return the folder of a run of 1,000 steps of 64 images."""
    path = tmp_path / "run"
    RunFolder.create(path, RunConfig(steps=1000, batch_size=64))
    return path


@pytest.fixture
def training(model: TrainingModel, run: Path) -> TrainingModel:
    """Return a model whose run began."""
    model.take(READY)
    model.start(RunConfig(steps=1000), run.parent)
    model.take(Started(str(run), 0, resumed=False))
    return model


def test_that_a_training_goes_from_loading_to_idle_and_back_to_idle(
    model: TrainingModel, run: Path
) -> None:
    states = [model.state]
    model.state_changed.connect(lambda: states.append(model.state))
    model.take(READY)
    model.start(RunConfig(), run.parent)
    model.take(Started(str(run), 0, resumed=False))
    model.stop(keep=True)
    model.take(Ended(7, "stopped", "Stopped at step 7."))
    assert states == ["loading", "idle", "preparing", "training", "stopping", "idle"]


def test_that_a_run_may_be_started_before_the_trainer_is_ready(
    model: TrainingModel, sent: list[TrainerCommand], tmp_path: Path
) -> None:
    model.start(RunConfig(), tmp_path)
    model.take(READY)
    assert model.state == "preparing"
    assert isinstance(sent[0], Train)


def test_that_a_run_that_cannot_start_leaves_the_trainer_idle(
    model: TrainingModel, tmp_path: Path, qtbot: QtBot
) -> None:
    model.take(READY)
    model.start(RunConfig(), tmp_path)
    with qtbot.waitSignal(model.refused) as refused:
        model.take(Refused("There is no such data."))
    assert refused.args == ["There is no such data."]
    assert model.state == "idle"


def test_that_a_refused_change_does_not_end_the_training(training: TrainingModel) -> None:
    training.take(Refused("weight should be at least 0."))
    assert training.state == "training"


def test_that_the_time_left_comes_from_the_median_speed(training: TrainingModel) -> None:
    assert training.eta_s is None
    for step, speed in ((10, 100.0), (20, 640.0), (30, 640.0), (40, 9e9)):
        training.take(losses(step, speed))
    assert training.images_per_s == 640.0
    assert training.eta_s == pytest.approx((1000 - 40) * 64 / 640)


def test_that_a_pause_is_over_when_the_trainer_says_so(
    training: TrainingModel, sent: list[TrainerCommand]
) -> None:
    training.pause()
    assert training.state == "training"
    training.take(Paused(12))
    assert (training.state, training.step) == ("paused", 12)
    training.go_on()
    training.take(Continued(12))
    assert training.state == "training"
    assert sent[-2:] == [Pause(), Continue()]


def test_that_a_change_shows_in_the_config_once_it_holds(
    training: TrainingModel, sent: list[TrainerCommand]
) -> None:
    training.change("method.independence.enabled", False)
    assert training.config is not None
    assert flat(training.config)["method.independence.enabled"]
    training.take(SettingChanged(5, "method.independence.enabled", False))
    assert not flat(training.config)["method.independence.enabled"]
    assert sent[-1] == Change("method.independence.enabled", False)


def test_that_stop_says_whether_to_keep(
    training: TrainingModel, sent: list[TrainerCommand]
) -> None:
    training.stop(keep=False)
    assert sent[-1] == Stop(keep=False)
    assert training.state == "stopping"


def test_that_a_new_trainer_is_told_what_to_draw(
    model: TrainingModel, sent: list[TrainerCommand]
) -> None:
    model.watch(Watch(2.0, "random:3"))
    model.lost()
    model.restarted()
    assert sent == [Watch(2.0, "random:3")] * 2
    assert model.state == "loading"


def test_that_a_run_is_resumed_with_its_changes(
    model: TrainingModel, sent: list[TrainerCommand], run: Path
) -> None:
    RunFolder(run).record_change(3, "method.independence.weight", 0.5)
    model.take(READY)
    model.resume(run, 2000)
    assert model.config is not None
    assert flat(model.config)["method.independence.weight"] == 0.5
    assert sent == [Resume(str(run), 2000)]


def test_that_a_folder_without_a_run_is_not_resumed(
    model: TrainingModel, sent: list[TrainerCommand], tmp_path: Path
) -> None:
    model.take(READY)
    with pytest.raises(RunError, match="is no run"):
        model.resume(tmp_path)
    assert model.state == "idle"
    assert sent == []
