"""`Axes`: one plot of a figure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from core.curves.plot import Band, Curve, Plot
from core.curves.sight import Sight, in_sight, spread, with_room
from core.curves.ticks import XAxis, x_ticks, y_ticks
from core.export.canvas import SOFT_INK, Area, Box, Colour, Paper, Stroke
from core.export.inks import WHITE, faint, ink
from core.export.lettering import font, line, line_height

LETTERS = 12
_LINE = line_height(LETTERS)

BELOW = 2 * _LINE + 6
"""Pixels that the numbers and the title of the x axis take below a plot."""

CURVE_PX, RAW_PX, MARK_PX = 1.6, 1.0, 1.0
"""How thick curves are, those as reported below a moving average, and marks of changes."""

_DOT_PX = 4.0
_TICK_PX = 4
# Room for the numbers of the y axis.
_GUTTER_PX = 48
_GRID_INK = (234, 234, 234)
_DASH_PX, _DASHES_APART_PX = 5.0, 9.0
_MARKS_APART_PX = 2.0
# What is further out of sight is drawn to there.
_FAR_PX = 1e5

_BAND_OPACITY = 0.18


_Place = TypeVar("_Place", float, NDArray[np.float64])


@dataclass(frozen=True)
class _Drawn:
    """What there is to see of a curve: as reported, and smoothed."""

    curve: Curve
    raw: Sight | None
    smooth: Sight | None

    @property
    def main(self) -> Sight | None:
        """What is drawn strongly."""
        return self.smooth or self.raw


class Axes:
    """Where everything of a plot stands.

    Attributes:
        area: where its curves are; numbers stand around it.
    """

    def __init__(
        self, plot: Plot, x_axis: XAxis, log_y: bool, x_range: tuple[float, float], box: Box
    ) -> None:
        """Lay out a plot in a box; the numbers of the x axis stand below it."""
        self.area = box._replace(left=box.left + _GUTTER_PX)
        self._plot, self._x_axis, self._log_y, self._x_range = plot, x_axis, log_y, x_range
        # Paper shows finer lines than a screen.
        width = 2 * self.area.width
        self._drawn = [
            _Drawn(
                curve,
                in_sight(curve.x, curve.raw, x_range, width, log_y),
                None
                if curve.smooth is None
                else in_sight(curve.x, curve.smooth, x_range, width, log_y),
            )
            for curve in plot.curves
        ]
        self._singles = [
            (band.colour, single)
            for band in plot.bands
            for x, values in band.singles
            if (single := in_sight(x, values, x_range, width, log_y))
        ]
        self._bands = [(band.colour, *_ends_of(band, x_range, width, log_y)) for band in plot.bands]
        self._level = plot.level.height(log_y) if plot.level else None
        seen = [each for drawn in self._drawn for each in (drawn.raw, drawn.smooth) if each]
        seen += [single for _, single in self._singles]
        seen += [end for _, *ends in self._bands for end in ends if end]
        low = min((each.extent[0] for each in seen), default=0.0)
        high = max((each.extent[1] for each in seen), default=1.0)
        if self._level is not None:
            # With room for what stands above the line.
            high = max(high, self._level + _LINE / self.area.height * (high - low))
        self._y_range = with_room(low, high)

    def draw_on(self, paper: Paper, x_title: str) -> None:
        """Draw the curves and their axes."""
        area, (low, high) = self.area, self._y_range
        y_marks = y_ticks(low, high, _LINE / area.height, self._log_y)
        rows = [(round(self._down(y)), text) for y, text in y_marks]
        letter = font(LETTERS).getlength("0") / area.width
        x_marks = x_ticks(self._x_axis, *self._x_range, letter)
        columns = [(round(self._across(x)), text) for x, text in x_marks]
        for y, _ in rows:
            paper.bar(Box(area.left, y, area.right, y + 1), _GRID_INK)
        if areas := list(self._areas()):
            paper.fill(areas, area)
        paper.draw(list(self._strokes()), area)
        paper.bar(Box(area.left - 1, area.top, area.left, area.bottom + 1), SOFT_INK)
        paper.bar(Box(area.left, area.bottom, area.right, area.bottom + 1), SOFT_INK)
        for y, text in rows:
            paper.bar(Box(area.left - _TICK_PX, y, area.left, y + 1), SOFT_INK)
            paper.write(line(text, LETTERS), area.left - 7, y - _LINE / 2, "right", SOFT_INK)
        for x, text in columns:
            paper.bar(Box(x, area.bottom, x + 1, area.bottom + _TICK_PX), SOFT_INK)
            paper.write(line(text, LETTERS), x, area.bottom + 5, "centre", SOFT_INK)
        middle = (area.left + area.right) / 2
        paper.write(line(x_title, LETTERS), middle, area.bottom + 5 + _LINE, "centre", SOFT_INK)
        self._write_inside(paper, middle)

    def _write_inside(self, paper: Paper, middle: float) -> None:
        """What the level means, the runs' numbers, or why there is nothing to see."""
        area = self.area
        if self._plot.level and self._level is not None:
            top = self._down(self._level) - _LINE
            if area.top <= top <= area.bottom - _LINE:
                meaning = line(self._plot.level.meaning, LETTERS)
                left = self._freer(meaning.width, top)
                paper.write(meaning, left, top, colour=SOFT_INK, halo=WHITE)
        found = [(drawn.curve, drawn.main.end) for drawn in self._drawn if drawn.main]
        if not found:
            top = (area.top + area.bottom - _LINE) / 2
            paper.write(line(self._plot.empty, LETTERS), middle, top, "centre", SOFT_INK)
        if self._plot.numbered:
            ends = [(self._across(x), self._down(y)) for _, (x, y) in found]
            lowest, highest = area.top + _LINE / 2, area.bottom - _LINE / 2
            heights = spread(ends, _LINE, 0.8 * _LINE, lowest, highest)
            for (curve, _), (x, _), y in zip(found, ends, heights, strict=True):
                number = line(str(curve.number), LETTERS)
                paper.write(number, x + 4, y - _LINE / 2, colour=ink(curve.colour), halo=WHITE)

    def _freer(self, width: int, top: float) -> float:
        """Where a text so wide hides less of the curves: at the left end or at the right one."""
        ends = self.area.left + 5, self.area.right - 5 - width

        def hidden(left: float) -> int:
            count = 0
            for seen in (each for drawn in self._drawn for each in (drawn.raw, drawn.smooth)):
                if seen is not None:
                    x, y = self._across(seen.places), self._down(seen.heights)
                    there = (left <= x) & (x <= left + width) & (top <= y) & (y <= top + _LINE)
                    count += int(np.count_nonzero(there))
            return count

        return min(ends, key=hidden)

    def _strokes(self) -> Iterator[Stroke]:
        """The level, single runs, curves as reported, the marks, then what is drawn strongly."""
        area = self.area
        if self._level is not None:
            y = self._down(self._level)
            yield Stroke(dashes((area.left, y), (area.right, y)), SOFT_INK)
        for index, single in self._singles:
            yield from self._curve(single, faint(ink(index)), RAW_PX)
        for drawn in self._drawn:
            if drawn.raw and drawn.smooth:
                yield from self._curve(drawn.raw, faint(ink(drawn.curve.colour)), RAW_PX)
        for drawn in self._drawn:
            colour, shown = ink(drawn.curve.colour), -np.inf
            for x in (self._across(place) for place, _ in drawn.curve.marks):
                if area.left <= x <= area.right and x - shown >= _MARKS_APART_PX:
                    yield Stroke(dashes((x, area.top), (x, area.bottom)), colour, MARK_PX)
                    shown = x
        for drawn in self._drawn:
            if drawn.main:
                yield from self._curve(drawn.main, ink(drawn.curve.colour), CURVE_PX)

    def _areas(self) -> Iterator[Area]:
        for colour, low, high in self._bands:
            if low and high:
                there, back = self._points(low), self._points(high)[::-1]
                outline = np.concatenate((there, back))
                shown = outline[np.isfinite(outline).all(axis=1)]
                yield Area(shown, ink(colour), _BAND_OPACITY)

    def _points(self, seen: Sight) -> NDArray[np.float64]:
        """Where they are on the paper, (P, 2)."""
        points = np.column_stack((self._across(seen.places), self._down(seen.heights)))
        return points.clip(-_FAR_PX, _FAR_PX)

    def _curve(self, seen: Sight, colour: Colour, width: float) -> Iterator[Stroke]:
        """Its lines, and what no line leads to as dots."""
        points = self._points(seen)
        there = np.isfinite(points).all(axis=1)
        breaks = np.flatnonzero(np.diff(there)) + 1
        parts = [
            part
            for part, shown in zip(np.split(points, breaks), np.split(there, breaks), strict=True)
            if len(part) and shown[0]
        ]
        if lines := [part for part in parts if len(part) > 1]:
            yield Stroke(lines, colour, width)
        if dots := [part for part in parts if len(part) == 1]:
            yield Stroke(dots, colour, max(width, _DOT_PX))

    def _across(self, x: _Place) -> _Place:
        low, high = self._x_range
        return self.area.left + (x - low) / (high - low) * self.area.width

    def _down(self, y: _Place) -> _Place:
        low, high = self._y_range
        return self.area.bottom - (y - low) / (high - low) * self.area.height


def _ends_of(
    band: Band, x_range: tuple[float, float], width: int, log_y: bool
) -> tuple[Sight | None, Sight | None]:
    """What there is to see of the lower and the upper end of a band."""
    low, high = (in_sight(band.x, end, x_range, width, log_y) for end in (band.low, band.high))
    return low, high


def dashes(start: tuple[float, float], end: tuple[float, float]) -> list[NDArray[np.float64]]:
    """A broken line."""
    ends = np.array((start, end))
    way = ends[1] - ends[0]
    length = float(np.hypot(*way))
    places = np.arange(0.0, length, _DASHES_APART_PX)
    return [ends[0] + way / length * ((at,), (min(at + _DASH_PX, length),)) for at in places]
