from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from core.runs import RunFolder


@pytest.fixture
def moves(bench: Any, make_run: Callable[..., RunFolder], keep_concept: Callable[..., Any]) -> Any:
    """A run with the concepts "sum", c1 + c2, and "first", c1 - c2; noise 2, k1 4, c1, c2, c3."""
    run = make_run()
    keep_concept(run, 1000, "sum", "c1 + c2")
    keep_concept(run, 1000, "first", "c1")
    bench.shown.show(run.path)
    return bench.moves


def codes(bench: Any) -> list[float]:
    return [round(float(each), 6) for each in bench.exploration.latent[-3:]]


def test_that_asking_moves_the_codes_and_nothing_else(bench: Any, moves: Any) -> None:
    noise = bench.exploration.latent[:6].copy()
    moves.ask("sum", 0.5)
    assert codes(bench) == [0.25, 0.25, 0]
    np.testing.assert_array_equal(bench.exploration.latent[:6], noise)
    assert moves.value(moves.concepts[0]) == pytest.approx(0.5)
    assert bench.exploration.undo_text == "Set sum"
    bench.exploration.undo()
    assert codes(bench) == [0, 0, 0]


def test_that_a_drag_is_one_step_and_leads_back_where_it_began(bench: Any, moves: Any) -> None:
    for value in (0.4, 3.0, 1.9, 0.2):
        moves.ask("sum", value, changing=True)
    moves.ask("sum", 0.0)
    assert codes(bench) == [0, 0, 0]
    assert bench.exploration.undo_text == ""


def test_that_others_can_be_held(bench: Any, moves: Any) -> None:
    moves.set_hold_others(True)
    moves.ask("sum", 0.5)
    assert codes(bench) == [0, 0.5, 0]
    moves.ask("sum", 1.8)
    assert codes(bench) == [0, 1, 0]
    assert moves.is_out_of_reach(moves.concepts[0])


def test_that_out_of_reach_is_told_until_something_else_is_edited(bench: Any, moves: Any) -> None:
    total, first = moves.concepts
    moves.ask("sum", 5.0)
    assert codes(bench) == [1, 1, 0]
    assert moves.is_out_of_reach(total)
    assert not moves.is_out_of_reach(first)
    assert moves.asked == ("sum", 5.0)
    bench.exploration.set_code("c1", 0.0)
    assert moves.asked is None
    assert not moves.is_out_of_reach(total)


def test_that_a_run_of_other_codes_has_none_of_them(
    bench: Any, moves: Any, make_run: Callable[..., RunFolder]
) -> None:
    bench.shown.show(make_run("other", settings={"method.latent.continuous_codes": 2}).path)
    assert moves.concepts == ()
    moves.ask("sum", 1.0)
    assert bench.exploration.undo_text == ""
