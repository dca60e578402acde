"""The FactorVAE score: does the code that varies least tell which factor was held fixed?"""

import numpy as np
from numpy.typing import ArrayLike

from core.metrics.active_codes import ACTIVE_STD
from core.metrics.discrete_information import BINS, Labels, classes
from core.metrics.fixed_factor import FixedFactor
from core.metrics.inputs import Matrix, checked_pair, varies
from core.metrics.score import Score, score_above_chance

# Rows that the variances of the codes are taken from.
_VARIANCE_ROWS = 10_000


def factor_vae_score(
    factors: ArrayLike,
    codes: ArrayLike,
    *,
    bins: int = BINS,
    discrete_factors: bool = False,
    train: int = 800,
    test: int = 800,
    rows: int = 200,
    active_std: float = ACTIVE_STD,
    seed: int = 0,
) -> Score:
    """Z-min-var of codes (N, D) about factors (N, F).

    A vote: of `rows` rows that share the value of one factor, the active code whose variance is
    smallest relative to its variance over all rows. Each code is given the factor that most of
    `train` votes went together with; the accuracy on `test` others, scaled so that chance is 0:
    (accuracy - 1/F) / (1 - 1/F). A code is active if its standard deviation is at least
    `active_std`. Kim and Mnih, Disentangling by Factorising, ICML 2018, in the form of Carbonneau
    et al.'s implementation. In [-1 / (F - 1), 1], higher is better.

    Where nothing can be told: constant factors are left out; without an active code, or with a
    single factor that varies, the score is 0.

    Raises:
        MetricError: see `checked_pair`; a factor of which no value occurs twice.
    """
    factors, codes = checked_pair(factors, codes)
    labels = classes(factors[:, varies(factors)], bins, discrete_factors)
    count = labels.shape[1]
    generator = np.random.default_rng(seed)
    draw = FixedFactor(labels, generator)
    sample = generator.permutation(len(codes))[:_VARIANCE_ROWS]
    variances = codes[sample].var(0, ddof=1)
    active = (np.sqrt(variances) >= active_std) & varies(codes[sample])
    if count == 1 or not active.any():
        return score_above_chance(1 / count, count)
    relative = codes[:, active] / np.sqrt(variances[active])
    table = np.zeros((relative.shape[1], count), dtype=np.int64)
    np.add.at(table, _votes(draw, relative, train, rows), 1)
    winners, held = _votes(draw, relative, test, rows)
    accuracy = float((table.argmax(1)[winners] == held).mean())
    return score_above_chance(accuracy, count)


def _votes(draw: FixedFactor, codes: Matrix, count: int, rows: int) -> tuple[Labels, Labels]:
    """(count,) code that varies least, and (count,) factor that was held."""
    held = draw.labels(count)
    groups = [draw.rows(factor, n, rows) for factor, n in enumerate(np.bincount(held))]
    grouped = np.concatenate(groups)
    variances = np.stack([code[grouped].var(1) for code in np.ascontiguousarray(codes.T)])
    return variances.argmin(0), held
