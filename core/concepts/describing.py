"""What the codes of real images say: which are used, and what a concept does over them."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from core.latents import LatentSpec
from core.latents.concepts import Values
from core.latents.errors import ConceptError
from core.metrics.inputs import varies

# A slider leaves out as many real images at either end.
_TAIL = 0.025
_SHIFTS = 16
_USED = 0.01


def used_entries(spec: LatentSpec, entries: Values) -> NDArray[np.bool_]:
    """(E,) which entries of codes the network uses, by those (N, E) of real images.

    A code is unused if its variance is less than a hundredth of its prior's, the bound of Burda,
    Grosse and Salakhutdinov (Importance Weighted Autoencoders, ICLR 2016), here also by the code
    that is used most. Its point codes may still tell something, which no drawn image shows.
    """
    used: list[NDArray[np.float64]] = []
    for code in spec.codes:
        first = code.start - spec.noise_dim
        variance = entries[:, first : first + code.width].var(0)
        used.append(np.repeat(variance.sum() / code.variance, code.width))
    shares = np.concatenate(used)
    return shares >= _USED * min(1.0, float(shares.max()))


def range_of(values: Values, name: str) -> tuple[float, float]:
    """Between which values 95 % of N real images lie.

    Raises:
        ConceptError: they are the same, or are no numbers somewhere.
    """
    wrong = int((~np.isfinite(values)).sum())
    if wrong:
        raise ConceptError(
            f"{name} is no number for {wrong:,} of {len(values):,} images: it divides by zero "
            "there, or takes the root of a negative number."
        )
    low, high = (float(each) for each in np.quantile(values, (_TAIL, 1 - _TAIL)))
    if not varies(np.array([[low], [high]])).any():
        low, high = float(values.min()), float(values.max())
    if not varies(np.array([[low], [high]])).any():
        raise ConceptError(f"{name} has the same value for all images: it cannot be moved along.")
    return low, high


def shares_of(
    value_at: Callable[[Values], Values], spec: LatentSpec, entries: Values
) -> dict[str, float]:
    """Code -> its share of what makes a value vary over entries (N, E) of real images.

    A code's part is its total effect by Jansen's estimator (Analysis of Variance Designs for Model
    Output, Computer Physics Communications 117, 1999): half the mean square of how the value
    changes when an image gets that code from another image. For a line that is the squared weight
    by the code's variance. The shares add up to 1; those of codes that do not matter are 0.
    """
    values = value_at(entries)
    shifts = np.unique(np.linspace(1, len(entries) - 1, _SHIFTS).astype(int))
    effects = np.zeros(len(spec.codes))
    for i, code in enumerate(spec.codes):
        first = code.start - spec.noise_dim
        block = slice(first, first + code.width)
        for shift in shifts:
            swapped = entries.copy()
            swapped[:, block] = np.roll(entries[:, block], shift, axis=0)
            effects[i] += np.square(value_at(swapped) - values).mean()
    effects = np.where(np.isfinite(effects), effects, 0.0)
    total = effects.sum() or 1.0
    return {
        code.name: float(effect / total) for code, effect in zip(spec.codes, effects, strict=True)
    }
