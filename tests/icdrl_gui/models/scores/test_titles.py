"""What the window says of scores is what the metrics are."""

import math

import numpy as np
import pytest

from core.metrics import METRICS
from core.metrics.catalogue import TITLES, heading_of, in_order
from core.metrics.report import columns, report
from icdrl_gui.models.scores.titles import column_of, tip


def test_that_every_score_of_the_table_has_a_title() -> None:
    assert set(TITLES) == set(columns())


def test_that_direction_range_and_need_of_factors_are_those_of_the_metrics() -> None:
    random = np.random.default_rng(0)
    factors = random.integers(0, 4, (400, 2)).astype(float)
    found = report(factors, factors + random.normal(size=factors.shape))
    for name, score in found.scores.items():
        known = TITLES[name]
        assert (known.direction, known.needs_factors) == (
            score.direction,
            METRICS[name].needs_factors,
        )
        assert ("upwards" in known.ends) == math.isinf(score.highest)
        assert ("chance" in known.ends) == (score.lowest < 0)


@pytest.mark.parametrize(
    ("name", "expected"),
    [("mig", "MIG ↑"), ("total_correlation", "TC ↓"), ("active_codes", "Active")],
)
def test_that_a_heading_shows_which_way_is_better(name: str, expected: str) -> None:
    assert heading_of(name) == expected


def test_that_a_score_that_the_window_does_not_know_is_shown_as_well() -> None:
    assert heading_of("new_score.part") == column_of("new_score.part").title == "New score part"
    assert tip("new_score.part") == "new_score.part in scores.csv"
    assert in_order(["new", "exp", "mig", "exp"]) == ("mig", "exp", "new")
    assert tip("mig").splitlines()[1] == "Higher is better; range: 0 to 1."
