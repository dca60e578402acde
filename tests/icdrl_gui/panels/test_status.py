"""The status line, from loading to the end of a run."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QProgressBar
from pytestqt.qtbot import QtBot

from core.config import RunConfig
from core.protocol import Losses, Paused, Preparing, Ready, Started, Usage
from core.runs import RunFolder
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
def line(qtbot: QtBot, training: TrainingModel) -> StatusLine:
    """Return the line that follows it."""
    line = StatusLine(training)
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
    training.take(Usage("cpu", 2, 2**30))
    assert "CPU, 2 threads · 1.0 GiB" in shown(line)
    training.take(Usage("cpu", 1, 2**30))
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
