from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from core.protocol import Evaluate, Evaluated, Started
from core.runs import RunFolder
from icdrl_gui.models.runs.histories import HistoryModel
from icdrl_gui.models.runs.shown_run import ShownRun
from icdrl_gui.models.scores.scores import ScoresModel

Evaluation = Callable[..., Evaluated]


class Desk:
    """The model with what stands around it."""

    def __init__(self, qtbot: QtBot, explorer: Any) -> None:
        self._qtbot = qtbot
        self.explorer = explorer
        self.history, self.shown = HistoryModel(), ShownRun()
        self.model = ScoresModel(explorer, self.history, self.shown)
        self.model.scored.connect(self.history.take_scores)
        self.trouble: list[str] = []
        self.told: list[str] = []
        self.model.trouble.connect(self.trouble.append)
        self.model.told.connect(self.told.append)

    def show(self, *runs: RunFolder) -> None:
        self.history.show_runs([run.path for run in runs])
        self.shown.show(runs[0].path)
        self.settle()

    def settle(self) -> None:
        self._qtbot.waitUntil(lambda: not self.history.reading)


@pytest.fixture
def desk(qtbot: QtBot, explorer: Any) -> Iterator[Desk]:
    desk = Desk(qtbot, explorer)
    yield desk
    desk.history.close()


def test_that_the_scores_of_a_training_join_those_of_its_file(
    desk: Desk, make_run: Callable[..., RunFolder], evaluation: Evaluation, qtbot: QtBot
) -> None:
    run = make_run()
    run.record_row(run.scores, {"step": 500, "images": 2000, "protocol": "live", "mig": 0.5})
    desk.history.take_start(Started(str(run.path), 500, resumed=True))
    with qtbot.waitSignal(desk.model.scores_changed):
        desk.history.take_evaluation(evaluation(1000))
    desk.settle()
    (history,) = desk.model.histories
    assert [row.step for row in history.scores.rows("live")] == [500, 1000]
    assert desk.model.names == ("mig", "total_correlation")


def test_that_full_evaluations_are_compared_once_all_runs_have_one_unless_chosen_otherwise(
    desk: Desk, make_run: Callable[..., RunFolder], evaluation: Evaluation
) -> None:
    first, second = make_run("a"), make_run("b")
    desk.show(first, second)
    chosen = []
    for run in (first, second):
        chosen.append(desk.model.mode)
        for mode in ("live", "full"):
            desk.history.take_scores(run.path, evaluation(1000, mode))
        if run is first:
            desk.history.take_scores(second.path, evaluation(1000))
    assert [*chosen, desk.model.mode] == ["live", "live", "full"]
    desk.model.choose_mode("live")
    assert desk.model.mode == "live"
    assert desk.model.recipe().steps == (1000, 1000)


def test_that_a_run_is_evaluated_at_the_step_on_show(
    desk: Desk, make_run: Callable[..., RunFolder]
) -> None:
    run = make_run()
    desk.show(run)
    desk.shown.show_step(500)
    assert (desk.model.can_evaluate, desk.model.shown_name) == (True, "first at step 500")
    desk.model.evaluate()
    assert (desk.model.can_evaluate, desk.model.evaluated) == (False, "first")
    assert desk.explorer.last("evaluation") == Evaluate(0, str(run.path), 500)
    desk.explorer.answer("evaluation")
    assert desk.model.evaluated == ""
    assert desk.told == ["DCI needs more rows."]
    (history,) = desk.model.histories
    assert history.scores.at("full", 500) is not None


def test_that_an_evaluation_is_given_up_or_refused(
    desk: Desk, make_run: Callable[..., RunFolder]
) -> None:
    desk.model.evaluate()
    assert desk.trouble == ["A run needs a snapshot to be evaluated: open one, or train one."]
    desk.show(make_run())
    desk.model.evaluate()
    desk.model.cancel()
    assert desk.explorer.cancelled == ["evaluation"]
    assert desk.model.can_evaluate
    desk.model.evaluate()
    desk.explorer.refuse("evaluation", "The disk is full.")
    assert (desk.trouble[1:], desk.model.can_evaluate) == (["The disk is full."], True)


def test_that_a_run_of_data_without_factors_is_named(
    desk: Desk, make_run: Callable[..., RunFolder], evaluation: Evaluation
) -> None:
    blind, seeing = make_run("blind"), make_run("seeing")
    for run, mig in ((blind, ""), (seeing, 0.5)):
        row = {"step": 10, "images": 2000, "protocol": "live", "total_correlation": 0.1, "mig": mig}
        run.record_row(run.scores, row)
    desk.show(seeing)
    assert desk.model.notice() == ""
    desk.show(blind, seeing)
    assert desk.model.notice().startswith("blind was not scored against known factors")
    desk.show(blind)
    assert desk.model.notice().startswith("None of the shown runs was scored against known factors")


def test_that_scores_of_a_run_that_is_being_read_are_not_lost(
    desk: Desk, make_run: Callable[..., RunFolder], evaluation: Evaluation, tmp_path: Path
) -> None:
    run = make_run()
    desk.history.show_runs([run.path])
    event = evaluation(1000, "full")
    run.record_row(run.scores, {"step": 1000, "images": 20_000, "protocol": "full", "mig": 0.5})
    desk.history.take_scores(run.path, event)
    desk.settle()
    (history,) = desk.model.histories
    assert history.scores.at("full", 1000) is not None
    desk.history.take_scores(tmp_path / "elsewhere", event)
