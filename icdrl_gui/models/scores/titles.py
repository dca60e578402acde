"""How the window says what scores are called, their range, and which way is better."""

from collections.abc import Iterable

from core.export import ScoreColumn
from core.metrics.catalogue import TITLES

FIRST_SHOWN = ("mig", "sap", "jemmig", "mod", "exp")
"""Of the curves, which fit beside each other; the total correlation stands among the losses."""

_WORDS = {"higher": "Higher is better", "lower": "Lower is better", "neither": "Neither is better"}
_ARROWS = {"higher": " ↑", "lower": " ↓", "neither": ""}


def column_of(name: str) -> ScoreColumn:
    """A column of the table; a score that this app does not know yet has no direction."""
    known = TITLES.get(name)
    if known is None:
        return ScoreColumn(name, name.replace(".", " ").replace("_", " ").capitalize())
    return ScoreColumn(name, known.title, known.direction, known.counts)


def heading(column: ScoreColumn) -> str:
    """`MIG ↑`."""
    return f"{column.title}{_ARROWS[column.direction]}"


def tip(name: str) -> str:
    """All there is to say about a score."""
    known = TITLES.get(name)
    if known is None:
        return f"{name} in scores.csv"
    return f"{known.about}.\n{_WORDS[known.direction]}; range: {known.ends}.\n{name} in scores.csv"


def in_order(names: Iterable[str]) -> tuple[str, ...]:
    """The names as the table has them, unknown ones last."""
    given = tuple(dict.fromkeys(names))
    return (*(n for n in TITLES if n in given), *(n for n in given if n not in TITLES))
