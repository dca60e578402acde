import math
import subprocess
import sys

import numpy as np
import pytest

from core.analysis import Summary, paired_difference, summarise


def test_that_a_single_score_has_no_spread() -> None:
    assert summarise([0.3]) == Summary(1, 0.3)


def test_that_equal_scores_have_a_spread_of_zero() -> None:
    assert summarise([0.25] * 7) == Summary(7, 0.25, 0.0, 0.25, 0.25)


def test_that_mean_and_deviation_are_those_of_a_sample() -> None:
    found = summarise([1.0, 2.0, 4.0])
    assert found.n == 3
    assert found.mean == pytest.approx(7 / 3)
    assert found.sd == pytest.approx(math.sqrt(7 / 3))


def test_that_an_infinite_score_makes_the_mean_infinite_without_a_spread() -> None:
    assert summarise([1.0, math.inf]) == Summary(2, math.inf)


@pytest.mark.parametrize("scores", [[], [0.5, math.nan]])
def test_that_no_scores_and_no_numbers_are_refused(scores: list[float]) -> None:
    with pytest.raises(ValueError, match="at least one score, and numbers only"):
        summarise(scores)


def test_that_the_interval_is_as_wide_as_theory_has_it() -> None:
    scores = np.random.default_rng(1).normal(2.0, 1.0, 400)
    found = summarise(scores)
    assert found.low is not None
    assert found.high is not None
    assert found.low < found.mean < found.high
    assert found.high - found.low == pytest.approx(2 * 1.96 * scores.std() / 20, rel=0.08)


def test_that_the_interval_holds_the_mean_about_as_often_as_it_claims() -> None:
    rng = np.random.default_rng(2)
    held = 0
    for _ in range(300):
        found = summarise(rng.normal(0.0, 1.0, 30))
        assert found.low is not None
        assert found.high is not None
        held += found.low <= 0 <= found.high
    assert 0.90 <= held / 300 <= 0.98


def test_that_the_interval_of_few_scores_stays_within_them() -> None:
    found = summarise([0.125, 0.25, 0.625])
    assert (found.low, found.high) == (0.125, 0.625)


def test_that_another_process_finds_the_same_to_the_last_digit() -> None:
    scores = np.random.default_rng(3).random(9).tolist()
    program = f"from core.analysis import summarise; print(repr(summarise({scores})))"
    finished = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert finished.stdout.strip() == repr(summarise(scores))


def test_that_differences_are_taken_seed_by_seed() -> None:
    ours, theirs = {0: 1.0, 1: 5.0, 2: 3.0}, {1: 4.5, 0: 0.5, 9: 100.0}
    assert paired_difference(ours, theirs) == Summary(2, 0.5, 0.0, 0.5, 0.5)


@pytest.mark.parametrize("theirs", [{}, {1: 2.0}, {0: math.inf}])
def test_that_arms_without_a_common_seed_have_no_difference(theirs: dict[int, float]) -> None:
    assert paired_difference({0: 1.0}, theirs) is None


def test_that_statistics_need_neither_torch_nor_qt() -> None:
    program = (
        "import sys, core.analysis\nprint(*{'torch', 'PySide6', 'pyqtgraph'} & sys.modules.keys())"
    )
    finished = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert finished.stdout.strip() == ""
