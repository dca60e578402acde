"""Entropies and mutual information of columns cut into bins: plug-in estimates, in bits."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.metrics.errors import MetricError
from core.metrics.inputs import Matrix, checked_pair, rescaled

BINS = 10

Labels = NDArray[np.int64]


@dataclass(frozen=True)
class Binning:
    """How metrics that count cut columns into classes.

    Attributes:
        bins: how many bins of equal width there are.
        discrete_factors: whether every value of a factor is a class of its own instead.
    """

    bins: int = BINS
    discrete_factors: bool = False


@dataclass(frozen=True)
class Information:
    """What codes tell about factors, in bits.

    Attributes:
        mutual: (D, F) mutual information of every code and every factor.
        codes: (D,) entropies of the codes.
        factors: (F,) entropies of the factors; 0 where a factor is constant.
        by_chance: (D, F) mutual information that counting shows on average where there is none:
            (B - 1)(B' - 1) / (2 N ln 2) for B and B' bins that are not empty (Miller, 1955).
        chance_std: (D, F) its standard deviation.
    """

    mutual: Matrix
    codes: Matrix
    factors: Matrix
    by_chance: Matrix
    chance_std: Matrix

    @property
    def joint(self) -> Matrix:
        """(D, F) joint entropies."""
        return self.codes[:, None] + self.factors - self.mutual


def information(
    factors: ArrayLike, codes: ArrayLike, *, bins: int = BINS, discrete_factors: bool = False
) -> Information:
    """Entropies and mutual information of codes (N, D) and factors (N, F).

    Both are cut into `bins` bins of equal width between smallest and largest value; with
    `discrete_factors` every value of a factor is a class of its own. Counting overestimates the
    information of independent columns: see `by_chance`, which is not subtracted from `mutual`.

    Raises:
        MetricError: see `checked_pair`; fewer than two bins.
    """
    factors, codes = checked_pair(factors, codes)
    labels, binned_codes = classes(factors, bins, discrete_factors), binned(codes, bins)
    of_codes = np.array([_entropy(column) for column in binned_codes.T])
    of_factors = np.array([_entropy(column) for column in labels.T])
    joint = np.array(
        [
            [_entropy(column * (code.max() + 1) + code) for column in labels.T]
            for code in binned_codes.T
        ]
    )
    mutual = np.maximum(of_codes[:, None] + of_factors - joint, 0.0)
    # 2 N times the nats of independent columns follow a chi-squared distribution.
    freedom = np.outer(_occupied(binned_codes) - 1, _occupied(labels) - 1)
    unit = 2 * len(labels) * np.log(2)
    by_chance, chance_std = freedom / unit, np.sqrt(2 * freedom) / unit
    return Information(mutual, of_codes, of_factors, by_chance, chance_std)


def binned(values: Matrix, bins: int) -> Labels:
    """(N, K) numbers of the bins, from 0, that the values (N, K) fall into.

    A bin holds its lower edge; the last one holds both. A constant column is all 0.

    Raises:
        MetricError: fewer than two bins.
    """
    if bins < 2:
        raise MetricError(f"There must be at least 2 bins, not {bins}.")
    edges = np.linspace(0, 1, bins + 1)[1:-1]
    return np.searchsorted(edges, rescaled(values), side="right").astype(np.int64)


def classes(factors: Matrix, bins: int, discrete: bool) -> Labels:
    """(N, F) class of every factor, from 0: the bin, or with `discrete` the value itself.

    Raises:
        MetricError: fewer than two bins.
    """
    if not discrete:
        return binned(factors, bins)
    return np.stack([np.unique(column, return_inverse=True)[1] for column in factors.T], axis=1)


def largest_two(values: Matrix) -> tuple[Matrix, Matrix]:
    """(F,) largest and (F,) second largest of each column of (D, F); a missing second is 0."""
    padded = np.sort(np.vstack([values, np.zeros_like(values[:1])]), axis=0)
    return padded[-1], padded[-2]


def _occupied(labels: Labels) -> Labels:
    """(K,) how many classes each column of labels (N, K) has."""
    return np.array([np.count_nonzero(np.bincount(column)) for column in labels.T])


def _entropy(labels: Labels) -> float:
    counts = np.bincount(labels)
    counts = counts[counts > 0]
    return float(np.log2(len(labels)) - counts @ np.log2(counts) / len(labels))
