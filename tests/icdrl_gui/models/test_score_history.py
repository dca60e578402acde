from collections.abc import Callable

from core.protocol import Evaluated
from core.runs import RunFolder
from icdrl_gui.models.score_history import ScoreHistory


def test_that_scores_are_read_with_what_is_blank_or_damaged_left_out(
    make_run: Callable[..., RunFolder],
) -> None:
    run = make_run()
    run.scores.write_text(
        "step,images,protocol,mig,dci,correlation.c1.c2\n"
        "20,2000,live,0.25,,0.5\n"
        "20,20000,full,0.125,0.75,0.5\n"
        "oops\n"
        "10,2000,,0.5,inf,0.5\n"
    )
    history = ScoreHistory.read(run)
    assert [(row.step, row.protocol) for row in history.rows()] == [
        (10, "live"),
        (20, "live"),
        (20, "full"),
    ]
    assert history.at("live") == history.at("live", 20)
    found = history.at("full")
    assert found is not None
    assert (found.images, found.values) == (20_000, {"mig": 0.125, "dci": 0.75})
    assert history.names == ("mig", "dci")
    assert history.at("full", 10) is None


def test_that_a_run_without_scores_has_none(make_run: Callable[..., RunFolder]) -> None:
    history = ScoreHistory.read(make_run())
    assert (len(history), history.names, history.at("live")) == (0, (), None)
    assert history.curve("mig") is None


def test_that_a_step_evaluated_anew_counts_once(evaluation: Callable[..., Evaluated]) -> None:
    history = ScoreHistory()
    for value in (0.1, 0.2):
        history.add(evaluation(10, mig=value))
    history.add(evaluation(20))
    found = history.curve("mig")
    assert found is not None
    assert [list(each.values) for each in found] == [[10, 20], [0.2, 0.01]]


def test_that_a_score_which_only_full_evaluations_have_is_drawn_from_those(
    evaluation: Callable[..., Evaluated],
) -> None:
    history = ScoreHistory()
    history.add(evaluation(10))
    history.add(evaluation(10, "full", dci=0.5))
    found = history.curve("dci")
    assert found is not None
    assert list(found[1].values) == [0.5]


def test_that_a_resumed_run_forgets_what_came_later(evaluation: Callable[..., Evaluated]) -> None:
    history = ScoreHistory()
    for step in (10, 20, 30):
        history.add(evaluation(step))
    history.cut_back(20)
    assert [row.step for row in history.rows()] == [10, 20]
