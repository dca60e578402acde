import math
import time
from itertools import pairwise
from types import SimpleNamespace

import pytest

from icdrl_gui.widgets.plot_axes import duration, logarithmic_ticks, set_x_ticks, short


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.25, "0.25"), (8000, "8000"), (10_000, "10k"), (1_500_000, "1.5M"), (-20_000, "-20k")],
)
def test_that_numbers_are_short(value: float, text: str) -> None:
    assert short(value) == text


def test_that_ticks_have_as_many_decimals_as_their_distance_needs() -> None:
    assert [short(value, 0.5) for value in (0.0, 0.5, 1.0)] == ["0.0", "0.5", "1.0"]
    assert short(5, 1) == "5"


def test_that_durations_read_like_a_clock() -> None:
    assert (duration(65), duration(3665)) == ("1:05", "1:01:05")


def round_numbers(low: float, high: float) -> list[str]:
    return [f"{10**tick:.3g}" for tick in logarithmic_ticks(math.log10(low), math.log10(high), 0.1)]


def test_that_logarithmic_ticks_are_round_numbers_over_many_decades_and_few() -> None:
    assert round_numbers(1e-4, 1e3) == ["0.0001", "0.001", "0.01", "0.1", "1", "10", "100", "1e+03"]
    assert round_numbers(0.9, 11) == ["1", "2", "3", "5", "10"]
    assert round_numbers(4.7, 5.65) == ["4.8", "5", "5.2", "5.4", "5.6"]


@pytest.mark.parametrize("low", [1e-6, 0.003, 0.7, 4.8, 1200])
@pytest.mark.parametrize("ratio", [1.001, 1.1, 1.7, 4, 30, 1e6])
def test_that_there_are_always_some_logarithmic_ticks_but_never_too_many(
    low: float, ratio: float
) -> None:
    bottom, top = math.log10(low), math.log10(low * ratio)
    ticks = logarithmic_ticks(bottom, top, 0.15)
    assert 1 <= len(ticks) <= 8
    assert all(bottom - 1e-9 <= tick <= top + 1e-9 for tick in ticks)
    assert all(b - a >= 0.149 * (top - bottom) for a, b in pairwise(ticks))


class Axis(SimpleNamespace):
    """As much of pyqtgraph's axis as the ticks need."""

    def update(self) -> None:
        """Nothing to draw."""


@pytest.mark.parametrize(
    ("span", "spacing"), [(30, 10), (600, 120), (7200, 3600), (86_400, 43_200), (864_000, 259_200)]
)
def test_that_times_are_counted_in_minutes_and_hours(span: float, spacing: float) -> None:
    axis = Axis()
    set_x_ticks(axis, "trained_s", letter_px=7)
    assert axis.tickSpacing(0, span, 200) == [(spacing, 0)]


def test_that_the_wall_clock_ticks_at_full_hours_of_this_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TZ", "Asia/Kolkata")
    time.tzset()
    try:
        axis = Axis()
        set_x_ticks(axis, "wall_time", letter_px=7)
        [(spacing, offset)] = axis.tickSpacing(1_700_000_000, 1_700_020_000, 200)
        assert spacing == 7200
        midnight = offset + 86_400 * 19_676
        assert axis.tickStrings([midnight, midnight + 7200], 1, spacing) == ["15 Nov", "02:00"]
    finally:
        monkeypatch.delenv("TZ")
        time.tzset()


@pytest.mark.parametrize(
    ("low", "high", "size", "spacing"),
    [(0, 3000, 90, 2000), (0, 3000, 400, 500), (0, 57_600, 90, 50_000), (0, 10, 200, 2)],
)
def test_that_labels_of_steps_stand_clear_of_each_other(
    low: float, high: float, size: float, spacing: float
) -> None:
    axis = Axis()
    set_x_ticks(axis, "step", 8)
    assert axis.tickSpacing(low, high, size) == [(spacing, 0)]
