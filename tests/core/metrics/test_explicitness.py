import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.multiclass import OneVsRestClassifier

from core.metrics.explicitness import explicitness


def test_that_it_is_the_area_that_scikit_learn_gives_a_one_vs_rest_classifier() -> None:
    generator = np.random.default_rng(0)
    factors = generator.integers(5, size=(300, 2)).astype(float)
    # Few values, so that probabilities tie.
    codes = np.round(factors @ [[1, 0.3], [-0.4, 1]] + generator.standard_normal((300, 2)))
    scaled = (codes - codes.min(0)) / (codes.max(0) - codes.min(0))
    expected = []
    for factor in factors.T:
        model = OneVsRestClassifier(LogisticRegression(class_weight="balanced", tol=1e-8))
        probabilities = model.fit(scaled, factor).predict_proba(scaled)
        area = roc_auc_score(factor[:, None] == np.unique(factor), probabilities)
        expected.append(2 * area - 1)
    found = explicitness(factors, codes)
    assert found.parts["per_factor"] == pytest.approx(expected, abs=1e-3)
    assert found.value == pytest.approx(np.mean(expected), abs=1e-3)
