import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.metrics import mutual_info_score

from core.metrics.discrete_information import binned, information, largest_two

Matrix = NDArray[np.float64]


def test_that_mutual_information_is_that_of_scikit_learn() -> None:
    generator = np.random.default_rng(0)
    factors = generator.integers(4, size=(500, 2)).astype(float)
    codes = factors @ generator.standard_normal((2, 3)) + generator.standard_normal((500, 3))
    found = information(factors, codes)
    labels = binned(codes, 10)
    for code in range(3):
        for factor in range(2):
            nats = mutual_info_score(labels[:, code], factors[:, factor])
            assert found.mutual[code, factor] == pytest.approx(nats / np.log(2), abs=1e-9)


def test_that_bins_hold_their_lower_edge_and_the_last_one_both() -> None:
    values = np.array([[0.0, 0.1, 0.19, 0.2, 0.95, 1.0]]).T
    assert binned(values, 10)[:, 0].tolist() == [0, 1, 1, 2, 9, 9]
    assert binned(values, 2)[:, 0].tolist() == [0, 0, 0, 0, 1, 1]


def test_that_three_values_fall_into_the_first_the_middle_and_the_last_bin() -> None:
    assert binned(np.array([[1.0], [2.0], [3.0]]), 10)[:, 0].tolist() == [0, 5, 9]


def test_that_entropies_are_in_bits(grid: Matrix) -> None:
    found = information(grid, grid)
    np.testing.assert_allclose(found.factors, np.log2([3, 6, 10, 8, 8]))
    np.testing.assert_allclose(found.codes, found.factors)
    np.testing.assert_allclose(found.mutual, np.diag(found.factors), atol=1e-12)
    np.testing.assert_allclose(np.diag(found.joint), found.factors)


def test_that_what_is_constant_has_no_entropy_and_tells_nothing() -> None:
    varying, constant = np.arange(8.0), np.full(8, -2.5)
    found = information(np.stack([varying, constant], 1), np.stack([constant, varying], 1))
    assert found.codes.tolist() == [0, 3]
    assert found.factors.tolist() == [3, 0]
    assert found.mutual.tolist() == [[0, 0], [3, 0]]


def test_that_the_information_of_noise_is_the_stated_bias() -> None:
    generator = np.random.default_rng(0)
    found = information(generator.random((2000, 30)), generator.random((2000, 30)))
    assert found.mutual.mean() == pytest.approx(81 / (2 * 2000 * np.log(2)), rel=0.1)
    assert found.mutual.mean() == pytest.approx(found.by_chance.mean(), rel=0.1)
    assert found.mutual.std() == pytest.approx(found.chance_std.mean(), rel=0.1)


def test_that_bins_that_nothing_falls_into_add_nothing_by_chance() -> None:
    levels = np.arange(900) % 3
    found = information(levels, np.stack([levels, np.ones(900)], axis=1))
    assert found.by_chance[:, 0].tolist() == pytest.approx([4 / (2 * 900 * np.log(2)), 0])


def test_that_a_missing_second_is_zero() -> None:
    first, second = largest_two(np.array([[0.5, 0.2]]))
    assert (first.tolist(), second.tolist()) == ([0.5, 0.2], [0, 0])
