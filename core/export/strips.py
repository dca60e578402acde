"""`StripFigure`: the scores of every run, arm by arm, with mean and interval."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from core.curves.sight import with_room
from core.curves.ticks import x_ticks
from core.export.canvas import SOFT_INK, Box, Colour, Paper, Stroke
from core.export.figure import WIDTH
from core.export.inks import WHITE, faint, ink
from core.export.legend import Key, Legend
from core.export.lettering import font, line, line_height

_LETTERS, _TITLE_LETTERS = 12, 14
_LINE, _TITLE_LINE = line_height(_LETTERS), line_height(_TITLE_LETTERS)

_MARGIN, _GAP = 16, 22
_ROW_PX = 30
_MOST_NAME_PX = 210
_GRID_INK = (234, 234, 234)
_DOT_PX, _INTERVAL_PX, _MEAN_PX = 5.0, 2.0, 2.4
_MEAN_HIGH_PX, _PUBLISHED_PX = 5.0, 4.0
# The interval stands below the runs, and those at several heights: equal ones are seen to be
# several.
_BELOW_PX = 6.0
_HEIGHTS_PX = (-5.0, -2.0, -8.0)


@dataclass(frozen=True)
class Strip:
    """One arm's runs.

    Attributes:
        arm: its name; colour: index in `INKS`.
        scores: of each run, finite.
        mean, interval: None where there are none.
        published: what the literature has.
    """

    arm: str
    colour: int
    scores: Sequence[float]
    mean: float | None = None
    interval: tuple[float, float] | None = None
    published: float | None = None


@dataclass(frozen=True)
class StripPlot:
    """A score of every arm, in the order from top to bottom."""

    title: str
    strips: Sequence[Strip]

    def extent(self) -> tuple[float, float]:
        """Least and greatest of all that is drawn."""
        values = [value for strip in self.strips for value in (*strip.scores, strip.published)]
        there = [value for value in values if value is not None]
        return (min(there), max(there)) if there else (0.0, 1.0)


class StripFigure:
    """Where everything stands; a `Layout`. All plots have the same arms."""

    width = WIDTH
    paper = WHITE

    def __init__(self, plots: Sequence[StripPlot], caption: str, published_in: str = "") -> None:
        """Lay out plots; published_in: where what was published stands."""
        self.caption = caption
        keys = [
            Key("dots: single runs", SOFT_INK),
            Key("mean with its 95 % interval", SOFT_INK, _INTERVAL_PX),
        ]
        if any(strip.published is not None for plot in plots for strip in plot.strips):
            keys.append(Key(f"× {published_in or 'published'}", SOFT_INK))
        self._legend = Legend(keys, WIDTH - 2 * _MARGIN)
        self._plots = plots
        arms = [strip.arm for strip in plots[0].strips] if plots else []
        self._arms = [line(arm, _LETTERS, _MOST_NAME_PX) for arm in arms]
        names = max((arm.width for arm in self._arms), default=0)
        self._left = _MARGIN + names + 10
        self._columns = min(max(len(plots), 1), 3)
        room = WIDTH - _MARGIN - self._left - (self._columns - 1) * _GAP
        self._across = room // self._columns
        self._down = _TITLE_LINE + len(arms) * _ROW_PX + _LINE + 10 + _GAP
        self._top = _MARGIN + self._legend.height + _MARGIN
        rows = -(-len(plots) // self._columns)
        self.height = self._top + rows * self._down - _GAP + _MARGIN

    @property
    def areas(self) -> list[Box]:
        """Where the strips of each plot are."""
        found = []
        for i in range(len(self._plots)):
            left = self._left + i % self._columns * (self._across + _GAP)
            top = self._top + i // self._columns * self._down + _TITLE_LINE + 2
            bottom = top + len(self._arms) * _ROW_PX
            found.append(Box(left, top, left + self._across, bottom))
        return found

    def draw_on(self, paper: Paper) -> None:
        """Draw the legend, the names of the arms at the left, and every plot."""
        self._legend.draw_on(paper, _MARGIN, _MARGIN)
        for i, (plot, area) in enumerate(zip(self._plots, self.areas, strict=True)):
            title = line(plot.title, _TITLE_LETTERS, area.width)
            paper.write(title, area.left, area.top - _TITLE_LINE - 2)
            _draw_plot(paper, plot, area)
            if i % self._columns == 0:
                for row, arm in enumerate(self._arms):
                    top = area.top + (row + 0.5) * _ROW_PX - _LINE / 2
                    paper.write(arm, area.left - 8, top, "right")


def _draw_plot(paper: Paper, plot: StripPlot, area: Box) -> None:
    low, high = with_room(*plot.extent())

    def across(value: float) -> float:
        return area.left + (value - low) / (high - low) * area.width

    letter = font(_LETTERS).getlength("0") / area.width
    for place, text in x_ticks("step", low, high, letter):
        x = round(across(place))
        paper.bar(Box(x, area.top, x + 1, area.bottom), _GRID_INK)
        paper.write(line(text, _LETTERS), x, area.bottom + 4, "centre", SOFT_INK)
    paper.bar(Box(area.left, area.bottom, area.right, area.bottom + 1), SOFT_INK)
    strokes: list[Stroke] = []
    for row, strip in enumerate(plot.strips):
        middle = area.top + (row + 0.5) * _ROW_PX
        strokes += _strokes(strip, [across(score) for score in strip.scores], middle)
        below = middle + _BELOW_PX
        if strip.interval is not None:
            left, right = map(across, strip.interval)
            strokes.append(_segment((left, below), (right, below), strip, _INTERVAL_PX))
        if strip.mean is not None:
            mean = across(strip.mean)
            ends = (mean, below - _MEAN_HIGH_PX), (mean, below + _MEAN_HIGH_PX)
            strokes.append(_segment(*ends, strip, _MEAN_PX))
        if strip.published is not None:
            strokes += _cross(across(strip.published), below)
    paper.draw(strokes, area)


def _strokes(strip: Strip, places: Sequence[float], middle: float) -> Iterator[Stroke]:
    """A dot a run."""
    dots = [
        np.array([(x, middle + _HEIGHTS_PX[i % len(_HEIGHTS_PX)])]) for i, x in enumerate(places)
    ]
    if dots:
        yield Stroke(dots, faint(ink(strip.colour)), _DOT_PX)


def _segment(
    start: tuple[float, float], end: tuple[float, float], strip: Strip, width: float
) -> Stroke:
    return Stroke([np.array((start, end))], ink(strip.colour), width)


def _cross(x: float, y: float, colour: Colour = SOFT_INK) -> list[Stroke]:
    arm = _PUBLISHED_PX
    lines = [((x - arm, y - arm), (x + arm, y + arm)), ((x - arm, y + arm), (x + arm, y - arm))]
    return [Stroke([np.array(each) for each in lines], colour, 1.4)]
