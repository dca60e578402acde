"""What plots show: quantities of runs over one axis, and how a person looks at them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from core.curves.growing import Growing
from core.curves.ticks import XAxis

USUAL_SMOOTHING = 0.9

INKS = (
    *("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#b07800", "#3a9bd9"),
    *("#6a3d9a", "#8c1d40", "#5c6b00", "#5f6b7a", "#e0457b", "#00545e"),
)
"""Okabe and Ito's palette without black, then six more, dark enough for white; one a run."""


@dataclass(frozen=True)
class CurveLook:
    """x_axis: a column; smoothing: weight of the past, 0 for none; scalars: columns, one a plot."""

    x_axis: XAxis = "step"
    log_y: bool = False
    smoothing: float = USUAL_SMOOTHING
    scalars: tuple[str, ...] = ()


@dataclass(frozen=True)
class Curve:
    """One quantity of one run; the columns have one number a report and go on growing.

    Attributes:
        run: the run's name; number: its number in the legend, from 1; colour: index in
            `Colours.curves`.
        steps, x, raw, smooth: step and place on the x axis, value, and its moving average.
        marks: (x, what happened there).
    """

    run: str
    number: int
    colour: int
    steps: Growing
    x: Growing
    raw: Growing
    smooth: Growing | None = None
    marks: Sequence[tuple[float, str]] = ()


@dataclass(frozen=True)
class Band:
    """What a curve that is a mean was made from.

    Attributes:
        colour: that of the curve.
        x, low, high: places on the x axis, and the ends of the interval there.
        singles: (x, value) of each run.
    """

    colour: int
    x: Growing
    low: Growing
    high: Growing
    singles: Sequence[tuple[Growing, Growing]] = ()


@dataclass(frozen=True)
class Level:
    """A horizontal line with a meaning."""

    value: float
    meaning: str

    def height(self, log_y: bool) -> float | None:
        """Where it is on an axis, which may be logarithmic; None: nowhere."""
        if log_y:
            return math.log10(self.value) if self.value > 0 else None
        return self.value


@dataclass(frozen=True)
class Plot:
    """What a `CurvePlot` shows.

    numbered: each curve has its run's number at its end; bands: around curves that are means.
    """

    title: str
    curves: Sequence[Curve] = ()
    level: Level | None = None
    numbered: bool = False
    empty: str = "no numbers yet"
    bands: Sequence[Band] = ()
