import numpy as np
import pytest

from core.metrics.errors import MetricError
from core.metrics.fixed_factor import FixedFactor


def test_that_the_rows_of_a_group_share_a_value_and_differ() -> None:
    labels = np.stack([np.arange(60) % 3, np.arange(60) // 30], axis=1)
    draw = FixedFactor(labels, np.random.default_rng(0))
    for factor, size in ((0, 2), (0, 20), (1, 7)):
        rows = draw.rows(factor, 500, size)
        assert rows.shape == (500, size)
        values = labels[rows, factor]
        assert (values == values[:, :1]).all()
        assert {len(set(group)) for group in rows.tolist()} == {size}
        shares = np.bincount(values[:, 0]) / 500
        assert shares == pytest.approx(1 / len(shares), abs=0.1)


def test_that_a_value_with_few_rows_repeats_them_evenly() -> None:
    draw = FixedFactor(np.zeros((3, 1), dtype=np.int64), np.random.default_rng(0))
    rows = draw.rows(0, 10, 6)
    assert np.bincount(rows.reshape(-1)).tolist() == [20, 20, 20]


def test_that_values_that_occur_once_are_never_drawn() -> None:
    draw = FixedFactor(np.array([[0], [1], [0], [2], [0]]), np.random.default_rng(0))
    assert set(draw.rows(0, 50, 2).reshape(-1).tolist()) == {0, 2, 4}


def test_that_a_factor_that_was_not_drawn_gives_no_rows() -> None:
    draw = FixedFactor(np.array([[0], [0]]), np.random.default_rng(0))
    assert draw.rows(0, 0, 2).shape == (0, 2)


def test_that_factors_are_drawn_evenly() -> None:
    draw = FixedFactor(np.zeros((2, 4), dtype=np.int64), np.random.default_rng(0))
    labels = draw.labels(4000)
    assert np.bincount(labels) == pytest.approx(1000, abs=120)
    assert labels.tolist() == sorted(labels.tolist())


def test_that_a_factor_whose_values_never_repeat_is_refused() -> None:
    with pytest.raises(MetricError, match="no value that occurs twice"):
        FixedFactor(np.array([[0, 0], [0, 1]]), np.random.default_rng(0))
