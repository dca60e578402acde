"""The status line, from loading to the end of a run."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QProgressBar
from pytestqt.qtbot import QtBot

from core.config import RunConfig
from core.protocol import Ended, Losses, Paused, Preparing, Ready, Started, Usage
from core.runs import RunFolder
from icdrl_gui.models.runs.shown_run import ShownRun
from icdrl_gui.models.training import TrainingModel
from icdrl_gui.panels.status import StatusLine


def shown(line: StatusLine) -> str:
    """Return every text of the line, in order."""
    return " | ".join(label.text() for label in line.findChildren(QLabel))


@pytest.fixture
def training(qtbot: QtBot) -> TrainingModel:
    """Return a trainer that is loading."""
    return TrainingModel(lambda command: None)


@pytest.fixture
def shown_run(qtbot: QtBot) -> ShownRun:
    """Return what is looked at: nothing yet."""
    return ShownRun()


@pytest.fixture
def line(qtbot: QtBot, training: TrainingModel, shown_run: ShownRun) -> StatusLine:
    """Return the line that follows it."""
    line = StatusLine(training, shown_run)
    qtbot.addWidget(line)
    return line


def test_that_the_line_tells_of_a_whole_run(
    training: TrainingModel, line: StatusLine, tmp_path: Path
) -> None:
    assert "Starting the trainer" in shown(line)
    training.take(Ready(("cpu",), "cpu", 2, {}, ()))
    assert shown(line).startswith("Ready")
    training.start(RunConfig(), tmp_path)
    training.take(Preparing("Drawing dsprites", 1000, 737_280))
    assert "Drawing dsprites: 1,000 of 737,280 images" in shown(line)
    RunFolder.create(tmp_path / "run", RunConfig(steps=57_600))
    training.take(Started(str(tmp_path / "run"), 0, resumed=False))
    assert "– left" in shown(line)
    training.take(Losses(12_031, 1.0, 0.0, 800.0, {}))
    assert "step 12,031/57,600 · 800 images/s · 1:00:46 left" in shown(line)
    training.take(Usage(12_031, "cpu", 2, 2**30))
    assert "CPU, 2 threads · 1.0 GiB" in shown(line)
    training.take(Usage(12_031, "cpu", 1, 2**30))
    assert "CPU, 1 thread · 1.0 GiB" in shown(line)
    training.take(Paused(12_040))
    assert shown(line).startswith("Paused | step 12,040/57,600")


def test_that_a_status_tip_is_not_hidden_by_the_progress_bar(
    training: TrainingModel, line: StatusLine, tmp_path: Path
) -> None:
    line.show()
    training.take(Ready(("cpu",), "cpu", 2, {}, ()))
    RunFolder.create(tmp_path / "run", RunConfig(steps=100))
    training.start(RunConfig(), tmp_path)
    training.take(Started(str(tmp_path / "run"), 0, resumed=False))
    (bar,) = line.findChildren(QProgressBar)
    assert bar.isVisible()
    line.showMessage("Halt after this step, and go on.")
    training.take(Losses(10, 1.0, 0.0, 800.0, {}))
    assert not bar.isVisible()
    line.clearMessage()
    assert bar.isVisible()


def test_that_the_step_of_a_run_that_is_over_goes_with_the_run(
    training: TrainingModel, line: StatusLine, shown_run: ShownRun, tmp_path: Path
) -> None:
    for name in ("run", "other"):
        RunFolder.create(tmp_path / name, RunConfig(steps=3000))
    training.start(RunConfig(), tmp_path)
    training.take(Started(str(tmp_path / "run"), 0, resumed=False))
    shown_run.show(tmp_path / "other")
    training.take(Usage(80, "cpu", 2, 2**30))
    assert "step 80/3,000" in shown(line), "a run in training is described whatever is shown"
    training.take(Ended(82, "stopped", "Stopped at step 82."))
    assert "step" not in shown(line)
    shown_run.show(tmp_path / "run")
    assert shown(line).startswith("Ready | step 82/3,000")
    shown_run.close()
    assert "step" not in shown(line)
