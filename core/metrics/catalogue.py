"""What there is to say of every score, one table for the command line and the window."""

from collections.abc import Iterable
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
        paper: where it was proposed.
        noise: what five codes of pure noise get on 10,000 images of dSprites; None: not a number
            to compare with.
    """

    title: str
    direction: Direction
    ends: str
    about: str
    needs_factors: bool = True
    counts: bool = False
    paper: str = ""
    noise: float | None = None


_UNIT, _ABOVE_CHANCE = "0 to 1", "0 (chance) to 1, −1 / (factors − 1) at worst"
_NATS = "0 upwards, in nats"
_RIDGEWAY = "Ridgeway and Mozer 2018, arXiv 1802.05312"
_EASTWOOD = "Eastwood and Williams 2018"
_HSU = "Hsu et al. 2023, arXiv 2305.18378"

TITLES: dict[str, ScoreTitle] = {
    "mig": ScoreTitle(
        "MIG",
        "higher",
        _UNIT,
        "How much more the best code says about a factor than the second",
        paper="Chen et al. 2018, arXiv 1802.04942",
        noise=0.0,
    ),
    "sap": ScoreTitle(
        "SAP",
        "higher",
        _UNIT,
        "How much better the best code predicts a factor than the second",
        paper="Kumar et al. 2018, arXiv 1711.00848",
        noise=0.0,
    ),
    "jemmig": ScoreTitle(
        "JEMMIG",
        "higher",
        _UNIT,
        "MIG that also asks that the best code is about no other factor",
        paper="Do and Tran 2020, arXiv 1908.09961",
        noise=0.14,
    ),
    "mod": ScoreTitle(
        "MOD",
        "higher",
        _UNIT,
        "How far each code is about a single factor",
        paper=_RIDGEWAY,
        noise=0.51,
    ),
    "exp": ScoreTitle(
        "EXP",
        "higher",
        "0 (chance) to 1, −1 at worst",
        "How well all codes predict each factor",
        paper=_RIDGEWAY,
        noise=0.03,
    ),
    "z_diff": ScoreTitle(
        "Z-diff",
        "higher",
        _ABOVE_CHANCE,
        "How well the factor that two images share is told",
        paper="Higgins et al. 2017 (beta-VAE)",
        noise=0.0,
    ),
    "factor_vae": ScoreTitle(
        "FactorVAE",
        "higher",
        _ABOVE_CHANCE,
        "How well the code that varies least tells the factor",
        paper="Kim and Mnih 2018, arXiv 1802.05983",
        noise=-0.02,
    ),
    "dci": ScoreTitle(
        "DCI",
        "higher",
        _UNIT,
        "Disentanglement: how far each code matters for a single factor",
        paper=_EASTWOOD,
        noise=0.0,
    ),
    "dci.completeness": ScoreTitle(
        "DCI compl.",
        "higher",
        _UNIT,
        "Completeness: how far each factor needs a single code",
        paper=_EASTWOOD,
        noise=0.0,
    ),
    "dci.informativeness": ScoreTitle(
        "DCI inf.",
        "higher",
        _UNIT,
        "Informativeness: how well all codes predict each factor",
        paper=_EASTWOOD,
        noise=0.0,
    ),
    "infomec": ScoreTitle(
        "InfoM",
        "higher",
        _UNIT,
        "InfoMEC, modularity: how far each code is about a single factor",
        paper=_HSU,
        noise=0.74,
    ),
    "infomec.explicitness": ScoreTitle(
        "InfoE",
        "higher",
        _UNIT,
        "InfoMEC, explicitness: how well all codes predict each factor",
        paper=_HSU,
        noise=0.0,
    ),
    "infomec.compactness": ScoreTitle(
        "InfoC",
        "higher",
        _UNIT,
        "InfoMEC, compactness: how far each factor is in a single code",
        paper=_HSU,
        noise=0.54,
    ),
    "total_correlation": ScoreTitle(
        "TC",
        "lower",
        _NATS,
        "Total correlation of the codes, Gaussian closed form",
        False,
        noise=0.0,
    ),
    "total_correlation_knn": ScoreTitle(
        "TC knn",
        "lower",
        _NATS,
        "Total correlation of the codes, by nearest neighbours",
        False,
        noise=0.0,
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


def in_order(names: Iterable[str]) -> tuple[str, ...]:
    """The names as tables have them, unknown ones last."""
    given = tuple(dict.fromkeys(names))
    return (*(n for n in TITLES if n in given), *(n for n in given if n not in TITLES))
