"""Learning a concept from labels: a line first, a small network only where that is better."""

from collections.abc import Callable, Generator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.latents.concepts import ConceptScore, Head, Labels, LinearHead, NetworkHead, Values
from core.latents.errors import ConceptError
from core.metrics.inputs import varies
from core.randomness import seed_for

FOLDS = 5
LEAST_OF_EACH = 8
"""Images that show it, and that do not."""
LEAST_NUMBERS = 20
"""Images with a numeric label."""

# Weight of the squared weights beside the sum over images, as in scikit-learn's defaults.
_DECAY = 1.0
_GUESSES = 20
# With fewer images a network follows each of them.
_LEAST_FOR_NETWORK = 200
_UNITS = 16
_MOST_ITERATIONS = 100

Fit = Callable[[Values, Values, bool, int], Generator[None, None, Head]]


@dataclass(frozen=True)
class Scaling:
    """What is taken from each entry (E,), and what it is divided by."""

    centre: Values
    scale: Values

    def __call__(self, entries: Values) -> Values:
        """Entries (N, E), scaled."""
        scaled: Values = (entries - self.centre) / self.scale
        return scaled


@dataclass(frozen=True)
class Fitted:
    """A function of entries that was learned, and how well it does on images held out."""

    scaling: Scaling
    head: Head
    score: ConceptScore


def fit(
    entries: Values, labels: Labels, seed: int, used: NDArray[np.bool_] | None = None
) -> Generator[None, None, Fitted]:
    """Learn labels of N images from entries (N, E) of their codes; yields now and then.

    used: (E,) which of them may matter, all by default; see `used_entries`.

    Ridge regression of numbers, logistic regression of what is shown or not; a network with one
    hidden layer instead if its held-out score is better by more than its own spread.

    Raises:
        ConceptError: too few images, labels or codes that do not vary or are not finite.
    """
    values = np.array(labels.values)
    _require_learnable(entries, values, labels.binary)
    scaling = _scaling(entries)
    scaled = scaling(entries) * (True if used is None else used)
    guesses = yield from _guesses(scaled, values, labels.binary, seed)
    chosen: Fit = _linear
    scores = yield from _held_out(_linear, scaled, values, labels.binary, seed)
    if len(values) >= _LEAST_FOR_NETWORK:
        others = yield from _held_out(_network, scaled, values, labels.binary, seed)
        if others.mean() - scores.mean() > others.std(ddof=1):
            chosen, scores = _network, others
    head = yield from chosen(scaled, values, labels.binary, seed)
    score = ConceptScore(
        name="auc" if labels.binary else "r2",
        value=float(scores.mean()),
        spread=float(scores.std(ddof=1)),
        guessing=float(guesses.mean()),
        guessing_spread=float(guesses.std(ddof=1)),
    )
    return Fitted(scaling, head, score)


def _require_learnable(entries: Values, values: Values, binary: bool) -> None:
    if len(entries) != len(values):
        raise ConceptError(f"There are {len(values):,} labels for {len(entries):,} images.")
    if not np.isfinite(values).all():
        raise ConceptError("The labels hold NaN or infinity: leave those images out.")
    if not np.isfinite(entries).all():
        raise ConceptError("The codes of the images are not finite: choose another step.")
    if binary:
        shows = int((values > 0).sum())
        for count, what in ((shows, "show it"), (len(values) - shows, "do not show it")):
            if count < LEAST_OF_EACH:
                raise ConceptError(
                    f"Of the labelled images {count} {what}: label at least {LEAST_OF_EACH} that "
                    "do."
                )
    elif len(values) < LEAST_NUMBERS:
        raise ConceptError(
            f"There are {len(values)} labels: give at least {LEAST_NUMBERS} images a number."
        )
    elif not varies(values[:, None]).any():
        raise ConceptError("The label is the same for all images: nothing can be learned from it.")
    if not varies(entries).any():
        raise ConceptError(
            "The codes are the same for all images: train the run longer, or choose another step."
        )


def _scaling(entries: Values) -> Scaling:
    moving = varies(entries)
    return Scaling(entries.mean(0), np.where(moving, entries.std(0), 1.0))


def _folds(values: Values, binary: bool, seed: int) -> NDArray[np.int64]:
    """(N,) the fold of each image; both classes are in every fold."""
    order = np.random.default_rng(seed_for(seed, "concept folds")).permutation(len(values))
    if binary:
        order = order[np.argsort(values[order] > 0, kind="stable")]
    folds = np.empty(len(values), dtype=np.int64)
    folds[order] = np.arange(len(values)) % FOLDS
    return folds


def _held_out(
    fit: Fit, scaled: Values, values: Values, binary: bool, seed: int
) -> Generator[None, None, Values]:
    """(5,) the score of each fold, by a fit to the others."""
    scores, folds = [], _folds(values, binary, seed)
    for fold in range(FOLDS):
        inside, outside = folds != fold, folds == fold
        head = yield from fit(scaled[inside], values[inside], binary, seed)
        found, wanted = head(scaled[outside])[0], values[outside]
        scores.append(_area(found, wanted > 0) if binary else _explained(found, wanted))
        yield
    return np.array(scores)


