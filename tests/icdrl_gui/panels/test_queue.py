"""The view of the queue, by keyboard and mouse."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from core.config import RunConfig
from icdrl_gui.models.runs.queue import QueueModel
from icdrl_gui.panels.queue import QueueView


@pytest.fixture
def queue(qtbot: QtBot, tmp_path: Path) -> QueueModel:
    """Return an empty queue."""
    return QueueModel(path=tmp_path / "queue.json")


@pytest.fixture
def view(qtbot: QtBot, queue: QueueModel) -> QueueView:
    """Return its view, shown and with the keyboard."""
    view = QueueView(queue)
    qtbot.addWidget(view)
    view.show()
    view.activateWindow()
    return view


def seeds(queue: QueueModel) -> list[int]:
    """Return the seeds of what waits, in order."""
    return [config.seed for config in queue.configs]


def fill(queue: QueueModel, count: int) -> None:
    """Add configs with the seeds 0, 1, 2, ..."""
    for seed in range(count):
        queue.add(RunConfig(seed=seed))


def test_that_an_empty_queue_says_how_to_fill_it(view: QueueView, queue: QueueModel) -> None:
    assert view.empty.isVisible()
    assert not view.list.isVisible()
    assert not view.start.isVisible()
    fill(queue, 2)
    assert not view.empty.isVisible()
    assert view.list.isVisible()
    assert view.heading.text() == "Queue (2)"


def test_that_the_queue_is_ordered_by_keyboard(
    view: QueueView, queue: QueueModel, qtbot: QtBot
) -> None:
    fill(queue, 3)
    view.list.setFocus()
    qtbot.waitUntil(view.list.hasFocus)
    view.list.setCurrentIndex(queue.index(2))
    qtbot.keyClick(view.list, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert seeds(queue) == [0, 2, 1]
    qtbot.keyClick(view.list, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert seeds(queue) == [0, 1, 2]
    qtbot.keyClick(view.list, Qt.Key.Key_Delete)
    assert seeds(queue) == [0, 1]


def test_that_only_what_makes_sense_is_enabled(view: QueueView, queue: QueueModel) -> None:
    fill(queue, 2)
    view.list.setCurrentIndex(queue.index(0))
    assert (view.up.isEnabled(), view.down.isEnabled()) == (False, True)
    view.list.setCurrentIndex(queue.index(1))
    assert (view.up.isEnabled(), view.down.isEnabled()) == (True, False)
    view.down.trigger()
    view.up.trigger()
    assert seeds(queue) == [1, 0]
    assert (view.up.isEnabled(), view.down.isEnabled()) == (False, True)


def test_that_the_queue_can_be_held_and_let_go(
    view: QueueView, queue: QueueModel, qtbot: QtBot
) -> None:
    fill(queue, 1)
    qtbot.keyClick(view.paused, Qt.Key.Key_Space)
    assert queue.paused
    with qtbot.waitSignal(view.train_next_requested):
        qtbot.keyClick(view.start, Qt.Key.Key_Space)
    assert not queue.paused
    assert not view.paused.isChecked()
