"""Latent traversals: vary one code or concept over its range, all else fixed at the anchor."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.bounds import MOST_COLUMNS
from core.config import ConfigError
from core.latents import Code, LatentSpec
from core.latents.concepts import AnyConcept, Concept
from core.latents.moving import move
from core.methods.base import Method
from core.randomness import seed_for
from core.ranges import interval
from core.sampling import sample_latents

# Images drawn in one pass of the generator: 64 pixels wide they take some 100 MB on the way.
_DRAWN_AT_ONCE = 256
_PRIOR_SAMPLES = 2000


Variable = Code | AnyConcept
"""What a row of a traversal varies."""


@dataclass(frozen=True)
class Traversal:
    """One row per code or concept, one column per value.

    Attributes:
        anchor: (L,) float32.
        variables: what each row varies.
        values: per row, the values of its columns; category indices for a categorical code.
        images: per row, uint8 (T, H, W, C).
        reached: per row, (T,) bool: whether a concept has that value; if not, the image shows it
            as near to it as it comes.
    """

    anchor: NDArray[np.float32]
    variables: tuple[Variable, ...]
    values: tuple[tuple[float, ...], ...]
    images: tuple[NDArray[np.uint8], ...]
    reached: tuple[NDArray[np.bool_], ...]


def traverse(
    method: Method,
    anchor: Tensor,
    variables: tuple[Variable, ...],
    values: tuple[tuple[float, ...], ...],
) -> Traversal:
    """Render rows of `values` around the anchor (L,)."""
    latents, reached = [], []
    for variable, row in zip(variables, values, strict=True):
        varied = anchor.repeat(len(row), 1)
        reaches = np.ones(len(row), dtype=np.bool_)
        if isinstance(variable, Concept):
            noise = method.spec.noise_dim
            entries = varied[:, noise:].double().numpy()
            moved = move(method.spec, variable, entries, np.array(row))
            varied[:, noise:] = torch.from_numpy(moved.entries)
            reaches = moved.reached
        elif variable.categories:
            chosen = [int(value) for value in row]
            varied[:, variable.entries] = torch.eye(variable.categories)[chosen]
        else:
            varied[:, variable.start] = torch.tensor(row)
        latents.append(varied)
        reached.append(reaches)
    parts = torch.split(torch.cat(latents), _DRAWN_AT_ONCE)
    images = np.concatenate([to_uint8(method.generate(part)) for part in parts])
    bounds = np.cumsum([len(row) for row in values])[:-1]
    rows = tuple(np.split(images, bounds))
    return Traversal(anchor.numpy().astype(np.float32), variables, values, rows, tuple(reached))


def to_uint8(images: Tensor) -> NDArray[np.uint8]:
    """(N, C, H, W) float in [0, 1] on any device -> uint8 (N, H, W, C)."""
    scaled = (images.clamp(0, 1) * 255).round().to(torch.uint8)
    return scaled.permute(0, 2, 3, 1).contiguous().cpu().numpy()


def random_anchor(spec: LatentSpec, seed: int) -> Tensor:
    """The latent (L,) that `random:SEED` names: the same on every device."""
    generator = torch.Generator().manual_seed(seed_for(seed, "anchor"))
    return sample_latents(spec, 1, generator)[0]


def code_values(
    code: Code, rule: str, columns: int, observed: NDArray[np.floating] | None
) -> tuple[float, ...]:
    """The values of a row under a range rule of `RANGES`.

    observed: (N,) values of this code for real images; only prior and fixed do without.

    Raises:
        ConfigError: an unknown rule, a fixed interval that is none, or a number of columns that
            no traversal has.
    """
    if code.categories:
        return tuple(float(i) for i in range(code.categories))
    if rule == "prior":
        require_columns(columns)
        return tuple(code.quantile(i / (columns - 1)) for i in range(columns))
    return values_between(rule, columns, observed)


def values_between(
    rule: str, columns: int, observed: NDArray[np.floating] | None
) -> tuple[float, ...]:
    """As `code_values`, of anything with `observed` (N,) values, under any rule but prior."""
    require_columns(columns)
    if ends := interval(rule):
        low, high = ends
    elif observed is None:
        raise ConfigError(f"The range {rule} needs the codes of real images.")
    elif rule == "posterior quantiles":
        levels = np.linspace(0.025, 0.975, columns)
        return tuple(float(value) for value in np.quantile(observed, levels))
    elif rule == "min-max":
        low, high = float(observed.min()), float(observed.max())
    else:
        mean, std = float(observed.mean()), float(observed.std())
        low, high = mean - 2 * std, mean + 2 * std
    return tuple(float(value) for value in np.linspace(low, high, columns))


def concept_values(
    concept: Concept,
    spec: LatentSpec,
    rule: str,
    columns: int,
    observed: NDArray[np.float64] | None,
) -> tuple[float, ...]:
    """As `code_values` of a concept; its prior are its values of latents drawn from theirs.

    observed: (N, E) entries of the codes of real images; only prior and fixed do without.

    Raises:
        ConfigError: as `code_values`.
    """
    if rule == "prior":
        generator = torch.Generator().manual_seed(seed_for(0, "prior of a concept"))
        latents = sample_latents(spec, _PRIOR_SAMPLES, generator).double().numpy()
        observed, rule = latents[:, spec.noise_dim :], "posterior quantiles"
    seen = None if observed is None else concept.values(observed)
    return values_between(rule, columns, seen)


def require_columns(columns: int) -> None:
    """Check how many values a continuous code is to take.

    Raises:
        ConfigError: too many, or too few.
    """
    if not 2 <= columns <= MOST_COLUMNS:
        raise ConfigError(
            f"{columns:,} columns are too many or too few: choose 2 to {MOST_COLUMNS}."
        )
