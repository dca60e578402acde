from collections.abc import Callable
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from core.protocol import Correlate, Evaluated
from core.runs import RunFolder
from icdrl_gui.models.runs.shown_run import ShownRun
from icdrl_gui.models.scores.codes import CodesModel

Evaluation = Callable[..., Evaluated]
MakeRun = Callable[..., RunFolder]

NAMES = {"k1": "shape 1", "c1": "posX .81", "c3": "posX .50"}


class Desk:
    def __init__(self, explorer: Any) -> None:
        self.explorer = explorer
        self.shown = ShownRun()
        self.model = CodesModel(explorer, self.shown)
        self.trouble: list[str] = []
        self.model.trouble.connect(self.trouble.append)

    @property
    def asked(self) -> list[tuple[int | None, bool]]:
        """Step of each request, and whether data may be prepared for it."""
        requests = [request for _, request in self.explorer.asked]
        return [(each.step, each.prepares) for each in requests if isinstance(each, Correlate)]


@pytest.fixture
def desk(qtbot: QtBot, explorer: Any) -> Desk:
    return Desk(explorer)


def test_that_the_codes_of_a_run_on_show_are_named_after_what_they_follow(
    desk: Desk, make_run: MakeRun
) -> None:
    run = make_run()
    desk.shown.show(run.path)
    assert desk.asked == [(1000, False)]
    assert desk.shown.names == {}
    desk.explorer.answer("codes")
    assert desk.shown.names == NAMES
    desk.shown.rename_code("c1", "to the right")
    assert desk.shown.names == NAMES | {"c1": "to the right"}
    assert desk.model.name("c1") == "to the right"
    assert desk.model.title() == "first · step 1,000 · 2,000 real images"


def test_that_another_step_is_asked_about_and_one_that_is_known_is_not(
    desk: Desk, make_run: MakeRun
) -> None:
    desk.shown.show(make_run().path)
    desk.explorer.answer("codes")
    desk.shown.show_step(500)
    desk.shown.refresh_steps()
    assert desk.asked == [(1000, False), (500, False)]
    desk.explorer.answer("codes")
    desk.model.set_active(True)
    assert len(desk.asked) == 2


@pytest.mark.parametrize("refused", [False, True])
def test_that_an_answer_about_a_step_that_was_left_changes_nothing(
    desk: Desk, make_run: MakeRun, refused: bool
) -> None:
    desk.shown.show(make_run().path)
    desk.explorer.answer("codes")
    desk.shown.show_step(500)
    desk.shown.show_step(1000)
    if refused:
        desk.explorer.refuse("codes", "The disk is full.")
    else:
        desk.explorer.answer("codes")
    assert desk.model.found is not None
    assert desk.model.found.step == 1000
    assert (desk.shown.names, desk.model.busy, desk.trouble) == (NAMES, False, [])
    desk.shown.show_step(500)
    assert desk.asked == [(1000, False), (500, False), (500, False)]
    desk.explorer.answer("codes")
    assert desk.model.found.step == 500


def test_that_data_is_prepared_only_for_somebody_who_looks(desk: Desk, make_run: MakeRun) -> None:
    desk.shown.show(make_run().path)
    desk.explorer.refuse("codes", "dsprites is not prepared yet.")
    assert (desk.trouble, desk.model.sentence) == ([], "dsprites is not prepared yet.")
    desk.shown.refresh_steps()
    assert desk.asked == [(1000, False)]
    desk.model.set_active(True)
    assert desk.asked[1:] == [(1000, True)]
    desk.explorer.refuse("codes", "The disk is full.")
    assert desk.trouble == ["The disk is full."]


def test_that_the_run_in_training_is_followed_by_its_own_evaluations(
    desk: Desk, make_run: MakeRun, evaluation: Evaluation, save_snapshot: Callable[..., Any]
) -> None:
    run = make_run(steps=(0,))
    desk.model.follow_training(run.path)
    desk.shown.show(run.path)
    assert desk.asked == []
    desk.model.take_evaluation(evaluation(100))
    assert desk.shown.follows == NAMES
    save_snapshot(run, 150)
    desk.shown.refresh_steps()
    assert desk.asked == []
    desk.shown.show_step(0)
    assert desk.asked == [(0, False)]
    desk.explorer.answer("codes")
    desk.model.take_evaluation(evaluation(200))
    assert desk.model.found is not None
    assert desk.model.found.step == 0


def test_that_a_finished_training_leaves_nothing_to_ask(
    desk: Desk, make_run: MakeRun, evaluation: Evaluation
) -> None:
    run = make_run(steps=(0, 100))
    desk.model.follow_training(run.path)
    desk.shown.show(run.path)
    desk.explorer.answer("codes")
    desk.model.take_evaluation(evaluation(100, "full"))
    desk.model.follow_training(None)
    assert desk.asked == [(100, False)]


def test_that_an_evaluation_of_another_run_names_nothing(
    desk: Desk, make_run: MakeRun, evaluation: Evaluation
) -> None:
    shown, other = make_run("a"), make_run("b")
    desk.shown.show(shown.path)
    desk.explorer.answer("codes")
    desk.model.follow_training(other.path)
    desk.model.take_evaluation(evaluation(5))
    desk.model.take_scores(other.path, evaluation(1000, "full"))
    assert desk.model.found is not None
    assert (desk.model.found.step, desk.model.found.images) == (1000, 2000)
    desk.model.take_scores(shown.path, evaluation(1000, "full"))
    assert desk.model.found.images == 20_000


def test_that_names_go_with_the_run(desk: Desk, make_run: MakeRun) -> None:
    desk.shown.show(make_run("a").path)
    desk.explorer.answer("codes")
    desk.shown.show(make_run("b", steps=()).path)
    assert (desk.shown.names, desk.model.found) == ({}, None)
    desk.shown.close()
    assert (desk.model.codes, desk.model.title()) == ((), "")
