"""`Legend`: which curve is which run, what is smoothed, and what was changed while training."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from core.counts import counted
from core.curves.plot import Curve
from core.curves.ticks import XAxis, x_words
from core.export.axes import CURVE_PX, MARK_PX, RAW_PX, dashes
from core.export.canvas import INK, SOFT_INK, Box, Colour, Paper, Stroke
from core.export.inks import faint, ink
from core.export.lettering import Lettering, line, line_height

LETTERS = 13

_LINE = line_height(LETTERS)

_SWATCH_PX, _BESIDE_PX, _GAP_PX = 26, 6, 22
_MOST_CHANGES = 8


class Key(NamedTuple):
    """A text beside a piece of the line that it is about; a width of 0: beside none."""

    text: str
    colour: Colour = INK
    width: float = 0.0
    dashed: bool = False


BAND_KEYS = (
    Key("mean", SOFT_INK, CURVE_PX),
    Key("single runs", faint(SOFT_INK), RAW_PX),
    Key("shaded: 95 % interval of the mean"),
)
"""Of curves that are means."""


class Legend:
    """Keys in rows.

    Attributes:
        height: pixels that all rows take.
    """

    def __init__(self, keys: Iterable[Key], width: int) -> None:
        """Lay them out on so many pixels; longer names lose their middles."""
        self._places: list[tuple[Key, Lettering, int, int]] = []
        x, y = 0, 0
        for key in keys:
            before = _SWATCH_PX + _BESIDE_PX if key.width else 0
            text = line(key.text, LETTERS, width - before)
            if x and x + before + text.width > width:
                x, y = 0, y + _LINE + 3
            self._places.append((key, text, x, y))
            x += before + text.width + _GAP_PX
        self.height = y + _LINE if self._places else 0

    def draw_on(self, paper: Paper, left: int, top: int) -> None:
        """Draw them all."""
        for key, text, x, y in self._places:
            if key.width:
                box = Box(left + x, top + y, left + x + _SWATCH_PX, top + y + _LINE)
                middle = box.top + _LINE / 2
                start, end = (box.left + 1.0, middle), (box.right - 1.0, middle)
                lines = dashes(start, end) if key.dashed else [np.array((start, end))]
                paper.draw([Stroke(lines, key.colour, key.width)], box)
                x += _SWATCH_PX + _BESIDE_PX
            paper.write(text, left + x, top + y)


def legend_keys(runs: Sequence[Curve], smoothing: float, x_axis: XAxis) -> Iterator[Key]:
    """What there is to say of these runs, of each a curve."""
    several = len(runs) > 1
    for run in runs:
        name = f"{run.number}  {run.run}" if several else run.run
        # The lines of a run alone are told apart by what is smoothed.
        width = 2 * CURVE_PX if several else 0.0 if smoothing else CURVE_PX
        yield Key(name, ink(run.colour), width)
    if smoothing and runs:
        colour = SOFT_INK if several else ink(runs[0].colour)
        yield Key("as reported", faint(colour), RAW_PX)
        yield Key(f"moving average, EMA {smoothing:g}", colour, CURVE_PX)
    changes = [(run, place, what) for run in runs for place, what in run.marks]
    for run, place, what in changes[:_MOST_CHANGES]:
        when = f"step {place:,.0f}" if x_axis == "step" else x_words(x_axis)(place)
        number = f"{run.number}  " if several else ""
        yield Key(f"{number}{when}: {what}", ink(run.colour), MARK_PX, dashed=True)
    if len(changes) > _MOST_CHANGES:
        yield Key(f"and {counted(len(changes) - _MOST_CHANGES, 'more change')}")
