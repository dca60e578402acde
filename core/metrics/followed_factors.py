"""Which factor each code follows most, and how exclusively."""

from dataclasses import dataclass

import numpy as np

from core.metrics.discrete_information import Information

# A code that tells less than this part of a factor is not said to follow it. Counting alone makes
# 2,000 rows of noise tell 0.01 of it.
_FOLLOWS_FROM = 0.05


@dataclass(frozen=True)
class Followed:
    """What a code is about.

    Attributes:
        factor: index of the factor.
        strength: the part of the factor's entropy that the code tells, in [0, 1].
        exclusiveness: that part's share of the parts that the code tells of all factors, in (0, 1].
    """

    factor: int
    strength: float
    exclusiveness: float


def followed_factors(found: Information) -> tuple[Followed | None, ...]:
    """For each of the D codes the factor of which it tells the largest part; None: of no factor."""
    parts = found.mutual / np.where(found.factors > 0, found.factors, np.inf)
    return tuple(
        Followed(int(row.argmax()), float(row.max()), float(row.max() / row.sum()))
        if row.max() >= _FOLLOWS_FROM
        else None
        for row in parts
    )
