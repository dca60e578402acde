"""The dominant factor of each code: the one that it follows most, and how exclusively."""

from dataclasses import dataclass

import numpy as np

from core.metrics.discrete_information import Information
from core.metrics.inputs import Matrix

# A code that tells less than this part of a factor is not said to follow it.
_FOLLOWS_FROM = 0.05
# Nor one whose part may be chance: by how many standard deviations it must be above. Of noise, one
# code in 500 then follows one of five factors at N = 20 to 100, and none at N = 200 and above.
_SURE = 3.0


@dataclass(frozen=True)
class DominantFactor:
    """The factor that a code follows most.

    Attributes:
        factor: index of the factor.
        strength: the part of the factor's entropy that the code tells beyond chance, in [0, 1].
        exclusiveness: that part's share in what the code tells about all factors, in (0, 1].
    """

    factor: int
    strength: float
    exclusiveness: float


def dominant_factors(found: Information) -> tuple[DominantFactor | None, ...]:
    """For each of the D codes the factor about which it says most; None: it is about no factor."""
    entropies = np.where(found.factors > 0, found.factors, np.inf)
    parts = np.maximum(found.mutual - found.by_chance, 0.0) / entropies
    doubts = _SURE * found.chance_std / entropies
    return tuple(map(_dominant_factor, parts, doubts))


def _dominant_factor(parts: Matrix, doubts: Matrix) -> DominantFactor | None:
    factor = int(parts.argmax())
    strength = float(parts[factor])
    if strength - doubts[factor] < _FOLLOWS_FROM:
        return None
    return DominantFactor(factor, strength, strength / float(parts.sum()))
