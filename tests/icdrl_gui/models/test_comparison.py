"""Two runs side by side."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pytestqt.qtbot import QtBot

from core.config import RunConfig, changed
from core.protocol import SnapshotSaved, Traverse
from core.runs import RunFolder
from icdrl_gui.models.comparison import SIDES, ComparisonModel

if TYPE_CHECKING:
    from tests.icdrl_gui.conftest import ScriptedExplorer

MakeRun = Callable[..., RunFolder]
SaveSnapshot = Callable[[RunFolder, int], Path]
SLOTS = (
    "compare left traversal",
    "compare right traversal",
    "compare left correlation",
    "compare right correlation",
)


@pytest.fixture
def runs(make_run: MakeRun) -> tuple[RunFolder, RunFolder]:
    on = make_run("on", steps=(0, 500, 1000, 1500))
    off = make_run("off", steps=(0, 500), settings={"method.independence.enabled": False})
    return on, off


@pytest.fixture
def model(
    qtbot: QtBot, explorer: "ScriptedExplorer", runs: tuple[RunFolder, RunFolder]
) -> ComparisonModel:
    model = ComparisonModel(explorer)
    model.set_active(True)
    model.show(*(run.path for run in runs))
    return model


def steps_asked(explorer: "ScriptedExplorer") -> list[int | None]:
    return [explorer.last(slot).step for slot in SLOTS]


def test_that_both_sides_are_looked_at_in_the_same_way(
    explorer: "ScriptedExplorer", model: ComparisonModel
) -> None:
    model.set_anchor("random:4")
    model.set_rule("min-max")
    model.set_columns(5)
    left, right = explorer.last("compare left traversal"), explorer.last("compare right traversal")
    assert isinstance(left, Traverse)
    assert isinstance(right, Traverse)
    assert (left.anchor, left.rule, left.columns) == ("random:4", "min-max", 5)
    assert (right.anchor, right.rule, right.columns) == ("random:4", "min-max", 5)


def test_that_the_newest_step_of_both_is_shown_and_the_pictures_come_first(
    explorer: "ScriptedExplorer", model: ComparisonModel
) -> None:
    assert model.common_step == 500
    assert tuple(slot for slot, _ in explorer.asked) == SLOTS
    assert steps_asked(explorer) == [500] * 4


def test_that_a_step_of_one_side_can_be_chosen(
    explorer: "ScriptedExplorer", model: ComparisonModel
) -> None:
    before = len(explorer.asked)
    model.choose_step("left", 1500)
    assert steps_asked(explorer) == [1500, 500, 1500, 500]
    assert len(explorer.asked) == before + 2, "the other side is not asked again"
    model.choose_step("left", None)
    assert steps_asked(explorer) == [500] * 4


def test_that_a_snapshot_moves_both_sides_to_the_step_they_now_share(
    explorer: "ScriptedExplorer",
    model: ComparisonModel,
    runs: tuple[RunFolder, RunFolder],
    save_snapshot: SaveSnapshot,
) -> None:
    explorer.answer_all()
    model.take_snapshot(SnapshotSaved(1000, str(save_snapshot(runs[1], 1000))))
    assert steps_asked(explorer) == [1000] * 4
    explorer.answer_all()
    assert model.sides["right"].traversed is not None
    assert model.sides["right"].traversed.step == 1000


def test_that_a_snapshot_of_another_run_asks_nothing(
    explorer: "ScriptedExplorer",
    model: ComparisonModel,
    make_run: MakeRun,
    save_snapshot: SaveSnapshot,
) -> None:
    before = len(explorer.asked)
    other = make_run("third")
    model.take_snapshot(SnapshotSaved(9, str(save_snapshot(other, 9))))
    assert len(explorer.asked) == before


def test_that_only_the_settings_that_differ_are_told(model: ComparisonModel) -> None:
    assert model.differences == (("method.independence.enabled", "on", "off"),)


def test_that_a_setting_changed_while_training_is_told(
    model: ComparisonModel, runs: tuple[RunFolder, RunFolder]
) -> None:
    runs[0].record_change(600, "method.independence.weight", 0.25)
    model.take_change(object())
    weights = next(each for each in model.differences if each[0].endswith("independence.weight"))
    assert weights[1] == "0.25"
    assert len(model.differences) == 2


def test_that_the_last_evaluations_are_told(
    model: ComparisonModel, runs: tuple[RunFolder, RunFolder]
) -> None:
    assert model.sides["left"].total_correlation is None
    runs[0].record_row(runs[0].scores, {"step": 1000, "total_correlation": 0.03})
    model.set_active(True)
    assert model.sides["left"].total_correlation == 0.03


def test_that_nothing_is_asked_while_nobody_looks(
    qtbot: QtBot, explorer: "ScriptedExplorer", runs: tuple[RunFolder, RunFolder]
) -> None:
    model = ComparisonModel(explorer)
    model.show(*(run.path for run in runs))
    assert explorer.asked == []
    model.set_active(True)
    assert len(explorer.asked) == 4
    explorer.answer_all()
    model.set_active(False)
    model.set_active(True)
    assert len(explorer.asked) == 4, "what is known is not asked for again"


def test_that_left_becomes_right(explorer: "ScriptedExplorer", model: ComparisonModel) -> None:
    explorer.answer_all()
    model.swap()
    assert model.sides["left"].run.name == "off"
    assert model.differences == (("method.independence.enabled", "off", "on"),)
    assert explorer.last("compare left traversal").run.endswith("off")


def test_that_answers_for_the_runs_before_are_not_waited_for(
    explorer: "ScriptedExplorer", model: ComparisonModel, make_run: MakeRun
) -> None:
    assert model.busy
    third = make_run("third")
    model.show(third.path, third.path)
    assert set(explorer.cancelled) == set(SLOTS)
    explorer.answer_all()
    assert not model.busy
    assert model.differences == ()


def test_that_a_run_that_can_not_be_read_changes_nothing(
    qtbot: QtBot, model: ComparisonModel, tmp_path: Path
) -> None:
    before = dict(model.sides)
    with qtbot.waitSignal(model.trouble):
        model.show(tmp_path / "nothing", tmp_path / "nothing")
    assert model.sides == before


def test_that_what_was_refused_is_asked_again_later(
    qtbot: QtBot, explorer: "ScriptedExplorer", model: ComparisonModel
) -> None:
    with qtbot.waitSignal(model.trouble) as trouble:
        explorer.refuse("compare left traversal", "The snapshot is damaged.")
    assert trouble.args == ["The snapshot is damaged."]
    model.set_active(True)
    assert "compare left traversal" in explorer.waiting


def test_that_a_deleted_run_is_forgotten_with_what_was_asked_of_it(
    qtbot: QtBot,
    explorer: "ScriptedExplorer",
    model: ComparisonModel,
    runs: tuple[RunFolder, RunFolder],
    tmp_path: Path,
) -> None:
    model.forget(tmp_path / "another")
    assert model.sides
    with qtbot.waitSignal(model.runs_changed):
        model.forget(runs[0].path)
    assert model.sides == {}
    assert set(explorer.cancelled) == set(SLOTS)
    assert not model.busy
    model.swap()
    model.set_active(True)
    model.take_change(object())


def test_that_a_run_that_was_deleted_elsewhere_is_no_trouble_at_each_change(
    qtbot: QtBot, model: ComparisonModel, runs: tuple[RunFolder, RunFolder]
) -> None:
    shutil.rmtree(runs[0].path)
    runs[1].record_change(600, "method.independence.weight", 0.25)
    with qtbot.assertNotEmitted(model.trouble):
        model.take_change(object())
    assert len(model.differences) == 2


def test_that_step_0_is_shared_only_while_a_run_has_no_other(
    model: ComparisonModel, make_run: MakeRun, save_snapshot: SaveSnapshot
) -> None:
    left, right = make_run("left", steps=(0, 250)), make_run("right", steps=(0,))
    model.show(left.path, right.path)
    assert model.common_step == 0
    save_snapshot(right, 100)
    model.set_active(True)
    assert model.common_step is None
    assert [model.step(name) for name in SIDES] == [250, 100]


def test_that_settings_of_one_method_alone_come_last(
    model: ComparisonModel, make_run: MakeRun, tmp_path: Path
) -> None:
    vae = RunFolder.create(tmp_path / "vae", changed(RunConfig(), {"method.kind": "vae"}))
    model.show(make_run("gan").path, vae.path)
    lacking = ["–" in (left, right) for _, left, right in model.differences]
    assert model.differences[0] == ("method.kind", "tc_gan", "vae")
    assert lacking == sorted(lacking)
    assert ("method.codes", "–", "10") in model.differences
