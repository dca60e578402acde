import math
from itertools import pairwise

import pytest

from core.curves.ticks import duration, logarithmic_ticks, short, x_ticks, y_ticks


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


@pytest.mark.parametrize("low", [-3.0, 0.0, 0.7, 1e4])
@pytest.mark.parametrize("span", [1e-9, 0.013, 1.0, 770.0, 1e6])
def test_that_a_y_axis_has_some_round_numbers_each_another_one(low: float, span: float) -> None:
    ticks = y_ticks(low, low + span, line=0.08, log_y=False)
    assert 2 <= len(ticks) <= 7
    assert len({text for _, text in ticks}) == len(ticks)
    assert all(low - 1e-6 * span <= y <= low + 1.000001 * span for y, _ in ticks)


def test_that_small_numbers_are_not_all_zeros() -> None:
    texts = [text for _, text in y_ticks(0.0, 4e-5, line=0.08, log_y=False)]
    assert texts == ["0", "1e-05", "2e-05", "3e-05", "4e-05"]


def test_that_an_x_axis_is_labelled_in_its_own_words() -> None:
    assert [text for _, text in x_ticks("step", 0, 12_000, 0.05)] == ["0", "5000", "10k"]
    assert [text for _, text in x_ticks("trained_s", 0, 120, 0.02)][:3] == ["0:00", "0:20", "0:40"]
