"""Ticks of a small plot: short numbers, durations, times of day."""

import math
from collections.abc import Callable
from datetime import datetime
from itertools import pairwise
from typing import Any, Literal

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


def set_x_ticks(axis: Any, kind: XAxis, letter_px: int) -> None:
    """Let a pyqtgraph AxisItem count in this kind of number; a letter takes `letter_px` pixels."""
    if kind == "step":
        axis.tickStrings = lambda values, scale, spacing: [short(value) for value in values]
        axis.tickSpacing = _round_spacing(letter_px)
    else:
        words = duration if kind == "trained_s" else time_of_day
        axis.tickStrings = lambda values, scale, spacing: [words(value) for value in values]
        axis.tickSpacing = _time_spacing(kind, letter_px)
    axis.picture = None
    axis.update()


def set_y_ticks(axis: Any, line_px: int) -> None:
    """Short numbers, on a logarithmic axis as well, each `line_px` pixels high."""
    linear = axis.tickValues

    def values(low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        if not axis.logMode:
            found: list[tuple[float, list[float]]] = linear(low, high, size)
            return found
        return [(1.0, logarithmic_ticks(low, high, 1.3 * line_px / max(size, 1)))]

    def strings(values: list[float], scale: float, spacing: float) -> list[str]:
        if axis.logMode:
            return [short(10**value) for value in values]
        return [short(value, spacing) for value in values]

    axis.tickValues = values
    axis.tickStrings = strings


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
    for limit, letter in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if abs(value) >= limit:
            return f"{value / (1000 if letter == 'k' else limit):.4g}{letter}"
    if spacing:
        return f"{value:.{max(0, math.ceil(-math.log10(spacing) - 1e-9))}f}"
    return f"{value:.4g}"


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


def _round_spacing(letter_px: int) -> Callable[..., list[tuple[float, float]]]:
    """1, 2 or 5 times a power of ten, so far apart that the labels stand clear of each other."""

    def spacing(low: float, high: float, size: float) -> list[tuple[float, float]]:
        least = max((high - low) * letter_px / max(size, 1) * _LETTERS_OF_A_STEP, 1e-9)
        decade = 10.0 ** math.floor(math.log10(least))
        major = next(decade * factor for factor in (1, 2, 5, 10) if decade * factor >= least)
        return [(major, 0.0)]

    return spacing


def _time_spacing(kind: XAxis, letter_px: int) -> Callable[..., list[tuple[float, float]]]:
    def spacing(low: float, high: float, size: float) -> list[tuple[float, float]]:
        per_letter = (high - low) * letter_px / max(size, 1)
        letters = 7.5 if (kind == "trained_s" and high >= 3600) or per_letter < 6 else 5.5
        least = per_letter * letters
        major = next((each for each in _SPACINGS if each >= least), None)
        if major is None:
            major = _DAY * math.ceil(least / _DAY)
        return [(major, _offset(low) if kind == "wall_time" else 0)]

    return spacing


def _offset(seconds: float) -> float:
    """Where days begin on this machine, in seconds from where they begin in UTC."""
    try:
        offset = datetime.fromtimestamp(seconds).astimezone().utcoffset()
    except (OSError, OverflowError, ValueError):
        return 0.0
    return -offset.total_seconds() if offset else 0.0
