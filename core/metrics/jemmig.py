"""JEMMIG: does one code alone hold each factor, and nothing else?"""

import numpy as np
from numpy.typing import ArrayLike

from core.metrics.discrete_information import BINS, information, largest_two
from core.metrics.score import Score, mean_score


def jemmig(
    factors: ArrayLike, codes: ArrayLike, *, bins: int = BINS, discrete_factors: bool = False
) -> Score:
    """Joint entropy minus mutual information gap of codes (N, D) about factors (N, F).

    Per factor f, with c* the code that tells most about it and I1 >= I2 the two largest mutual
    informations: 1 - (H(f, c*) - I1 + I2) / (H(f) + log2 bins), averaged over the factors.
    Do and Tran, Theory and Evaluation Metrics for Learning Disentangled Representations, ICLR
    2020, normalised as in Carbonneau et al.'s implementation. In [0, 1], higher is better.

    Where nothing can be told: a constant factor is left out; with one code I2 is 0; if every code
    is constant the score is 0 (the formula would give 1/2).

    Raises:
        MetricError: see `information`.
    """
    found = information(factors, codes, bins=bins, discrete_factors=discrete_factors)
    first, second = largest_two(found.mutual)
    best = found.joint[found.mutual.argmax(0), np.arange(len(found.factors))]
    per_factor = 1 - (best - first + second) / (found.factors + np.log2(bins))
    if not found.codes.any():
        per_factor[:] = 0.0
    per_factor[found.factors == 0] = np.nan
    return mean_score("per_factor", per_factor)
