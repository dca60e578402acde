"""Dependence of the columns of a representation: correlation and total correlation."""

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.floating]


def correlation_matrix(codes: Matrix) -> NDArray[np.float64]:
    """(D, D) Pearson correlation of codes (N, D); a constant code correlates with nothing."""
    codes = np.asarray(codes, dtype=np.float64)
    centred = codes - codes.mean(0)
    std = centred.std(0)
    alive = std > 1e-6
    standardised = centred / np.where(alive, std, np.inf)
    correlation: NDArray[np.float64] = standardised.T @ standardised / len(codes)
    np.fill_diagonal(correlation, 1.0)
    return correlation


def gaussian_total_correlation(codes: Matrix) -> float:
    """-1/2 log det of the correlation of codes (N, D), in nats; 0 independent, lower is better.

    Exact if the codes are jointly Gaussian; sees linear dependence only. Duplicated codes give
    infinity. For N independent samples its expectation is about D (D - 1) / (4 N).
    """
    sign, logdet = np.linalg.slogdet(correlation_matrix(codes))
    return float(-0.5 * logdet) if sign > 0 else float("inf")
