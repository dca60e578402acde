import numpy as np
import pytest

from core.curves.growing import Growing
from core.curves.sight import in_sight, spread, with_room


def test_that_a_long_curve_keeps_its_peaks_on_few_pixels() -> None:
    heights = np.sin(np.arange(100_000) / 5000)
    heights[54_321] = 9.0
    seen = in_sight(Growing(np.arange(100_000.0)), Growing(heights), (0, 1e5), 200, log_y=False)
    assert seen is not None
    assert len(seen.heights) <= 400
    assert seen.heights.max() == 9.0
    assert seen.end[1] >= heights[-1]


def test_that_only_what_is_in_range_is_seen_and_what_leads_there() -> None:
    column = Growing(np.arange(10.0))
    seen = in_sight(column, column, (3.5, 6.5), 200, log_y=False)
    assert seen is not None
    assert seen.places.tolist() == [3, 4, 5, 6, 7]


def test_that_nothing_is_seen_where_no_number_can_be_drawn() -> None:
    x = Growing(np.arange(3.0))
    assert in_sight(x, Growing([np.nan] * 3), (0, 2), 200, log_y=False) is None
    assert in_sight(x, Growing([0.0, -1.0, -2.0]), (0, 2), 200, log_y=True) is None


@pytest.mark.parametrize(("low", "high"), [(1.0, 2.0), (3.0, 3.0), (0.0, 0.0), (-4.0, -4.0)])
def test_that_there_is_room_above_and_below(low: float, high: float) -> None:
    bottom, top = with_room(low, high)
    assert bottom < low <= high < top


def test_that_texts_beside_ends_stand_apart_and_as_near_as_is_free() -> None:
    ends = [(9.0, 5.0), (9.0, 5.1), (2.0, 5.0)]
    first, second, elsewhere = spread(ends, beside=1.0, gap=1.0, lowest=0.5, highest=9.5)
    assert abs(first - second) >= 1.0
    assert (second, elsewhere) == (5.1, 5.0)
