"""How many codes move at all."""

from numpy.typing import ArrayLike

from core.metrics.inputs import checked_codes
from core.metrics.score import Score

# Below this standard deviation a code counts as dead; that of the FactorVAE score.
ACTIVE_STD = 0.05


def active_codes(
    factors: ArrayLike | None, codes: ArrayLike, *, active_std: float = ACTIVE_STD
) -> Score:
    """How many of the codes (N, D) have a standard deviation of at least `active_std`.

    In [0, D]; neither end is better: fewer codes than factors cannot hold them all, more need not
    help. factors: not looked at. A constant code is not active, whatever `active_std`.

    Raises:
        MetricError: see `checked_codes`.
    """
    codes = checked_codes(codes)
    stds = codes.std(0, ddof=1)
    active = (stds >= active_std) & (stds > 0)
    return Score(float(active.sum()), 0.0, float(len(stds)), "neither", {"per_code": stds})
