"""SAP: how much better does the best code alone predict a factor than the second best?"""

import warnings
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from core.metrics.discrete_information import BINS, Labels, classes, largest_two
from core.metrics.errors import MetricError
from core.metrics.inputs import Matrix, checked_pair, rescaled, standardised, varies
from core.metrics.score import Score, mean_score

_DEPTHS = range(1, 10)
_FOLDS = 10


def separated_attribute_predictability(
    factors: ArrayLike,
    codes: ArrayLike,
    *,
    bins: int = BINS,
    discrete_factors: bool = False,
    by: Literal["regression", "classification"] = "regression",
) -> Score:
    """SAP of codes (N, D) about factors (N, F).

    Per factor the gap between the two codes that predict it best by themselves, averaged over the
    factors. Kumar, Sattigeri and Balakrishnan, Variational Inference of Disentangled Latent
    Concepts from Unlabeled Observations, ICLR 2018. In [0, 1], higher is better.

    by: "regression" measures with the R² of a straight line, on the same data; factors are taken
    as the numbers they are. "classification" measures with the accuracy, on the same data, of a
    decision tree of depth 1 to 9 chosen in ten folds; factors are binned, or with
    `discrete_factors` their values are the classes. It takes minutes where the other takes none.

    Where nothing can be told: a constant factor is left out, a constant code predicts 0 by
    regression, and with one code the second best is 0.

    Raises:
        MetricError: see `checked_pair`; by classification, a factor without a value that occurs
            twice.
    """
    factors, codes = checked_pair(factors, codes)
    varying = varies(factors)
    if by == "regression":
        predicted = _explained(factors[:, varying], codes)
    else:
        labels = classes(factors[:, varying], bins, discrete_factors)
        predicted = _accuracies(labels, rescaled(codes))
    first, second = largest_two(predicted)
    per_factor = np.full(len(varying), np.nan)
    per_factor[varying] = first - second
    return mean_score("per_factor", per_factor)


def _explained(factors: Matrix, codes: Matrix) -> Matrix:
    """(D, F) R² of the straight line from each code to each factor."""
    correlation = standardised(codes).T @ standardised(factors) / len(codes)
    return np.minimum(correlation**2, 1.0)


def _accuracies(labels: Labels, codes: Matrix) -> Matrix:
    """(D, F) accuracy of a tree that sees one code, its depth chosen by cross-validation."""
    return np.array([[_accuracy(label, code[:, None]) for label in labels.T] for code in codes.T])


def _accuracy(labels: Labels, code: Matrix) -> float:
    from sklearn.model_selection import cross_val_score
    from sklearn.tree import DecisionTreeClassifier

    folds = min(_FOLDS, int(np.bincount(labels).max()))
    if folds < 2:
        raise MetricError("SAP by classification needs a value that occurs twice in every factor.")
    trees = [DecisionTreeClassifier(max_depth=depth, random_state=0) for depth in _DEPTHS]
    with warnings.catch_warnings():
        # Rare classes that are missing from some folds.
        warnings.simplefilter("ignore", UserWarning)
        means = [cross_val_score(tree, code, labels, cv=folds).mean() for tree in trees]
    return float(trees[int(np.argmax(means))].fit(code, labels).score(code, labels))
