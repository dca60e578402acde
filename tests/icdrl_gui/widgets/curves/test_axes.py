import time
from types import SimpleNamespace

import pytest

from icdrl_gui.widgets.curves.axes import set_x_ticks


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
