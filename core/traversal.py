"""Latent traversals: vary one code over its range, all else fixed at the anchor."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.config import ConfigError
from core.latents import Code, LatentSpec
from core.methods.base import Method
from core.randomness import seed_for
from core.sampling import sample_latents

RANGES = (
    "prior",
    "posterior quantiles",
    "min-max",
    "mean ± 2 sd",
    "fixed:LOW,HIGH",
)


@dataclass(frozen=True)
class Traversal:
    """One row per code, one column per value.

    Attributes:
        anchor: (L,) float32.
        codes: the code of each row.
        values: per row, the values of its columns; category indices for a categorical code.
        images: per row, uint8 (T, H, W, C).
    """

    anchor: NDArray[np.float32]
    codes: tuple[Code, ...]
    values: tuple[tuple[float, ...], ...]
    images: tuple[NDArray[np.uint8], ...]


def traverse(
    method: Method, anchor: Tensor, codes: tuple[Code, ...], values: tuple[tuple[float, ...], ...]
) -> Traversal:
    """Render rows of `values` around the anchor (L,), in one pass of the generator."""
    latents = []
    for code, row in zip(codes, values, strict=True):
        varied = anchor.repeat(len(row), 1)
        if code.categories:
            varied[:, code.entries] = torch.eye(code.categories)[[int(value) for value in row]]
        else:
            varied[:, code.start] = torch.tensor(row)
        latents.append(varied)
    images = to_uint8(method.generate(torch.cat(latents)))
    bounds = np.cumsum([len(row) for row in values])[:-1]
    rows = tuple(np.split(images, bounds))
    return Traversal(anchor.numpy().astype(np.float32), codes, values, rows)


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
        ConfigError: an unknown rule, or a fixed interval that is none.
    """
    if code.categories:
        return tuple(float(i) for i in range(code.categories))
    if rule == "prior":
        low, high = -1.0, 1.0
    elif rule.startswith("fixed:"):
        low, high = _interval(rule)
    elif observed is None or rule not in RANGES:
        raise ConfigError(f"There is no range {rule!r}. Ranges: {', '.join(RANGES)}.")
    elif rule == "posterior quantiles":
        levels = np.linspace(0.025, 0.975, columns)
        return tuple(float(value) for value in np.quantile(observed, levels))
    elif rule == "min-max":
        low, high = float(observed.min()), float(observed.max())
    else:
        mean, std = float(observed.mean()), float(observed.std())
        low, high = mean - 2 * std, mean + 2 * std
    return tuple(float(value) for value in np.linspace(low, high, columns))


def needs_observed(rule: str) -> bool:
    """Whether a range rule needs the codes of real images."""
    return rule != "prior" and not rule.startswith("fixed:")


def _interval(rule: str) -> tuple[float, float]:
    try:
        low, high = (float(part) for part in rule.removeprefix("fixed:").split(","))
    except ValueError:
        raise ConfigError(f"The range {rule!r} is no interval: write fixed:-2,2.") from None
    if not (np.isfinite([low, high]).all() and low < high):
        raise ConfigError(f"The range {rule!r} is empty: the first number is the lower one.")
    return low, high
