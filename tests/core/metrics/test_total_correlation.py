import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

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


def test_that_a_code_that_copies_another_gives_infinity_or_a_huge_number() -> None:
    codes = np.random.default_rng(2).standard_normal((100, 2))
    codes[:, 1] = codes[:, 0]
    assert gaussian_total_correlation(codes) > 10


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
    assert total_correlation_knn(None, np.eye(2)).value >= 0
