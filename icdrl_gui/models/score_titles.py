"""What the scores of scores.csv are called on screen, their range, and which way is better."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from core.export import ScoreColumn

Direction = Literal["higher", "lower", "neither"]

FIRST_SHOWN = ("mig", "sap", "jemmig", "mod", "exp")
"""Of the curves, which fit beside each other; the total correlation stands among the losses."""

_WORDS = {"higher": "Higher is better", "lower": "Lower is better", "neither": "Neither is better"}
_ARROWS = {"higher": " ↑", "lower": " ↓", "neither": ""}


@dataclass(frozen=True)
class ScoreTitle:
    """`about` completes "how ..."; `ends` is the score's range in words."""

    title: str
    direction: Direction
    ends: str
    about: str
    needs_factors: bool = True
    counts: bool = False


_UNIT, _ABOVE_CHANCE = "0 to 1", "0 (chance) to 1, −1 / (factors − 1) at worst"
_NATS = "0 upwards, in nats"

TITLES: dict[str, ScoreTitle] = {
    "mig": ScoreTitle(
        "MIG", "higher", _UNIT, "How much more the best code tells of a factor than the second best"
    ),
    "sap": ScoreTitle(
        "SAP", "higher", _UNIT, "How much better the best code predicts a factor than the second"
    ),
    "jemmig": ScoreTitle(
        "JEMMIG", "higher", _UNIT, "MIG that also asks that the best code tells of no other factor"
    ),
    "mod": ScoreTitle("MOD", "higher", _UNIT, "How far each code tells of a single factor"),
    "exp": ScoreTitle(
        "EXP", "higher", "0 (chance) to 1, −1 at worst", "How well all codes predict each factor"
    ),
    "z_diff": ScoreTitle(
        "Z-diff", "higher", _ABOVE_CHANCE, "How well the factor that two images share is told"
    ),
    "factor_vae": ScoreTitle(
        "FactorVAE", "higher", _ABOVE_CHANCE, "How well the code that varies least tells the factor"
    ),
    "dci": ScoreTitle(
        "DCI", "higher", _UNIT, "Disentanglement: how far each code matters for a single factor"
    ),
    "dci.completeness": ScoreTitle(
        "DCI compl.", "higher", _UNIT, "Completeness: how far each factor needs a single code"
    ),
    "dci.informativeness": ScoreTitle(
        "DCI inf.", "higher", _UNIT, "Informativeness: how well all codes predict each factor"
    ),
    "total_correlation": ScoreTitle(
        "TC", "lower", _NATS, "Total correlation of the codes, Gaussian closed form", False
    ),
    "total_correlation_knn": ScoreTitle(
        "TC knn", "lower", _NATS, "Total correlation of the codes, by nearest neighbours", False
    ),
    "active_codes": ScoreTitle(
        "Active",
        "neither",
        "0 to the number of codes",
        "How many codes vary at all",
        needs_factors=False,
        counts=True,
    ),
}
"""Column of scores.csv -> its title, in the order of the table."""


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
