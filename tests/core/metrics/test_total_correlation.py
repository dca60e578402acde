import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from core.metrics.active_codes import active_codes
from core.metrics.total_correlation import (
    correlation_matrix,
    gaussian_total_correlation,
    total_correlation,
    total_correlation_knn,
)


def exactly_correlated(correlation: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """A sample (count, D) whose own correlation matrix is `correlation`."""
    normal = np.random.default_rng(0).standard_normal((count, len(correlation)))
    basis, _ = np.linalg.qr(normal - normal.mean(0))
    mixed: NDArray[np.float64] = basis @ np.linalg.cholesky(correlation).T
    return mixed


@given(st.floats(-0.99, 0.99), st.floats(0.01, 100), st.floats(-5, 5))
@settings(deadline=None)
def test_that_the_total_correlation_of_a_pair_is_the_closed_form(
    rho: float, scale: float, shift: float
) -> None:
    correlation = np.array([[1, rho], [rho, 1]])
    codes = exactly_correlated(correlation, 100) * 10 * scale + shift
    np.testing.assert_allclose(correlation_matrix(codes), correlation, atol=1e-9)
    expected = -0.5 * math.log(1 - rho**2)
    assert gaussian_total_correlation(codes) == pytest.approx(expected, abs=1e-8)


def test_that_the_total_correlation_of_many_codes_is_minus_half_the_log_determinant() -> None:
    correlation = np.array([[1, 0.5, 0.2], [0.5, 1, -0.3], [0.2, -0.3, 1]])
    codes = exactly_correlated(correlation, 50) * 10
    expected = -0.5 * math.log(np.linalg.det(correlation))
    assert gaussian_total_correlation(codes) == pytest.approx(expected)


def test_that_the_bias_for_independent_codes_is_the_stated_one() -> None:
    samples = np.random.default_rng(1).standard_normal((300, 500, 5))
    mean = np.mean([gaussian_total_correlation(codes) for codes in samples])
    assert mean == pytest.approx(5 * 4 / (4 * 500), rel=0.1)


def test_that_a_constant_code_correlates_with_nothing() -> None:
    codes = exactly_correlated(np.array([[1, 0.6, 0], [0.6, 1, 0], [0, 0, 1]]), 50) * 10
    codes[:, 2] = 0.7
    correlation = correlation_matrix(codes)
    np.testing.assert_allclose(correlation[2], [0, 0, 1], atol=1e-12)
    assert gaussian_total_correlation(codes) == pytest.approx(-0.5 * math.log(1 - 0.36))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("seed", range(4))
def test_that_a_code_that_copies_others_gives_infinity(
    seed: int, dtype: type[np.floating[Any]]
) -> None:
    first, second = np.random.default_rng(seed).standard_normal((2, 3000)).astype(dtype)
    for copy in (first, -3 * first + 7, first / 3 + second):
        codes = np.stack([first, second, copy], axis=1)
        assert gaussian_total_correlation(codes) == math.inf
        assert total_correlation(None, codes).value == math.inf


def test_that_a_code_that_almost_copies_another_gives_a_number() -> None:
    first, noise = np.random.default_rng(2).standard_normal((2, 3000))
    codes = np.stack([first, first + 1e-4 * noise], axis=1)
    assert gaussian_total_correlation(codes) == pytest.approx(-math.log(1e-4), abs=0.1)


@pytest.mark.parametrize("scale", [1e-200, 1e-9, 1e9, 1e100])
def test_that_the_scale_of_a_code_does_not_make_it_constant(scale: float) -> None:
    correlation = np.array([[1, 0.6], [0.6, 1]])
    codes = exactly_correlated(correlation, 100) * [1, scale]
    np.testing.assert_allclose(correlation_matrix(codes), correlation, atol=1e-9)


@pytest.mark.parametrize("level", [0.7, -3e4, 1e-5])
def test_that_a_float32_code_that_is_constant_but_for_rounding_counts_as_constant(
    level: float,
) -> None:
    generator = np.random.default_rng(3)
    codes = exactly_correlated(np.eye(2), 500).astype(np.float32)
    ulps = generator.integers(-3, 4, size=500).astype(np.float32)
    codes[:, 1] = np.float32(level) + ulps * np.spacing(np.float32(level))
    assert len(np.unique(codes[:, 1])) > 4
    assert correlation_matrix(codes)[0, 1] == 0
    assert active_codes(None, codes, active_std=0).value == 1


def test_that_float32_codes_are_taken_in_double_precision() -> None:
    codes = (1000 + np.random.default_rng(3).standard_normal((4000, 2))).astype(np.float32)
    assert correlation_matrix(codes).dtype == np.float64
    assert correlation_matrix(codes)[0, 1] == pytest.approx(
        np.asarray(np.corrcoef(codes.astype(np.float64).T))[0, 1], abs=1e-9
    )


def test_that_a_single_code_and_no_code_at_all_have_no_total_correlation() -> None:
    codes = np.random.default_rng(4).standard_normal((10, 1))
    assert gaussian_total_correlation(codes) == 0
    assert gaussian_total_correlation(codes[:, :0]) == 0


def test_that_the_score_never_falls_below_zero() -> None:
    score = total_correlation(None, exactly_correlated(np.eye(3), 50))
    assert 0 <= score.value < 1e-9
    assert (score.lowest, score.direction) == (0, "lower")


@pytest.mark.parametrize("rho", [0.0, 0.3, 0.6, 0.9])
def test_that_neighbours_find_the_total_correlation_of_gaussian_codes(rho: float) -> None:
    correlation = np.full((3, 3), rho) + (1 - rho) * np.eye(3)
    codes = exactly_correlated(correlation, 2000)
    expected = -0.5 * math.log(np.linalg.det(correlation))
    assert total_correlation_knn(None, codes).value == pytest.approx(expected, abs=0.08)


def test_that_neighbours_see_what_correlation_does_not() -> None:
    generator = np.random.default_rng(5)
    code = generator.standard_normal(2000)
    codes = np.stack([code, code**2 + 0.1 * generator.standard_normal(2000)], axis=1)
    assert total_correlation(None, codes).value < 0.05
    assert total_correlation_knn(None, codes).value > 1.5


def test_that_codes_of_few_values_are_measured_as_well() -> None:
    values = np.random.default_rng(6).integers(8, size=(4000, 2)).astype(float)
    assert total_correlation_knn(None, values).value < 0.05
    copied = values[:, [0, 0]]
    assert total_correlation_knn(None, copied).value == pytest.approx(math.log(8), abs=0.05)


def test_that_copies_give_much_and_constants_nothing() -> None:
    code = np.random.default_rng(7).standard_normal(1000)
    assert 4 < total_correlation_knn(None, np.stack([code, code], 1)).value < math.inf
    assert total_correlation_knn(None, np.stack([code, np.ones(1000)], 1)).value == 0
    assert total_correlation_knn(None, code).value == 0


def test_that_two_rows_are_enough_for_an_estimate() -> None:
    # One neighbour, further away than any other row: psi(1) + psi(2) - 2 psi(1).
    for codes in (np.eye(2), -np.eye(2)):
        assert total_correlation_knn(None, codes).value == pytest.approx(1)


def test_that_so_many_copies_in_so_few_rows_give_what_can_be_told_of_them() -> None:
    code = np.arange(20.0)
    two, three = (total_correlation_knn(None, np.stack([code] * n, 1)).value for n in (2, 3))
    assert 0.5 < two < math.log(20)
    # Each further copy adds as much.
    assert three == pytest.approx(2 * two)
