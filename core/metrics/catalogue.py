"""What there is to say of every score, one table for the command line and the window."""

from dataclasses import dataclass

from core.metrics.score import Direction


@dataclass(frozen=True)
class ScoreTitle:
    """A score, as people read it.

    Attributes:
        title: short.
        direction: which way is better.
        ends: its range in words.
        about: what it measures.
        needs_factors: whether it looks at the factors.
        counts: whether it is a whole number.
    """

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
        "MIG", "higher", _UNIT, "How much more the best code says about a factor than the second"
    ),
    "sap": ScoreTitle(
        "SAP", "higher", _UNIT, "How much better the best code predicts a factor than the second"
    ),
    "jemmig": ScoreTitle(
        "JEMMIG", "higher", _UNIT, "MIG that also asks that the best code is about no other factor"
    ),
    "mod": ScoreTitle("MOD", "higher", _UNIT, "How far each code is about a single factor"),
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
    "infomec": ScoreTitle(
        "InfoM", "higher", _UNIT, "InfoMEC, modularity: how far each code is about a single factor"
    ),
    "infomec.explicitness": ScoreTitle(
        "InfoE", "higher", _UNIT, "InfoMEC, explicitness: how well all codes predict each factor"
    ),
    "infomec.compactness": ScoreTitle(
        "InfoC", "higher", _UNIT, "InfoMEC, compactness: how far each factor is in a single code"
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
"""Column of scores.csv -> its title, in the order of tables; `name.part` is part of a score."""


def parts_of(name: str) -> tuple[str, ...]:
    """Those parts of a score that have a title, and so a column, of their own."""
    beginning = f"{name}."
    return tuple(each.removeprefix(beginning) for each in TITLES if each.startswith(beginning))
