"""How many codes move at all."""

from numpy.typing import ArrayLike

from core.metrics.inputs import checked_codes, varies
from core.metrics.score import Score

# Below this standard deviation a code counts as dead, here and in the FactorVAE score. The default
# of Carbonneau et al.'s function and of disentanglement_lib; the config of the former's experiments
# says 0.02.
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
    active = (stds >= active_std) & varies(codes)
    return Score(float(active.sum()), 0.0, float(len(stds)), "neither", {"per_code": stds})
