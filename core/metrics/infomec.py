"""InfoMEC: modularity, compactness and explicitness, from information in nearest neighbours."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.metrics.discrete_information import BINS, Labels, classes
from core.metrics.inputs import Matrix, checked_pair, placed, standardised, varies
from core.metrics.quiet_fit import quiet_fit
from core.metrics.score import Part, Score, Sliced, Slices

_NEIGHBOURS = 10
# A code whose range is at most this part of the widest one's is left out.
_PRUNED = 1 / 20
# Of a standardised code: what tells equal values apart, so that there are nearest neighbours.
_TIES = 1e-10
# Of differences of standardised codes: the tenth neighbour itself must not count as nearer.
_ROUNDING = 4e-15


@Sliced
def infomec(
    factors: ArrayLike, codes: ArrayLike, *, most_values: int = 100, seed: int = 0
) -> Slices[Score]:
    """InfoM, InfoE and InfoC of codes (N, D) about factors (N, F).

    A[c, f]: what code c says about factor f, as a part of the factor's entropy, by nearest
    neighbours. `value`, InfoM: a code's largest A as a share of its sum over the factors, averaged
    over the codes. `compactness`, InfoC: a factor's largest A as a share of its sum over the codes,
    averaged over the factors. Both are scaled so that even shares count 0: (share - 1/n) / (1 -
    1/n). `explicitness`, InfoE: by which part a balanced logistic regression on all codes, on the
    same data, lowers the log-loss of even odds, averaged over the factors. Hsu et al.,
    Disentanglement via Latent Quantization, NeurIPS 2023. All in [0, 1], higher is better. It is
    not corrected for chance: codes of noise have uneven shares in the little that they seem to
    tell.

    A code of small range counts for neither InfoM nor InfoC: at most a twentieth of the widest.
    Every value of a factor is a class; of more than `most_values` values ten bins are made.

    Where nothing can be told: constant factors are left out. A code or a factor whose A are all 0
    counts 0. With a single factor InfoM is 0, and with a single code in use InfoC.

    Raises:
        MetricError: see `checked_pair`.
    """
    factors, codes = checked_pair(factors, codes)
    varying, used = varies(factors), _wide(codes)
    scaled = standardised(codes)
    noise = _TIES * np.random.default_rng(seed).standard_normal((len(codes), 1))
    neighbourly = (scaled + noise)[:, used]
    told = np.zeros((used.sum(), varying.sum()))
    explicitness = np.empty(varying.sum())
    for f, factor in enumerate(factors[:, varying].T):
        labels = _classes(factor, most_values)
        told[:, f] = [_information(labels, code) for code in neighbourly.T]
        told[:, f] /= _entropy(labels)
        yield
        explicitness[f] = _told_by_regression(labels, scaled)
        yield
    modularity, compactness = _unevenness(told), _unevenness(told.T)
    value = float(modularity.mean()) if used.any() else 0.0
    parts: dict[str, Part] = {
        "explicitness": float(explicitness.mean()),
        "compactness": float(compactness.mean()),
        "per_code": placed(modularity, used),
        "per_factor": placed(compactness, varying),
        "explicitness_per_factor": placed(explicitness, varying),
    }
    return Score(value, 0.0, 1.0, "higher", parts)


def _wide(codes: Matrix) -> NDArray[np.bool_]:
    """(D,) whether a code varies, and enough beside the others."""
    ranges = codes.max(0) - codes.min(0)
    wide: NDArray[np.bool_] = (ranges > _PRUNED * ranges.max()) & varies(codes)
    return wide


def _classes(factor: Matrix, most_values: int) -> Labels:
    column = factor[:, None]
    return classes(column, BINS, discrete=len(np.unique(factor)) <= most_values)[:, 0]


def _entropy(labels: Labels) -> float:
    """Nats."""
    shares = np.bincount(labels) / len(labels)
    shares = shares[shares > 0]
    return float(-shares @ np.log(shares))


def _information(labels: Labels, code: Matrix) -> float:
    """Nats of a code (N,) without equal values about classes (N,); an estimate below 0 is 0.

    How many rows lie nearer than the tenth neighbour of the same class? Ross, Mutual Information
    between Discrete and Continuous Data Sets, PLoS ONE 2014. Classes of a single row are left out.
    """
    from scipy.special import digamma

    groups = [np.sort(code[labels == label]) for label in np.unique(labels)]
    groups = [group for group in groups if len(group) > 1]
    if not groups:
        return 0.0
    sizes = np.array([len(group) for group in groups])
    neighbours = np.minimum(_NEIGHBOURS, sizes - 1)
    values = np.concatenate(groups)
    radius = np.concatenate([_reach(g, k) for g, k in zip(groups, neighbours, strict=True)])
    radius -= _ROUNDING
    ordered = np.sort(values)
    after = np.searchsorted(ordered, values + radius, "left")
    before = np.searchsorted(ordered, values - radius, "right")
    within = np.maximum(after - before, 1)
    own = sizes @ (digamma(neighbours) - digamma(sizes)) / len(values)
    return max(0.0, float(digamma(len(values)) + own - digamma(within).mean()))


def _reach(ordered: Matrix, neighbour: int) -> Matrix:
    """(N,) distance from each of N ascending values to its `neighbour`-th nearest other."""
    count = len(ordered)
    padded = np.pad(ordered, neighbour, constant_values=(-np.inf, np.inf))
    # The nearest ones are a run of values, of which so many lie below.
    reaches = [
        np.maximum(
            ordered - padded[neighbour - below : neighbour - below + count],
            padded[2 * neighbour - below : 2 * neighbour - below + count] - ordered,
        )
        for below in range(neighbour + 1)
    ]
    nearest: Matrix = np.min(reaches, axis=0)
    return nearest


def _told_by_regression(labels: Labels, codes: Matrix) -> float:
    """By which part a classifier lowers the log-loss of even odds, in [0, 1]."""
    from sklearn.linear_model import LogisticRegression

    # Without regularisation; of codes that tell classes apart perfectly there is no best fit.
    model = LogisticRegression(C=np.inf, class_weight="balanced", max_iter=100)
    present, own = np.unique(labels, return_inverse=True)
    with quiet_fit():
        odds = model.fit(codes, own).predict_proba(codes)[np.arange(len(own)), own]
    loss = -np.log(np.maximum(odds, np.finfo(float).eps)).mean()
    return float(np.clip(1 - loss / np.log(len(present)), 0.0, 1.0))


def _unevenness(told: Matrix) -> Matrix:
    """(R,) largest share in each row of (R, K), scaled so that even shares count 0."""
    rows, columns = told.shape
    if columns < 2:
        return np.zeros(rows)
    total = told.sum(1)
    shares = told.max(1) / np.where(total > 0, total, np.inf)
    unevenness: Matrix = np.clip((shares - 1 / columns) / (1 - 1 / columns), 0.0, 1.0)
    return unevenness
