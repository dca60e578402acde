"""MOD: does each code tell about one factor only?"""

import numpy as np
from numpy.typing import ArrayLike

from core.metrics.discrete_information import BINS, information
from core.metrics.score import Score, mean_score

# Bits; the smallest that a code of noise reaches by chance is far above, that of rounding below.
_NOTHING = 1e-9


def modularity(
    factors: ArrayLike, codes: ArrayLike, *, bins: int = BINS, discrete_factors: bool = False
) -> Score:
    """Modularity of codes (N, D) with respect to factors (N, F).

    Per code c, with f* the factor that it tells most about:
    1 - sum over f != f* of I(f; c)² / (I(f*; c)² (F - 1)), averaged over all codes.
    Ridgeway and Mozer, Learning Deep Disentangled Embeddings with the F-Statistic Loss, NeurIPS
    2018. In [0, 1], higher is better. It is not corrected for chance: codes of pure noise reach
    about 0.6.

    Where nothing can be told: a code about no factor, such as a constant one, counts as 0,
    and with a single factor that varies every other code counts as 1. Constant factors are left
    out.

    Raises:
        MetricError: see `information`.
    """
    found = information(factors, codes, bins=bins, discrete_factors=discrete_factors)
    squares = found.mutual[:, found.factors > 0] ** 2
    best = squares.max(1)
    tells = best > _NOTHING**2
    others = np.maximum(squares.sum(1) - best, 0.0)
    leaked = others / np.where(tells, best, np.inf) / max(squares.shape[1] - 1, 1)
    per_code = np.where(tells, 1 - leaked, 0.0)
    return mean_score("per_code", per_code)
