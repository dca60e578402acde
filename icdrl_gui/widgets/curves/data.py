"""What plots show, and which of their points is meant."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.curves.plot import Curve

REACH_PX = 12
"""Pixels around the pointer in which a point is looked for."""


@dataclass(frozen=True)
class Point:
    """One report of one curve."""

    curve: Curve
    row: int
    x: float


def height_of(point: Point, log_y: bool) -> float | None:
    """Where a point is drawn: on the smoothed curve if there is one; None if it is not drawn."""
    curve, row = point.curve, point.row
    columns = [curve.raw] if curve.smooth is None else [curve.smooth, curve.raw]
    values = [float(column.values[row]) for column in columns]
    value = next((each for each in values if np.isfinite(each)), None)
    if value is None or (log_y and value <= 0):
        return None
    return float(np.log10(value)) if log_y else value


def points_at(curves: Sequence[Curve], x: float) -> list[Point]:
    """The report of each curve that lies nearest to x."""
    found = []
    for curve in curves:
        places = curve.x.values
        if len(places):
            right = int(np.searchsorted(places, x))
            near = [row for row in (right - 1, right) if 0 <= row < len(places)]
            row = min(near, key=lambda row: abs(float(places[row]) - x))
            found.append(Point(curve, row, float(places[row])))
    return found


def nearest(
    curves: Sequence[Curve], place: tuple[float, float], pixel: tuple[float, float], log_y: bool
) -> Point | None:
    """The point of all curves that is nearest to `place` on the screen, if it is near.

    pixel: width and height of a pixel, in the units of the axes.
    """
    (x, y), (width, height) = place, pixel
    best, found = np.inf, None
    for curve in curves:
        places = curve.x.values
        reach = REACH_PX * width
        start, stop = np.searchsorted(places, (x - reach, x + reach)).tolist()
        start, stop = max(0, start - 1), stop + 1
        for column in (curve.raw, curve.smooth):
            if column is None:
                continue
            values = column.values[start:stop]
            if log_y:
                values = np.log10(values, out=np.full(len(values), np.nan), where=values > 0)
            apart = np.hypot((places[start:stop] - x) / width, (values - y) / height)
            if not np.isfinite(apart).any():
                continue
            row = int(np.nanargmin(apart))
            if apart[row] < best:
                best = apart[row]
                found = Point(curve, start + row, float(places[start + row]))
    return found
