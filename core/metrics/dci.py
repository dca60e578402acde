"""DCI: which codes does a regression of each factor lean on, and how well does it do?"""

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from core.metrics.inputs import Matrix, checked_pair, placed, rescaled, varies
from core.metrics.quiet_fit import quiet_fit
from core.metrics.score import Part, Score, Sliced, Slices

_ALPHAS = [1.0, 0.8, 0.4, 0.2, 0.1, 0.01, 0.001, 0.0001]
_FOREST = {"max_depth": [8, 16, 32, 64, 128], "max_features": [0.2, 0.4, 0.8, 1.0]}
_FOLDS = 10


@Sliced
def dci(
    factors: ArrayLike,
    codes: ArrayLike,
    *,
    regression: Literal["lasso", "forest"] = "lasso",
    seed: int = 0,
) -> Slices[Score]:
    """Disentanglement, completeness and informativeness of codes (N, D) about factors (N, F).

    Each factor, scaled to [0, 1], is regressed on all codes, likewise scaled. R[c, f] is how much
    its regression leans on code c. `value`, disentanglement: 1 - entropy of a code's row of R to
    base F, averaged over the codes by their share of R. `completeness`: 1 - entropy of a factor's
    column to base D, averaged over the factors. `informativeness`: 1 - 12 MSE on the same data, but
    at least 0, averaged over the factors (a uniform factor that nothing is known of has MSE 1/12).
    Eastwood and Williams, A Framework for the Quantitative Evaluation of Disentangled
    Representations, ICLR 2018. All in [0, 1], higher is better.

    regression: "lasso" (|coefficients|; sees straight lines only) or "forest" (ten trees and their
    impurity importances; takes minutes), each with its settings chosen in ten folds.

    Where nothing can be told: constant factors are left out. A code that no regression leans on has
    share 0 (Carbonneau et al.'s implementation gives every code after it 0); a factor whose
    regression leans on nothing has completeness 0. With a single factor that varies every code that
    is used is disentangled, and with one code every factor that uses it is complete.

    Raises:
        MetricError: see `checked_pair`.
    """
    factors, codes = checked_pair(factors, codes)
    varying = varies(factors)
    targets, inputs = rescaled(factors[:, varying]), rescaled(codes)
    fit = _lasso if regression == "lasso" else _forest
    importance = np.empty((inputs.shape[1], targets.shape[1]))
    informativeness = np.empty(targets.shape[1])
    for f, target in enumerate(targets.T):
        importance[:, f], predicted = fit(inputs, target, seed)
        informativeness[f] = max(0.0, 1 - 12 * float(np.square(predicted - target).mean()))
        yield
    disentanglement, completeness = _purity(importance), _purity(importance.T)
    shares = importance.sum(1) / (importance.sum() or 1.0)
    value = min(1.0, float(disentanglement @ shares))
    parts: dict[str, Part] = {
        "completeness": float(completeness.mean()),
        "informativeness": float(informativeness.mean()),
        "per_code": disentanglement,
        "per_factor": placed(completeness, varying),
        "informativeness_per_factor": placed(informativeness, varying),
    }
    return Score(value, 0.0, 1.0, "higher", parts)


def _purity(importance: Matrix) -> Matrix:
    """(R,) 1 - normalised entropy of each row of importances (R, K); 0 where a row is all 0."""
    total = importance.sum(1, keepdims=True)
    shares = importance / np.where(total > 0, total, 1.0)
    entropy = -(shares * np.log(np.where(shares > 0, shares, 1.0))).sum(1)
    purity = 1 - entropy / np.log(max(importance.shape[1], 2))
    return np.where(total[:, 0] > 0, np.clip(purity, 0.0, 1.0), 0.0)


def _lasso(inputs: Matrix, target: Matrix, seed: int) -> tuple[Matrix, Matrix]:
    """(D,) importances and (N,) predictions."""
    from sklearn.linear_model import LassoCV

    # The path to small alphas stops short under the default tolerance, and a larger one is chosen.
    model = LassoCV(alphas=_ALPHAS, cv=min(_FOLDS, len(target)), max_iter=5000, tol=1e-8)
    with quiet_fit():
        model.fit(inputs, target)
    return np.abs(model.coef_), model.predict(inputs)


def _forest(inputs: Matrix, target: Matrix, seed: int) -> tuple[Matrix, Matrix]:
    """(D,) importances and (N,) predictions."""
    from sklearn.ensemble import RandomForestRegressor
    from sklearn.model_selection import GridSearchCV

    forest = RandomForestRegressor(n_estimators=10, random_state=seed)
    folds = min(_FOLDS, len(target))
    search = GridSearchCV(forest, _FOREST, scoring="neg_mean_squared_error", cv=folds)
    search.fit(inputs, target)
    return search.best_estimator_.feature_importances_, search.predict(inputs)
