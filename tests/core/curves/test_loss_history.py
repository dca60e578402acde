from pathlib import Path

import numpy as np
import pytest

from core.config import RunConfig
from core.curves.loss_history import LossHistory, Mark
from core.protocol import Losses
from core.runs import RunFolder


def losses(step: int, wall_time: float = 0.0, **values: float) -> Losses:
    return Losses(step, step / 10, wall_time or 1000.0 + step, 640.0, values)


def numbers(history: LossHistory, name: str) -> list[float]:
    column = history.column(name)
    assert column is not None
    return list(map(float, column.values))


@pytest.fixture
def history() -> LossHistory:
    history = LossHistory(Path("run"))
    for step in (20, 40, 60, 80):
        history.append(losses(step, generator=step / 20))
    return history


def test_that_reports_become_rows(history: LossHistory) -> None:
    assert len(history) == 4
    assert history.last_step == 80
    assert history.scalars == ("generator", "images_per_s")
    assert numbers(history, "generator") == [1, 2, 3, 4]
    assert numbers(history, "trained_s") == [2, 4, 6, 8]


def test_that_a_scalar_that_comes_and_goes_leaves_gaps(history: LossHistory) -> None:
    history.append(losses(100, tc_plugin=0.5))
    assert np.array_equal(numbers(history, "generator"), [1, 2, 3, 4, np.nan], equal_nan=True)
    assert np.array_equal(numbers(history, "tc_plugin"), [np.nan] * 4 + [0.5], equal_nan=True)


def test_that_a_report_that_is_known_already_is_not_taken_in_twice(history: LossHistory) -> None:
    assert not history.append(losses(80, generator=9.0))
    assert len(history) == 4


def test_that_the_smoothed_curve_grows_with_its_run(history: LossHistory) -> None:
    smooth = history.smoothed("generator", 0.5)
    assert smooth is history.smoothed("generator", 0.5)
    history.append(losses(100, generator=5.0))
    assert smooth is not None
    assert smooth.values[-1] == pytest.approx((5 + 4 / 2 + 3 / 4 + 2 / 8 + 1 / 16) / (31 / 16))
    assert history.smoothed("unheard of", 0.5) is None


def test_that_a_run_that_is_cut_back_forgets_what_came_after(history: LossHistory) -> None:
    history.mark(41, "method.independence.enabled", False)
    history.mark(61, "method.independence.enabled", True)
    smooth = history.smoothed("generator", 0.5)
    history.cut_back(40)
    history.append(losses(60, generator=7.0))
    assert numbers(history, "generator") == [1, 2, 7]
    assert smooth is not None
    assert smooth.values[-1] == pytest.approx((7 + 2 / 2 + 1 / 4) / (7 / 4))
    assert [mark.step for mark in history.marks] == [41]


def test_that_a_mark_stands_where_its_step_was_on_each_axis(history: LossHistory) -> None:
    history.mark(41, "method.independence.enabled", False)
    assert history.marks_over("step") == [(41.0, "independence.enabled: off")]
    assert history.marks_over("trained_s") == [(6.0, "independence.enabled: off")]
    assert history.marks_over("wall_time") == [(1060.0, "independence.enabled: off")]
    history.mark(81, "method.independence.weight", 2.5)
    assert history.marks_over("trained_s")[-1] == (8.0, "independence.weight: 2.5")


def test_that_a_change_is_marked_once_though_file_and_trainer_both_tell_it(
    history: LossHistory,
) -> None:
    for _ in range(2):
        history.mark(41, "method.independence.weight", 2.5)
    assert len(history.marks) == 1


def test_that_a_clock_that_is_set_back_does_not_turn_the_curve_back(history: LossHistory) -> None:
    history.append(losses(100, wall_time=5.0))
    assert numbers(history, "wall_time")[-1] == 1080.0


def test_that_a_run_is_read_from_its_folder(tmp_path: Path) -> None:
    run = RunFolder.create(tmp_path / "run", RunConfig())
    run.save_labels({"name": "mine"})
    row = {"step": 20, "trained_s": "1.0", "wall_time": "5.0", "generator": 2.5, "tc_plugin": ""}
    run.record_row(run.losses, row)
    run.record_change(7, "method.independence.enabled", False)
    history = LossHistory.read(run.path)
    before, after = history.config_at(6), history.config_at()
    assert before is not None
    assert before.method.constraint is not None
    assert before.method.constraint.enabled
    assert after is not None
    assert after.method.constraint is not None
    assert not after.method.constraint.enabled
    assert history.name == "mine"
    assert numbers(history, "generator") == [2.5]
    assert [mark.sentence for mark in history.marks] == ["independence.enabled: off"]
    level = history.level("information")
    assert level is not None
    assert level[0] == pytest.approx(5.428, abs=1e-3)
    assert level[1] == "ignoring the image"
    assert history.level("generator") is None
    assert not history.trouble


def test_that_damaged_lines_cost_only_themselves(tmp_path: Path) -> None:
    run = RunFolder.create(tmp_path / "run", RunConfig())
    run.losses.write_text("step,trained_s,wall_time,generator\n20,1,5,2.5\n40,garbage\n")
    assert LossHistory.read(run.path).trouble.endswith("has 1 damaged row, left out of the curves.")
    (run.path / "changes.jsonl").write_text("garbage\n")
    history = LossHistory.read(run.path)
    assert len(history) == 1
    assert not history.marks


def test_that_a_weight_of_one_is_no_switch() -> None:
    assert Mark(7, "method.independence.weight", 1.0).sentence == "independence.weight: 1.0"
    assert Mark(7, "method.independence.enabled", True).sentence == "independence.enabled: on"
