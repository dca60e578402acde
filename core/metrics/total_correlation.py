"""Dependence of the columns of a representation: correlation and total correlation."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.metrics.inputs import Matrix, checked_codes, standardised, varies
from core.metrics.score import Score

# The variance that a code has beside all others, as a part of its own, if it is a copy of them but
# for the rounding of float32.
_COPIED = 1e-12
# Rows and neighbours of the estimate that sees every dependence.
_ROWS = 10_000
_NEIGHBOURS = 5


def correlation_matrix(codes: NDArray[np.floating]) -> NDArray[np.float64]:
    """(D, D) Pearson correlation of codes (N, D); a constant code correlates with nothing."""
    scaled = standardised(np.asarray(codes, dtype=np.float64))
    correlation: NDArray[np.float64] = scaled.T @ scaled / len(codes)
    np.fill_diagonal(correlation, 1.0)
    return correlation


def gaussian_total_correlation(codes: NDArray[np.floating]) -> float:
    """-1/2 log det of the correlation of codes (N, D), in nats; 0 independent, lower is better.

    Exact if the codes are jointly Gaussian; sees linear dependence only. Infinite where a code is
    a copy or a sum of others, rounding apart. For N independent samples its expectation is about
    D (D - 1) / (4 N).
    """
    eigenvalues = np.linalg.eigvalsh(correlation_matrix(codes))
    if (eigenvalues < _COPIED).any():
        return float("inf")
    return float(-0.5 * np.log(eigenvalues).sum())


def total_correlation(factors: ArrayLike | None, codes: ArrayLike) -> Score:
    """The Gaussian closed form as a score, in [0, inf), lower is better; factors: not looked at.

    Raises:
        MetricError: see `checked_codes`.
    """
    value = max(0.0, gaussian_total_correlation(checked_codes(codes)))
    return Score(value, 0.0, float("inf"), "lower")


def total_correlation_knn(
    factors: ArrayLike | None, codes: ArrayLike, *, neighbours: int = _NEIGHBOURS, seed: int = 0
) -> Score:
    """Total correlation of codes (N, D) from nearest neighbours, in nats: sees any dependence.

    Kraskov, Stögbauer and Grassberger's first estimator (Estimating Mutual Information, Physical
    Review E 69, 2004) in the maximum norm, on the ranks of at most 10,000 rows: no increasing
    transformation of a code changes it. Equal values are ranked at random, so codes with few
    values are measured as well. In [0, inf), lower is better; an estimate below 0 counts as 0.
    It falls short where the dependence is strong and the codes are many, and for copies it is
    large but finite: about (D - 1) log N. A constant code depends on nothing.
    factors: not looked at.

    Raises:
        MetricError: see `checked_codes`.
    """
    from scipy.spatial import cKDTree
    from scipy.special import digamma

    codes = checked_codes(codes)
    generator = np.random.default_rng(seed)
    chosen = np.sort(generator.permutation(len(codes))[:_ROWS])
    ranks = _ranks(codes[chosen][:, varies(codes)], generator)
    rows, dims = ranks.shape
    neighbours = min(neighbours, rows - 1)
    if dims < 2:
        return Score(0.0, 0.0, float("inf"), "lower")
    radius = cKDTree(ranks).query(ranks, k=[neighbours + 1], p=np.inf)[0][:, 0]
    value = digamma(neighbours) + (dims - 1) * digamma(rows)
    for column in ranks.T:
        ordered = np.sort(column)
        after = np.searchsorted(ordered, column + radius, "left")
        before = np.searchsorted(ordered, column - radius, "right")
        # Those strictly nearer, the row itself among them.
        value -= digamma(np.maximum(after - before, 1)).mean()
    return Score(max(0.0, float(value)), 0.0, float("inf"), "lower")


def _ranks(codes: Matrix, generator: np.random.Generator) -> Matrix:
    """(N, D) rank of each value in its column; equal values in random order."""
    ranks = np.empty(codes.shape)
    for dim, column in enumerate(codes.T):
        order = np.lexsort((generator.random(len(column)), column))
        ranks[order, dim] = np.arange(len(column))
    return ranks
