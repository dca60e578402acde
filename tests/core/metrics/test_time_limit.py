import numpy as np
import pytest

from core.metrics import METRICS
from core.metrics.report import report
from core.metrics.score import Score, Slices
from core.metrics.time_limit import OverTimeError, TimeLimit

SCORE = Score(1.0, 0.0, 1.0, "higher")


def endless() -> Slices[Score]:
    while True:
        yield


def quick() -> Slices[Score]:
    yield
    return SCORE


def outcome(work: Slices[Score]) -> Score:
    while True:
        try:
            next(work)
        except StopIteration as done:
            return done.value  # type: ignore[no-any-return]


def test_that_endless_work_is_given_up_and_what_comes_after_it_is_done() -> None:
    exceeded: dict[str, float] = {}
    limit = TimeLimit(0.2, exceeded)
    with pytest.raises(OverTimeError, match="takes longer than scores may while training"):
        outcome(limit.hold("endless", endless()))
    assert exceeded == {"endless": 0.1}
    assert outcome(limit.hold("quick", quick())) is SCORE


def test_that_what_took_too_long_before_is_begun_again_only_with_more_time() -> None:
    exceeded = {"quick": 1.0}
    with pytest.raises(OverTimeError):
        outcome(TimeLimit(2.0, exceeded).hold("quick", quick()))
    assert outcome(TimeLimit(20.0, exceeded).hold("quick", quick())) is SCORE


def test_that_a_report_within_its_time_is_as_without_a_limit() -> None:
    generator = np.random.default_rng(0)
    factors, codes = generator.integers(3, size=(60, 4)), generator.random((60, 5))
    limited = report(factors, codes, limit=TimeLimit(1000.0, {}))
    assert limited.refused == {}
    assert limited.values() == report(factors, codes).values()


def test_that_scores_without_any_time_are_all_named() -> None:
    generator = np.random.default_rng(0)
    factors, codes = generator.integers(3, size=(60, 4)), generator.random((60, 5))
    found = report(factors, codes, limit=TimeLimit(0.0, {}))
    assert found.scores == {}
    assert set(found.refused) == {name for name, metric in METRICS.items() if metric.default}
    assert found.mutual_information is not None
