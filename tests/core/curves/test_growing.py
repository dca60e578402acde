import numpy as np
import pytest

from core.curves.growing import Growing

RANDOM = np.random.default_rng(0)


def test_that_a_column_keeps_what_it_is_given_one_by_one_or_at_once() -> None:
    numbers = RANDOM.normal(size=1000)
    column = Growing(numbers[:300])
    for number in numbers[300:500]:
        column.append(number)
    column.extend(numbers[500:])
    assert len(column) == 1000
    assert np.array_equal(column.values, numbers)


def test_that_few_numbers_are_drawn_as_they_are() -> None:
    indices, values = Growing([3.0, np.nan, 1.0]).envelope(0, 3, most=100)
    assert indices.tolist() == [0, 1, 2]
    assert np.array_equal(values, [3.0, np.nan, 1.0], equal_nan=True)


@pytest.mark.parametrize("count", [5_000, 64_000, 64_001, 100_037])
@pytest.mark.parametrize(("start", "end"), [(0.0, 1.0), (0.31, 0.93), (0.5, 1.2)])
def test_that_no_peak_is_lost_however_many_numbers_there_are(
    count: int, start: float, end: float
) -> None:
    numbers = RANDOM.normal(size=count)
    numbers[count // 2 + 100] = 50.0
    numbers[-1] = -50.0
    column = Growing(numbers)
    first, last = int(start * count), int(end * count)
    indices, values = column.envelope(first, last, most=300)
    assert len(values) <= 2 * 301
    assert values.max() == 50.0
    assert values.min() == numbers[first:last].min()
    assert (np.diff(indices) >= 0).all()
    assert first <= indices.min() <= indices.max() < count


def test_that_gaps_stay_gaps_and_do_not_hide_their_neighbours() -> None:
    numbers = np.ones(100_000)
    numbers[20_000:60_000] = np.nan
    numbers[70_000] = np.nan
    _, values = Growing(numbers).envelope(0, len(numbers), most=100)
    assert 30 < np.count_nonzero(np.isnan(values)) < 120
    assert np.nanmin(values) == np.nanmax(values) == 1.0


def test_that_a_drawn_curve_stays_where_it_is_while_it_grows() -> None:
    numbers = RANDOM.normal(size=50_100)
    column = Growing(numbers[:50_000])
    indices, values = column.envelope(0, 50_000, most=400)
    column.extend(numbers[50_000:])
    later_indices, later_values = column.envelope(0, 50_100, most=400)
    assert np.array_equal(later_indices[: len(indices) - 2], indices[:-2])
    assert np.array_equal(later_values[: len(values) - 2], values[:-2])


def test_that_a_column_that_was_cut_grows_on_as_if_nothing_had_been_there() -> None:
    column = Growing(np.full(10_000, 9.0))
    column.cut(5_010)
    column.extend(np.zeros(10_000))
    fresh = Growing(np.append(np.full(5_010, 9.0), np.zeros(10_000)))
    for drawn, wanted in zip(
        column.envelope(0, 15_010, 50), fresh.envelope(0, 15_010, 50), strict=True
    ):
        assert np.array_equal(drawn, wanted)
