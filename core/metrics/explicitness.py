"""EXP: can a linear classifier read each value of each factor off the codes?"""

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.metrics.discrete_information import BINS, Labels, classes
from core.metrics.inputs import Matrix, checked_pair, rescaled, varies
from core.metrics.quiet_fit import quiet_fit
from core.metrics.score import Score, Sliced, Slices, mean_score


@Sliced
def explicitness(
    factors: ArrayLike,
    codes: ArrayLike,
    *,
    bins: int = BINS,
    discrete_factors: bool = False,
    probabilities: Literal["normalised", "separate"] = "normalised",
) -> Slices[Score]:
    """Explicitness of codes (N, D) about factors (N, F).

    Per factor, a balanced logistic regression on all codes for each class against the rest; the
    mean of their areas under the ROC curve, on the same data; 2 (AUC - 1/2), averaged over the
    factors. Ridgeway and Mozer, Learning Deep Disentangled Embeddings with the F-Statistic Loss,
    NeurIPS 2018. In [-1, 1], 0 by chance, higher is better. It says nothing about which code holds
    what: rotated codes score as well.

    probabilities: "normalised" lets the probabilities of the classes of a factor add up to 1, so
    that a class in the middle of an ordered factor can be told; "separate" takes each as it is.
    These are the two forms of Carbonneau et al.'s implementation; its first is the default.

    Where nothing can be told: a constant factor is left out; constant codes score 0.

    Raises:
        MetricError: see `checked_pair`; fewer than two bins.
    """
    factors, codes = checked_pair(factors, codes)
    varying = varies(factors)
    labels = classes(factors, bins, discrete_factors)
    scaled = rescaled(codes)
    per_factor = np.full(len(varying), np.nan)
    for factor in np.flatnonzero(varying):
        areas = _areas(labels[:, factor], scaled, probabilities == "normalised")
        per_factor[factor] = 2 * areas.mean() - 1
        yield
    return mean_score("per_factor", per_factor, lowest=-1.0)


def _areas(labels: Labels, codes: Matrix, normalise: bool) -> Matrix:
    """(K,) area under the ROC curve of each class against the rest."""
    from sklearn.linear_model import LogisticRegression

    # Newton's steps are fewer and better than those of the default solver, to which scikit-learn
    # returns, with a warning, where they lead nowhere: for codes that tell nothing at all.
    model = LogisticRegression(class_weight="balanced", solver="newton-cholesky")
    members = [labels == label for label in np.unique(labels)]
    with quiet_fit():
        fits = [model.fit(codes, is_in).predict_proba(codes)[:, 1] for is_in in members]
    scores = np.stack(fits)
    if normalise:
        scores /= scores.sum(0)
    return np.array([_area(score, is_in) for score, is_in in zip(scores, members, strict=True)])


def _area(scores: Matrix, is_in: NDArray[np.bool_]) -> float:
    """The chance that a member of the class scores above a non-member; ties count half."""
    ordered, inside = np.sort(scores), np.sort(scores[is_in])
    ranks = np.searchsorted(ordered, inside, "left") + np.searchsorted(ordered, inside, "right")
    members = len(inside)
    return float((ranks.mean() / 2 - members / 2) / (len(scores) - members))
