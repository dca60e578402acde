"""Where axes have ticks, and what is written there: short numbers, durations, times of day."""

import math
from collections.abc import Callable
from datetime import datetime
from itertools import pairwise
from typing import Literal

XAxis = Literal["step", "trained_s", "wall_time"]

AXIS_TITLES: dict[XAxis, str] = {
    "step": "step",
    "trained_s": "training time",
    "wall_time": "wall clock",
}

_SECONDS = (1, 2, 5, 10, 20, 30)
_MINUTES = (60, 120, 300, 600, 1200, 1800)
_HOURS = (3600, 7200, 10_800, 21_600, 43_200)
_SPACINGS = (*_SECONDS, *_MINUTES, *_HOURS)
_DAY = 86_400
# 5000, and a gap.
_LETTERS_OF_A_STEP = 5
_LINES_OF_A_TICK = 1.8


def x_words(kind: XAxis) -> Callable[[float], str]:
    """How a place on this kind of axis is written."""
    match kind:
        case "step":
            return short
        case "trained_s":
            return duration
        case "wall_time":
            return time_of_day


def x_spacing(kind: XAxis, low: float, high: float, letter: float) -> tuple[float, float]:
    """How far apart ticks are so that their labels stand clear, and where counting begins.

    letter: the width of a letter as a share of the axis.
    """
    if kind == "step":
        return _round_spacing(max((high - low) * letter * _LETTERS_OF_A_STEP, 1e-9)), 0.0
    per_letter = (high - low) * letter
    letters = 7.5 if (kind == "trained_s" and high >= 3600) or per_letter < 6 else 5.5
    least = per_letter * letters
    major = next((each for each in _SPACINGS if each >= least), None)
    if major is None:
        major = _DAY * math.ceil(least / _DAY)
    return major, _offset(low) if kind == "wall_time" else 0


def x_ticks(kind: XAxis, low: float, high: float, letter: float) -> list[tuple[float, str]]:
    """Where ticks are on this kind of axis, and what stands there; `letter` as in `x_spacing`."""
    spacing, offset = x_spacing(kind, low, high, letter)
    places = _multiples(low, high, spacing, offset)
    if kind == "step":
        return [(place, short(place, spacing)) for place in places]
    return [(place, x_words(kind)(place)) for place in places]


def y_ticks(low: float, high: float, line: float, log_y: bool) -> list[tuple[float, str]]:
    """Where ticks are on a y axis, and what stands there.

    Args:
        low, high: its ends; exponents where it is logarithmic.
        line: the height of a line of text as a share of the axis.
        log_y: whether it is logarithmic.
    """
    if log_y:
        return [(y, short(10**y)) for y in logarithmic_ticks(low, high, 1.3 * line)]
    spacing = _round_spacing((high - low) * line * _LINES_OF_A_TICK)
    return [(y, short(y, spacing)) for y in _multiples(low, high, spacing)]


def _round_spacing(least: float) -> float:
    """The least of 1, 2 or 5 times a power of ten that is not below `least`."""
    decade = 10.0 ** math.floor(math.log10(least))
    return next(decade * factor for factor in (1, 2, 5, 10) if decade * factor >= least)


def _multiples(low: float, high: float, spacing: float, offset: float = 0.0) -> list[float]:
    """The places from `low` to `high` that are whole multiples of `spacing` away from `offset`."""
    first = math.ceil((low - offset) / spacing - 1e-9)
    last = math.floor((high - offset) / spacing + 1e-9)
    return [offset + i * spacing for i in range(first, last + 1)]


def logarithmic_ticks(low: float, high: float, apart: float) -> list[float]:
    """Where round numbers lie between the exponents `low` and `high`.

    apart: how far labels must be from each other, as a share of the axis.
    """
    least = apart * (high - low)
    decades = range(math.floor(low), math.ceil(high) + 1)
    for mantissas in ((1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9), (1, 2, 3, 5), (1, 2, 5), (1, 3), (1,)):
        exponents = [decade + math.log10(m) for decade in decades for m in mantissas]
        inside = [each for each in exponents if low <= each <= high]
        if all(b - a >= least for a, b in pairwise(inside)):
            if len(inside) >= 2:
                return inside
            break
    if high - low > 1:
        # Every second decade, or every third, ...
        stride = max(1, math.ceil(least))
        return [float(each) for each in decades if each % stride == 0 and low <= each <= high]
    # Less than a decade: round numbers as on a linear axis.
    bottom, top = 10**low, 10**high
    spacing = 10 ** math.floor(math.log10((top - bottom) / 2))
    for factor in (1, 2, 5, 10):
        first, last = math.ceil(bottom / spacing / factor), math.floor(top / spacing / factor)
        ticks = [math.log10(i * spacing * factor) for i in range(first, last + 1) if i > 0]
        if all(b - a >= least for a, b in pairwise(ticks)):
            return ticks
    return []


def short(value: float, spacing: float = 0.0) -> str:
    """1,500,000 -> 1.5M; 0.25 -> 0.25; with as many decimals as ticks so far apart need."""
    for limit, unit, letter in ((1e9, 1e9, "G"), (1e6, 1e6, "M"), (1e4, 1e3, "k")):
        if abs(value) >= limit:
            return f"{_plain(value / unit, spacing / unit)}{letter}"
    return _plain(value, spacing)


def _plain(value: float, spacing: float) -> str:
    if not spacing or (abs(value) < 1e-3 and spacing < 1e-4):
        return f"{value:.4g}"
    return f"{value:.{max(0, math.ceil(-math.log10(spacing) - 1e-9))}f}"


def duration(seconds: float) -> str:
    """h:mm:ss or m:ss."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def time_of_day(seconds: float) -> str:
    """The clock's time of seconds since the epoch; a date at midnight."""
    try:
        moment = datetime.fromtimestamp(seconds)
    except (OSError, OverflowError, ValueError):
        return ""
    if moment.hour == moment.minute == moment.second == 0:
        return f"{moment:%d %b}"
    return f"{moment:%H:%M:%S}" if moment.second else f"{moment:%H:%M}"


def _offset(seconds: float) -> float:
    """Where days begin on this machine, in seconds from where they begin in UTC."""
    try:
        offset = datetime.fromtimestamp(seconds).astimezone().utcoffset()
    except (OSError, OverflowError, ValueError):
        return 0.0
    return -offset.total_seconds() if offset else 0.0
