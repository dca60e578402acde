"""The line that says which curve is which run."""

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from icdrl_gui.theme import Colours


class LegendEntry(NamedTuple):
    """A run's number beside its curves, its name, and the index of its colour."""

    number: int
    name: str
    colour: int


def legend_text(entries: Sequence[LegendEntry], smoothing: float, of: Colours) -> tuple[str, str]:
    """Which run is which, and what is smoothed: as rich text, and as plain text."""
    if not entries:
        return "", ""
    rich, plain = [], []
    for number, name, colour in entries:
        key = f"{number} —" if len(entries) > 1 else "—"
        rich.append(f"<span style='color:{of.curves[colour]}'><b>{key}</b></span> {escape(name)}")
        plain.append(f"{key} {name}")
    if smoothing:
        rich.append(f"<span style='color:{of.muted}'>EMA {smoothing:g}, raw faint</span>")
        plain.append(f"faint: as reported; strong: EMA {smoothing:g}, their moving average")
    return "&nbsp;&nbsp; ".join(rich), "\n".join(plain)
