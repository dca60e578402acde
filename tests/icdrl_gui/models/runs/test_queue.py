"""The configs that wait, over restarts and broken files."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from core.config import RunConfig
from core.config.methods import VAEConfig
from core.presets import load_preset
from icdrl_gui.models.runs.queue import QueueModel, differences, summary


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where the queue is kept."""
    return tmp_path / "config" / "queue.json"


@pytest.fixture
def queue(qtbot: QtBot, path: Path) -> QueueModel:
    """Return an empty queue that Qt checks at every change."""
    queue = QueueModel(path=path)
    QAbstractItemModelTester(
        queue, QAbstractItemModelTester.FailureReportingMode.Warning, parent=queue
    )
    return queue


@pytest.fixture
def troubles(queue: QueueModel) -> list[str]:
    """Return what goes wrong."""
    troubles: list[str] = []
    queue.trouble.connect(troubles.append)
    return troubles


def seeds(queue: QueueModel) -> list[int]:
    """Return the seeds of what waits, in order."""
    return [config.seed for config in queue.configs]


def fill(queue: QueueModel, count: int) -> None:
    """Add configs with the seeds 0, 1, 2, ..."""
    for seed in range(count):
        queue.add(RunConfig(seed=seed))


def test_that_the_first_in_is_the_first_out(queue: QueueModel) -> None:
    fill(queue, 2)
    for seed in (0, 1):
        assert queue.next == RunConfig(seed=seed)
        queue.remove(0)
    assert queue.next is None


def test_that_a_held_queue_gives_nothing(queue: QueueModel, qtbot: QtBot) -> None:
    fill(queue, 1)
    with qtbot.waitSignal(queue.changed):
        queue.set_paused(True)
    assert queue.next is None
    queue.set_paused(False)
    assert queue.next == RunConfig(seed=0)


@pytest.mark.parametrize(
    ("row", "to", "order"),
    [
        (0, 1, [1, 0, 2, 3]),
        (0, 3, [1, 2, 3, 0]),
        (3, 0, [3, 0, 1, 2]),
        (2, 1, [0, 2, 1, 3]),
        (0, -1, [0, 1, 2, 3]),
        (3, 4, [0, 1, 2, 3]),
        (2, 2, [0, 1, 2, 3]),
    ],
)
def test_that_items_move(queue: QueueModel, row: int, to: int, order: list[int]) -> None:
    fill(queue, 4)
    queue.move(row, to)
    assert seeds(queue) == order


def test_that_an_item_can_be_taken_out(queue: QueueModel) -> None:
    fill(queue, 3)
    queue.remove(1)
    assert seeds(queue) == [0, 2]


def test_that_what_waits_is_there_at_the_next_start_and_held(
    queue: QueueModel, path: Path, qtbot: QtBot
) -> None:
    fill(queue, 3)
    queue.move(2, 0)
    queue.remove(0)
    again = QueueModel(path=path)
    again.restore()
    assert seeds(again) == [0, 1]
    assert again.paused


def test_that_without_a_file_the_queue_is_empty_and_runs(
    queue: QueueModel, troubles: list[str]
) -> None:
    queue.restore()
    assert queue.configs == []
    assert not queue.paused
    assert troubles == []


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{",
        '{"configs": [1]}',
        '{"configs": [{"batch_size": 1}]}',
        '{"configs": [{"schema": 99}]}',
        "\x00\xff",
    ],
)
def test_that_a_broken_file_is_told_once_and_kept_aside(
    queue: QueueModel, troubles: list[str], path: Path, content: str
) -> None:
    path.parent.mkdir()
    path.write_text(content, encoding="latin-1")
    queue.restore()
    [sentence] = troubles
    assert "The queue could not be read" in sentence
    assert queue.configs == []
    [aside] = path.parent.glob("queue-broken-*.json")
    assert str(aside) in sentence
    assert aside.read_text(encoding="latin-1") == content
    queue.add(RunConfig())
    assert len(json.loads(path.read_text(encoding="utf-8"))["configs"]) == 1


def test_that_a_queue_that_cannot_be_written_still_works(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    queue = QueueModel(path=tmp_path / "file" / "queue.json")
    with qtbot.waitSignal(queue.trouble, check_params_cb=says("Cannot write the queue")):
        queue.add(RunConfig(seed=4))
    assert queue.next == RunConfig(seed=4)


def says(words: str) -> Callable[[str], bool]:
    """Check that a sentence contains these words."""
    return lambda sentence: words in sentence


def test_that_the_queue_lies_beside_the_preferences(qtbot: QtBot) -> None:
    queue = QueueModel()
    queue.add(RunConfig())
    assert list(Path.home().rglob("queue.json"))


def test_that_a_row_says_what_will_be_trained(queue: QueueModel) -> None:
    config = load_preset("dsprites-quick-tcgan").config.model_copy(update={"seed": 7})
    queue.add(config)
    index = queue.index(0)
    what = "dsprites-quick-tcgan · TC-GAN · constraint gaussian"
    assert index.data() == f"{what} · seed 7 · 3,000 steps"
    assert "seed = 7" in index.data(Qt.ItemDataRole.ToolTipRole)
    assert differences(config) == ["seed = 7"]
    config = RunConfig(method=VAEConfig(codes=4), seed=1)
    assert summary(config) == "dsprites · VAE · seed 1 · 57,600 steps"
    assert differences(config) == ["method.codes = 4", "seed = 1"]
