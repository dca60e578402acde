"""What is in sight of curves: points thinned out to pixels, heights worth seeing, free places."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.curves.growing import Growing, Numbers

# Outliers stay out of sight where all would take so many times the room of the middle 90 %.
_FLAT = 3.0

_MARGIN = 0.06

_NEAREST_FIRST = sorted(range(-24, 25), key=abs)


@dataclass(frozen=True)
class Sight:
    """What there is to draw of a column.

    Attributes:
        places, heights: (P,) points to be joined but where a height is NaN; of each pixel the
            least and the greatest where there are more reports than pixels.
        extent: least and greatest height worth seeing.
        end: (x, y) of the last point.
    """

    places: Numbers
    heights: Numbers
    extent: tuple[float, float]
    end: tuple[float, float]


def in_sight(
    x: Growing, column: Growing, x_range: tuple[float, float], width: int, log_y: bool
) -> Sight | None:
    """What `width` pixels show of a column over a part of the x axis; None: nothing.

    log_y: heights are logarithms to the base 10; what is not above zero has none.
    """
    start, stop = np.searchsorted(x.values, x_range).tolist()
    indices, heights = column.envelope(start - 1, stop + 1, most=width)
    if log_y:
        in_pairs = len(indices) > 1 and indices[0] == indices[1]
        heights = _logarithm(heights, in_pairs)
    seen = np.flatnonzero(np.isfinite(heights))
    if not len(seen):
        return None
    places = x.values[indices]
    end = float(places[seen[-1]]), float(heights[seen[-1]])
    return Sight(places, heights, _worth_seeing(heights[seen]), end)


def with_room(low: float, high: float) -> tuple[float, float]:
    """The ends of a y axis that has a margin around these heights."""
    margin = _MARGIN * (high - low) or 0.1 * abs(high) or 0.1
    return low - margin, high + margin


def spread(
    ends: Sequence[tuple[float, float]], beside: float, gap: float, lowest: float, highest: float
) -> list[float]:
    """Heights of texts beside the ends of curves, each as near to its end as is free.

    Args:
        ends: (x, y) of each.
        beside: how near to each other two texts stand in each other's way.
        gap: how far apart they must be then.
        lowest, highest: between these.
    """
    placed: dict[int, tuple[float, float]] = {}
    for i in sorted(range(len(ends)), key=lambda i: ends[i], reverse=True):
        x, end = ends[i]
        near = [other for place, other in placed.values() if abs(place - x) < beside]
        free = [min(max(end + j * gap / 2, lowest), highest) for j in _NEAREST_FIRST]
        y = next((y for y in free if all(abs(y - other) >= gap for other in near)), end)
        placed[i] = x, y
    return [placed[i][1] for i in range(len(ends))]


def _worth_seeing(y: Numbers) -> tuple[float, float]:
    """Least and greatest of y; without its outliers where they would press all else flat.

    A GAN's losses begin far from where they stay.
    """
    low, high = float(y.min()), float(y.max())
    if len(y) < 20:
        return low, high
    # Not np.percentile, which imports as much again as all of numpy when it is first called.
    middle = len(y) // 20, len(y) - 1 - len(y) // 20
    bottom, top = np.partition(y, middle)[list(middle)].tolist()
    core = top - bottom
    if high - low <= _FLAT * core:
        return low, high
    return max(low, bottom - core / 3), min(high, top + core / 3)


def _logarithm(y: Numbers, in_pairs: bool) -> Numbers:
    """log10, NaN where there is none; of a bucket's pair the greater then stands for both."""
    heights = np.log10(y, out=np.full(len(y), np.nan), where=y > 0)
    if in_pairs:
        low, high = heights[::2], heights[1::2]
        heights[::2] = np.where(np.isnan(low), high, low)
    return heights
