import numpy as np
import pytest

from core.curves.growing import Growing
from core.curves.smoothing import MovingAverage

RANDOM = np.random.default_rng(0)


def one_by_one(numbers: np.ndarray, factor: float) -> list[float]:
    total = weight = 0.0
    smooth = []
    for number in numbers:
        if np.isfinite(number):
            total = factor * total + (1 - factor) * number
            weight = factor * weight + 1 - factor
        smooth.append(total / weight if np.isfinite(number) else np.nan)
    return smooth


def with_gaps(count: int) -> np.ndarray:
    numbers = RANDOM.normal(size=count)
    numbers[RANDOM.random(count) < 0.2] = np.nan
    return numbers


@pytest.mark.parametrize("factor", [0.0, 0.5, 0.98, 0.999])
def test_that_it_is_the_mean_of_all_numbers_so_far_weighted_by_age(factor: float) -> None:
    numbers = with_gaps(1000)
    average = MovingAverage(Growing(numbers), factor)
    np.testing.assert_allclose(average.values.values, one_by_one(numbers, factor), rtol=1e-9)


def test_that_it_begins_at_the_first_number_and_not_at_zero() -> None:
    assert MovingAverage(Growing([5.0, 5.0]), 0.99).values.values == pytest.approx([5.0, 5.0])


def test_that_growing_gives_the_same_as_beginning_anew() -> None:
    numbers = with_gaps(700)
    column = Growing(numbers[:200])
    average = MovingAverage(column, 0.9)
    for number in numbers[200:250]:
        column.append(number)
        average.update()
    column.extend(numbers[250:])
    average.update()
    np.testing.assert_allclose(average.values.values, one_by_one(numbers, 0.9), rtol=1e-9)


def test_that_it_goes_on_after_a_cut_as_if_nothing_had_been_there() -> None:
    numbers = with_gaps(600)
    column = Growing(np.append(numbers[:301], np.full(300, 100.0)))
    average = MovingAverage(column, 0.95)
    column.cut(301)
    average.cut(301)
    column.extend(numbers[301:])
    average.update()
    np.testing.assert_allclose(average.values.values, one_by_one(numbers, 0.95), rtol=1e-9)


def test_that_it_forgets_its_start_in_a_long_run() -> None:
    numbers = RANDOM.normal(size=90_000)
    average = MovingAverage(Growing(numbers), 0.999)
    assert average.values.values[-1] == pytest.approx(one_by_one(numbers, 0.999)[-1])


def test_that_a_factor_that_flattens_everything_is_refused() -> None:
    with pytest.raises(ValueError, match="factor 1"):
        MovingAverage(Growing(), 1.0)
