"""MIG: how much more does the best code tell about a factor than the second best?"""

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from core.metrics.discrete_information import BINS, information, largest_two
from core.metrics.score import Score, mean_score


def mutual_information_gap(
    factors: ArrayLike,
    codes: ArrayLike,
    *,
    bins: int = BINS,
    discrete_factors: bool = False,
    over: Literal["factor", "code"] = "factor",
) -> Score:
    """Mutual information gap of codes (N, D) about factors (N, F).

    Per factor the gap between the two largest I(f; c), divided by H(f), averaged over the factors.
    Chen, Li, Grosse and Duvenaud, Isolating Sources of Disentanglement in VAEs, NeurIPS 2018.
    In [0, 1], higher is better.

    over: "code" divides each I(f; c) by H(c) before the gap is taken, as Carbonneau et al.'s
    implementation does by mistake; to compare with numbers that came from it.

    Where nothing can be told: a constant factor is left out, a constant code tells 0, and with one
    code the second largest is 0.

    Raises:
        MetricError: see `information`.
    """
    found = information(factors, codes, bins=bins, discrete_factors=discrete_factors)
    entropies = found.factors if over == "factor" else found.codes[:, None]
    shares = found.mutual / np.where(entropies > 0, entropies, np.inf)
    first, second = largest_two(shares)
    per_factor = np.where(found.factors > 0, first - second, np.nan)
    return mean_score("per_factor", per_factor)
