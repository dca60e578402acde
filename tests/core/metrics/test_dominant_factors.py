import numpy as np
import pytest
from numpy.typing import NDArray

from core.metrics.discrete_information import Information, information
from core.metrics.dominant_factors import DominantFactor, dominant_factors

Matrix = NDArray[np.float64]

# Values of the factors of dSprites.
LEVELS = (3, 6, 40, 32, 32)


def without_chance(mutual: list[list[float]], factors: list[float]) -> Information:
    """What so many rows tell that none of it is chance."""
    bits, none = np.array(mutual), np.zeros((len(mutual), len(factors)))
    return Information(bits, np.ones(len(mutual)), np.array(factors), none, none)


def drawn_factors(generator: np.random.Generator, rows: int) -> Matrix:
    """(rows, 5) factors drawn evenly."""
    columns = [generator.integers(levels, size=rows) for levels in LEVELS]
    return np.stack(columns, axis=1).astype(float)


def test_that_a_code_follows_the_factor_of_which_it_tells_the_largest_part() -> None:
    # The second factor has more bits, the first is told more of.
    (dominant,) = dominant_factors(without_chance([[0.8, 0.9]], [1.0, 3.0]))
    assert dominant
    assert dominant.factor == 0
    assert (dominant.strength, dominant.exclusiveness) == pytest.approx((0.8, 0.8 / 1.1))


def test_that_a_code_that_tells_next_to_nothing_follows_no_factor() -> None:
    assert dominant_factors(without_chance([[0.0, 0.0], [0.04, 0.02]], [1.0, 1.0])) == (None, None)


def test_that_nothing_follows_a_constant_factor() -> None:
    found = without_chance([[0.0, 1.0]], [0.0, 1.0])
    assert dominant_factors(found) == (DominantFactor(1, 1.0, 1.0),)


@pytest.mark.parametrize("rows", [20, 50, 100, 200, 2000])
def test_that_at_most_one_code_of_noise_in_a_hundred_follows_a_factor(rows: int) -> None:
    dominant: list[DominantFactor | None] = []
    for seed in range(60):
        generator = np.random.default_rng(seed)
        factors = drawn_factors(generator, rows)
        for noise in (generator.random((rows, 5)), generator.standard_normal((rows, 5))):
            dominant += dominant_factors(information(factors, noise))
    assert sum(each is not None for each in dominant) <= len(dominant) / 100


@pytest.mark.parametrize("rows", [50, 200, 2000])
@pytest.mark.parametrize("seed", range(5))
def test_that_few_rows_are_enough_to_tell_the_factor_of_a_good_code(rows: int, seed: int) -> None:
    generator = np.random.default_rng(seed)
    factors = drawn_factors(generator, rows)
    noise = generator.standard_normal((rows, 5)) * np.array(LEVELS) * 0.03
    order = [3, 0, 4, 2, 1]
    dominant = dominant_factors(information(factors, (factors + noise)[:, order]))
    assert [each and each.factor for each in dominant] == order


def test_that_exclusiveness_leaves_out_what_is_chance() -> None:
    factors = drawn_factors(np.random.default_rng(0), 2000)
    dominant = dominant_factors(information(factors, factors))
    assert all(each and each.exclusiveness > 0.98 for each in dominant)
