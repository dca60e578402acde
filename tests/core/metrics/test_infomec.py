"""InfoMEC against what its formulas say, reckoned slowly and apart."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import digamma

from core.metrics.infomec import infomec
from core.metrics.score import Score

Matrix = NDArray[np.float64]


def three(score: Score) -> tuple[float, float, float]:
    """InfoM, InfoE and InfoC."""
    explicitness, compactness = score.parts["explicitness"], score.parts["compactness"]
    assert isinstance(explicitness, float)
    assert isinstance(compactness, float)
    return score.value, explicitness, compactness


@pytest.fixture
def factors() -> Matrix:
    """(900, 3): two, three and five values, independent."""
    row = np.arange(900)
    return np.stack([row % 2, row // 2 % 3, row // 6 % 5], axis=1).astype(float)


def slow_information(labels: NDArray[np.int64], code: Matrix, neighbours: int) -> float:
    """Ross's estimate from all distances between two rows."""
    distances = np.abs(code[:, None] - code)
    np.fill_diagonal(distances, 0)
    terms = []
    for row, label in enumerate(labels):
        own = labels == label
        radius = np.sort(distances[row, own])[neighbours]
        within = int((distances[row] < radius * (1 - 1e-12)).sum())
        terms.append(digamma(neighbours) - digamma(own.sum()) - digamma(within))
    return max(0.0, float(digamma(len(code)) + np.mean(terms)))


def slow_log_loss(labels: NDArray[np.int64], codes: Matrix) -> float:
    """Of the balanced multinomial regression that plain gradient descent finds."""
    inputs = np.hstack([codes, np.ones((len(codes), 1))])
    wanted = np.eye(labels.max() + 1)[labels]
    weights = (1 / wanted.sum(0))[labels][:, None]
    slopes = np.zeros((inputs.shape[1], wanted.shape[1]))
    for _ in range(4000):
        odds = np.exp(inputs @ slopes)
        odds /= odds.sum(1, keepdims=True)
        slopes += 0.5 * inputs.T @ (weights * (wanted - odds))
    return float(-np.log(odds[np.arange(len(labels)), labels]).mean())


def test_that_the_scores_are_those_of_a_slow_reckoning() -> None:
    generator = np.random.default_rng(0)
    labels = np.stack([generator.integers(3, size=300), generator.integers(4, size=300) ** 2 // 3])
    factors = labels.T.astype(float)
    codes = factors @ generator.standard_normal((2, 3)) + generator.standard_normal((300, 3))
    scaled = (codes - codes.mean(0)) / codes.std(0)
    told, explicitness = np.empty((3, 2)), np.empty(2)
    for f in range(2):
        own = np.unique(labels[f], return_inverse=True)[1]
        shares = np.bincount(own) / 300
        entropy = float(-(shares * np.log(shares)).sum())
        told[:, f] = [slow_information(own, code, 10) / entropy for code in scaled.T]
        explicitness[f] = 1 - slow_log_loss(own, scaled) / np.log(len(shares))
    modularity = float(np.mean((told.max(1) / told.sum(1) - 1 / 2) / (1 - 1 / 2)))
    compactness = float(np.mean((told.max(0) / told.sum(0) - 1 / 3) / (1 - 1 / 3)))
    found = infomec(factors, codes)
    assert three(found) == pytest.approx(
        (modularity, float(explicitness.mean()), compactness), abs=1e-3
    )
    assert found.value == pytest.approx(modularity, abs=1e-7)


def test_that_codes_that_are_the_factors_score_full_marks(factors: Matrix) -> None:
    assert three(infomec(factors, factors)) == pytest.approx((1, 1, 1), abs=0.01)


def test_that_order_sign_and_scale_of_the_codes_change_nothing(factors: Matrix) -> None:
    moved = factors[:, [2, 0, 1]] * [-1, 5, 0.5] + [3, 0, -7]
    assert three(infomec(factors, moved)) == pytest.approx((1, 1, 1), abs=0.01)


def test_that_noise_tells_nothing(factors: Matrix) -> None:
    noise = np.random.default_rng(1).random((900, 3))
    assert three(infomec(factors, noise))[1] == pytest.approx(0, abs=0.02)


def test_that_a_constant_factor_is_left_out(factors: Matrix) -> None:
    score = infomec(np.hstack([np.ones((900, 1)), factors]), factors)
    assert three(score) == three(infomec(factors, factors))
    for part in ("per_factor", "explicitness_per_factor"):
        assert np.isnan(score.parts[part]).tolist() == [True, False, False, False]


def test_that_rotated_codes_tell_all_and_of_no_factor_alone(factors: Matrix) -> None:
    # Each code is a third of one factor and two thirds of every other, sign apart.
    standardised = (factors - factors.mean(0)) / factors.std(0)
    modularity, explicitness, compactness = three(
        infomec(factors, standardised @ (np.eye(3) - 2 / 3))
    )
    assert modularity < 0.5
    assert explicitness > 0.99
    assert compactness < 0.5


def test_that_a_copy_of_every_code_halves_compactness_before_it_is_scaled(factors: Matrix) -> None:
    modularity, explicitness, compactness = three(infomec(factors, np.hstack([factors, factors])))
    assert (modularity, explicitness) == pytest.approx((1, 1), abs=0.01)
    assert compactness == pytest.approx((1 / 2 - 1 / 6) / (1 - 1 / 6), abs=0.01)


@pytest.mark.parametrize("scale", [0.0, 0.05])
def test_that_a_code_of_small_range_is_left_out(factors: Matrix, scale: float) -> None:
    # The widest code goes from 0 to 4.
    noise = np.random.default_rng(0).uniform(0, 4, (900, 1))
    noise[:2] = [[0], [4]]
    score = infomec(factors, np.hstack([factors, scale * noise]))
    assert three(score) == pytest.approx((1, 1, 1), abs=0.01)
    assert np.isnan(score.parts["per_code"]).tolist() == [False, False, False, True]
    wider = infomec(factors, np.hstack([factors, 0.06 * noise]))
    assert not np.isnan(wider.parts["per_code"]).any()


def test_that_codes_that_tell_nothing_score_nothing(factors: Matrix) -> None:
    assert three(infomec(factors, np.ones((900, 2)))) == pytest.approx((0, 0, 0))


def test_that_a_single_factor_and_a_single_code_leave_nothing_to_tell_apart(
    factors: Matrix,
) -> None:
    assert three(infomec(factors[:, 2], factors))[0] == 0
    assert three(infomec(factors, factors[:, 2]))[2] == 0


def test_that_a_factor_of_many_values_is_cut_into_bins() -> None:
    factor = np.random.default_rng(0).random((2000, 2))
    modularity, explicitness, compactness = three(infomec(factor, factor))
    assert modularity > 0.9
    assert compactness > 0.9
    assert explicitness > 0.5


def test_that_it_can_be_given_up_between_two_factors(factors: Matrix) -> None:
    assert len(list(infomec.slices(factors, factors))) == 6
