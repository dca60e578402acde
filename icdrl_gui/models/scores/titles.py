"""How the window says what scores are called, their range, and which way is better."""

from core.export import ScoreColumn
from core.metrics.catalogue import TITLES, title_of

FIRST_SHOWN = ("mig", "sap", "jemmig", "mod", "exp")
"""Of the curves, which fit beside each other; the total correlation stands among the losses."""

_WORDS = {"higher": "Higher is better", "lower": "Lower is better", "neither": "Neither is better"}


def column_of(name: str) -> ScoreColumn:
    """A column of the table; a score that this app does not know yet has no direction."""
    known = TITLES.get(name)
    if known is None:
        return ScoreColumn(name, title_of(name))
    return ScoreColumn(name, known.title, known.direction, known.counts)


def tip(name: str) -> str:
    """All there is to say about a score."""
    known = TITLES.get(name)
    if known is None:
        return f"{name} in scores.csv"
    return f"{known.about}.\n{_WORDS[known.direction]}; range: {known.ends}.\n{name} in scores.csv"
