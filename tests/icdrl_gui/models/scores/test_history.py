import math
from collections.abc import Callable

from core.protocol import Evaluated
from core.runs import RunFolder
from icdrl_gui.models.scores.history import ScoreHistory


def test_that_scores_are_read_with_what_is_blank_or_damaged_left_out(
    make_run: Callable[..., RunFolder],
) -> None:
    run = make_run()
    run.scores.write_text(
        "step,images,protocol,mig,dci,correlation.c1.c2\n"
        "20,2000,live,0.25,,0.5\n"
        "20,20000,full,0.125,0.75,0.5\n"
        "oops\n"
        "10,2000,,0.5,nan,0.5\n"
    )
    history = ScoreHistory.read(run)
    assert [(row.step, row.mode) for row in history.rows()] == [
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


def test_that_of_50_000_scores_no_more_are_shown_than_there_is_room_for(
    make_run: Callable[..., RunFolder],
) -> None:
    run = make_run()
    names = ",".join(f"score.{i}" for i in range(50_000))
    run.scores.write_text(f"step,images,mig,{names}\n20,2000,0.25{',0.5' * 50_000}\n")
    history = ScoreHistory.read(run)
    assert history.names[:2] == ("mig", "score.0")
    assert len(history.names) == 256


def test_that_a_run_without_scores_has_none(make_run: Callable[..., RunFolder]) -> None:
    history = ScoreHistory.read(make_run())
    assert (len(history), history.names, history.at("live")) == (0, (), None)
    assert history.curve("mig", "live") is None


def test_that_a_step_evaluated_anew_counts_once(evaluation: Callable[..., Evaluated]) -> None:
    history = ScoreHistory()
    for value in (0.1, 0.2):
        history.add(evaluation(10, mig=value))
    history.add(evaluation(20))
    found = history.curve("mig", "live")
    assert found is not None
    assert [list(each.values) for each in found] == [[10, 20], [0.2, 0.01]]


def test_that_an_evaluation_of_fewer_images_does_not_displace_one_of_more(
    evaluation: Callable[..., Evaluated],
) -> None:
    history = ScoreHistory()
    for images, value in ((20_000, 0.5), (40, 0.25)):
        history.add(evaluation(10, "full", images=images, mig=value))
    found = history.at("full")
    assert found is not None
    assert (found.images, found.values["mig"]) == (20_000, 0.5)


def test_that_an_infinite_score_is_kept_but_not_drawn(evaluation: Callable[..., Evaluated]) -> None:
    history = ScoreHistory()
    for step, value in ((10, 0.5), (20, math.inf)):
        history.add(evaluation(step, total_correlation=value))
    found, curve = history.at("live"), history.curve("total_correlation", "live")
    assert found is not None
    assert curve is not None
    assert found.values["total_correlation"] == math.inf
    assert list(curve[1].values) == [0.5]


def test_that_a_resumed_run_forgets_what_came_later(evaluation: Callable[..., Evaluated]) -> None:
    history = ScoreHistory()
    for step in (10, 20, 30):
        history.add(evaluation(step))
    history.cut_back(20)
    assert [row.step for row in history.rows()] == [10, 20]