def _guesses(
    scaled: Values, values: Values, binary: bool, seed: int
) -> Generator[None, None, Values]:
    """(20,) what lines score that learned the same labels dealt out at random."""
    shuffling, found = np.random.default_rng(seed_for(seed, "guesses")), []
    for _ in range(_GUESSES):
        dealt = shuffling.permutation(values)
        scores = yield from _held_out(_linear, scaled, dealt, binary, seed)
        found.append(scores.mean())
    return np.array(found)


def _explained(found: Values, wanted: Values) -> float:
    """R²; that of a fold whose label does not vary is 0."""
    total = ((wanted - wanted.mean()) ** 2).sum()
    return float(1 - ((wanted - found) ** 2).sum() / total) if total > 0 else 0.0


def _area(found: Values, shows: NDArray[np.bool_]) -> float:
    """The chance that one that shows it has the higher value; ties count half."""
    higher, lower = found[shows], np.sort(found[~shows])
    below = np.searchsorted(lower, higher, "left") + np.searchsorted(lower, higher, "right")
    return float(below.mean() / 2 / len(lower))


def _linear(
    scaled: Values, values: Values, binary: bool, seed: int
) -> Generator[None, None, LinearHead]:
    yield
    weights, bias = _logistic(scaled, values) if binary else _ridge(scaled, values)
    return LinearHead(tuple(weights.tolist()), bias)


def _ridge(scaled: Values, values: Values) -> tuple[Values, float]:
    middle, mean = scaled.mean(0), values.mean()
    centred = scaled - middle
    gram = centred.T @ centred + _DECAY * np.eye(scaled.shape[1])
    weights: Values = np.linalg.solve(gram, centred.T @ (values - mean))
    return weights, float(mean - middle @ weights)


def _logistic(scaled: Values, values: Values) -> tuple[Values, float]:
    def loss(parameters: Values) -> tuple[float, Values]:
        weights, bias = parameters[:-1], parameters[-1]
        misfit, wrong = _misfit(scaled @ weights + bias, values, binary=True)
        slope = np.append(scaled.T @ wrong + _DECAY * weights, wrong.sum())
        return misfit + _DECAY / 2 * float(weights @ weights), slope

    found = _least(loss, np.zeros(scaled.shape[1] + 1))
    return found[:-1], float(found[-1])


def _network(
    scaled: Values, values: Values, binary: bool, seed: int
) -> Generator[None, None, NetworkHead]:
    yield
    mean, std = (0.0, 1.0) if binary else (float(values.mean()), float(values.std()))
    targets = (values - mean) / std
    inputs = scaled.shape[1]
    sizes = np.cumsum([_UNITS * inputs, _UNITS, _UNITS])

    def layers(parameters: Values) -> tuple[Values, Values, Values, Values]:
        hidden, hidden_bias, weights, bias = np.split(parameters, sizes)
        return hidden.reshape(_UNITS, inputs), hidden_bias, weights, bias

    def loss(parameters: Values) -> tuple[float, Values]:
        hidden, hidden_bias, weights, bias = layers(parameters)
        units = np.tanh(scaled @ hidden.T + hidden_bias)
        misfit, wrong = _misfit(units @ weights + bias, targets, binary)
        back = wrong[:, None] * weights * (1 - units**2)
        slopes = (
            (back.T @ scaled + _DECAY * hidden).ravel(),
            back.sum(0),
            units.T @ wrong + _DECAY * weights,
            wrong.sum(keepdims=True),
        )
        decay = _DECAY / 2 * float((hidden**2).sum() + weights @ weights)
        return misfit + decay, np.concatenate(slopes)

    drawn = np.random.default_rng(seed_for(seed, "concept network"))
    start = drawn.normal(size=sizes[-1] + 1) / np.sqrt(inputs)
    # What never changes gets no weight: it would keep the one that it began with.
    start[: sizes[0]] *= np.tile(scaled.any(0), _UNITS)
    hidden, hidden_bias, weights, bias = layers(_least(loss, start))
    return NetworkHead(
        tuple(tuple(row) for row in hidden.tolist()),
        tuple(hidden_bias.tolist()),
        tuple((std * weights).tolist()),
        std * float(bias[0]) + mean,
    )


def _misfit(found: Values, wanted: Values, binary: bool) -> tuple[float, Values]:
    """Sum over images of the negative log-likelihood, and its slope (N,) in what was found."""
    if not binary:
        return float(np.square(found - wanted).sum() / 2), found - wanted
    signs = np.where(wanted > 0, 1.0, -1.0)
    margins = signs * found
    slope = -signs / (1 + np.exp(np.clip(margins, -500, 500)))
    return float(np.logaddexp(0, -margins).sum()), slope


def _least(loss: Callable[[Values], tuple[float, Values]], start: Values) -> Values:
    from scipy.optimize import minimize

    options = {"maxiter": _MOST_ITERATIONS}
    found: Values = minimize(loss, start, jac=True, method="L-BFGS-B", options=options).x
    return found
