"""Z-diff: do the differences between images that share a factor tell which factor it is?"""

import numpy as np
from numpy.typing import ArrayLike

from core.metrics.discrete_information import BINS, Labels, classes
from core.metrics.fixed_factor import FixedFactor
from core.metrics.inputs import Matrix, checked_pair, varies
from core.metrics.quiet_fit import quiet_fit
from core.metrics.score import Score, Sliced, Slices, score_above_chance


@Sliced
def z_diff(
    factors: ArrayLike,
    codes: ArrayLike,
    *,
    bins: int = BINS,
    discrete_factors: bool = False,
    train: int = 10_000,
    test: int = 5_000,
    pairs: int = 200,
    seed: int = 0,
) -> Slices[Score]:
    """The beta-VAE score of codes (N, D) about factors (N, F).

    An example is the mean of |code - code'| over `pairs` pairs of rows that share the value of one
    factor; a linear classifier trained on `train` examples names that factor. Its accuracy on
    `test` others, scaled so that chance is 0: (accuracy - 1/F) / (1 - 1/F).
    Higgins et al., beta-VAE, ICLR 2017; values are drawn for every pair, as in Carbonneau et al.'s
    implementation. In [-1 / (F - 1), 1], higher is better. Codes are not rescaled.

    Where nothing can be told: constant factors are left out, and with a single factor that varies
    the score is 0, for there is nothing to tell apart. Constant codes score about 0.

    Raises:
        MetricError: see `checked_pair`; a factor of which no value occurs twice.
    """
    factors, codes = checked_pair(factors, codes)
    labels = classes(factors[:, varies(factors)], bins, discrete_factors)
    count = labels.shape[1]
    draw = FixedFactor(labels, np.random.default_rng(seed))
    if count == 1:
        return score_above_chance(1.0, count)
    from sklearn.linear_model import LogisticRegression

    inputs, targets = yield from _examples(draw, codes, train, pairs)
    # As they are, codes may be too large or too small for the solver.
    with quiet_fit():
        model = LogisticRegression(max_iter=10_000).fit(inputs, targets)
    inputs, targets = yield from _examples(draw, codes, test, pairs)
    accuracy = float(model.score(inputs, targets))
    return score_above_chance(accuracy, count)


def _examples(
    draw: FixedFactor, codes: Matrix, count: int, pairs: int
) -> Slices[tuple[Matrix, Labels]]:
    """(count, D) mean differences and (count,) factors that were held, a factor at a time."""
    targets = draw.labels(count)
    inputs = []
    for factor, examples in enumerate(np.bincount(targets)):
        left, right = draw.rows(factor, examples * pairs, 2).T
        # Column by column: what is gathered stays small.
        inputs.append(
            [
                np.abs(code[left] - code[right]).reshape(examples, pairs).mean(1)
                for code in np.ascontiguousarray(codes.T)
            ]
        )
        yield
    return np.concatenate(inputs, axis=1).T, targets
