"""`Summary`: how a score is spread over seeds, and how the scores of two arms differ."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import isfinite

import numpy as np
from numpy.typing import NDArray

CONFIDENCE = 0.95

RESAMPLES = 2000
"""Of the bootstrap; the same ones for every score of equally many runs, whenever it is asked."""


@dataclass(frozen=True)
class Summary:
    """Scores of `n` runs.

    Attributes:
        mean: infinite where a score is.
        sd: sample standard deviation (n - 1); None for a single score, or where one is infinite.
        low, high: ends of the bootstrap interval of the mean; None where there is no `sd`.
    """

    n: int
    mean: float
    sd: float | None = None
    low: float | None = None
    high: float | None = None


def summarise(scores: Iterable[float]) -> Summary:
    """The spread of a score over runs, with the percentile bootstrap interval of its mean.

    Of few runs the interval is too narrow: it never reaches beyond the least and the greatest
    score (Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13).

    Raises:
        ValueError: there are none, or one is no number.
    """
    values = np.fromiter(scores, float)
    if not len(values) or np.isnan(values).any():
        raise ValueError("a summary takes at least one score, and numbers only")
    n = len(values)
    if n == 1 or not np.isfinite(values).all():
        return Summary(n, sum(values.tolist()) / n)
    mean = float(values.mean())
    if values.min() == values.max():
        return Summary(n, mean, 0.0, mean, mean)
    # Not a matrix product, whose last digit may depend on the number of threads.
    means = np.einsum("rn,n->r", _resamples(n), values) / n
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(means, (tail, 1 - tail)).tolist()
    return Summary(n, mean, float(values.std(ddof=1)), low, high)


def paired_difference(ours: Mapping[int, float], theirs: Mapping[int, float]) -> Summary | None:
    """The spread of ours - theirs over the seeds that both have.

    Both map a seed to the score of its run. Infinite scores have no difference: their seeds are
    left out. None: no seed is left.
    """
    seeds = sorted(seed for seed in ours if seed in theirs)
    pairs = [(ours[seed], theirs[seed]) for seed in seeds]
    finite = [first - second for first, second in pairs if isfinite(first) and isfinite(second)]
    return summarise(finite) if finite else None


@lru_cache(maxsize=4)
def _resamples(n: int) -> NDArray[np.float64]:
    """(RESAMPLES, n) how often each of n runs stands in each resample."""
    counts = np.random.default_rng(0).multinomial(n, np.full(n, 1 / n), RESAMPLES)
    return counts.astype(float)
