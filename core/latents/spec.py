"""`LatentSpec`: the blocks of a latent, with their names, ranges and levels."""

import math
from dataclasses import dataclass
from functools import cached_property
from statistics import NormalDist
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Level = Literal["atomic", "free"]

Prior = Literal["uniform", "normal"]
"""U(-1, 1) or N(0, 1)."""

PRIOR_VARIANCE = 1 / 3
"""The variance of U(-1, 1)."""

# A traversal of a Gaussian code leaves out as much at either end.
_TAIL = 0.025


@dataclass(frozen=True)
class Code:
    """One interpretable variable of a latent.

    Attributes:
        name: k1, k2, ... for categorical codes, c1, c2, ... for continuous ones.
        level: atomic codes are held independent of each other by the constraint, free ones not.
        categories: number of categories; 0 for a continuous code.
        start: first entry of the code in the latent.
        prior: where a continuous code is drawn from.
    """

    name: str
    level: Level
    categories: int
    start: int
    prior: Prior = "uniform"

    @property
    def width(self) -> int:
        """Entries in the latent: one, or one per category."""
        return self.categories or 1

    @property
    def entries(self) -> slice:
        """Where the code lies in the latent."""
        return slice(self.start, self.start + self.width)

    @property
    def ends(self) -> tuple[float, float]:
        """Between which values the prior draws a continuous code: all, or 95 % of them."""
        return self.quantile(0.0), self.quantile(1.0)

    @property
    def variance(self) -> float:
        """Of the prior; of a categorical code the sum over its entries."""
        if self.categories:
            return 1 - 1 / self.categories
        return PRIOR_VARIANCE if self.prior == "uniform" else 1.0

    def quantile(self, share: float) -> float:
        """The value below which `share` in [0, 1] of the prior lies, between `ends`."""
        if self.prior == "uniform":
            return 2 * share - 1
        return NormalDist().inv_cdf(_TAIL + share * (1 - 2 * _TAIL))


@dataclass(frozen=True)
class LatentSpec:
    """A latent (B, L): noise, then categorical codes (one-hot), then continuous codes.

    `code_dim` counts codes in this order, so a row of a traversal, a column of a representation
    (N, D) and `codes[code_dim]` are the same code.
    """

    noise_dim: int
    noise_prior: Prior
    codes: tuple[Code, ...]

    @cached_property
    def categorical(self) -> tuple[Code, ...]:
        """The categorical codes."""
        return tuple(code for code in self.codes if code.categories)

    @cached_property
    def continuous(self) -> tuple[Code, ...]:
        """The continuous codes."""
        return tuple(code for code in self.codes if not code.categories)

    @cached_property
    def code_prior(self) -> Prior:
        """The prior of the continuous codes, which is one for all."""
        return self.continuous[0].prior if self.continuous else "uniform"

    @cached_property
    def latent_dim(self) -> int:
        """L, the number of entries of a latent."""
        return self.noise_dim + sum(code.width for code in self.codes)

    @cached_property
    def entry_names(self) -> tuple[str, ...]:
        """E names of the entries that the codes have in a latent: k1_0, k1_1, ..., c1, c2, ..."""
        return tuple(
            f"{code.name}_{i}" if code.categories else code.name
            for code in self.codes
            for i in range(code.width)
        )

    def entries(self, points: NDArray[np.floating]) -> NDArray[np.float64]:
        """Point codes (N, D) as they stand in a latent, (N, E): categories one-hot."""
        blocks = [
            np.eye(code.categories)[column.astype(int)] if code.categories else column[:, None]
            for column, code in zip(points.T, self.codes, strict=True)
        ]
        return np.concatenate(blocks, axis=1).astype(np.float64)

    @cached_property
    def atomic(self) -> tuple[int, ...]:
        """Indices of the atomic codes among the continuous ones."""
        return tuple(i for i, code in enumerate(self.continuous) if code.level == "atomic")


def gaussian_codes(count: int, atomic: bool = False) -> LatentSpec:
    """The latent of a variational autoencoder: codes c1, c2, ... from N(0, 1), no noise."""
    level: Level = "atomic" if atomic else "free"
    codes = (Code(f"c{i + 1}", level, 0, i, "normal") for i in range(count))
    return LatentSpec(0, "normal", tuple(codes))


def information_prior(spec: LatentSpec, learned_variance: bool) -> float:
    """The least information loss of a Q that ignores the image, in nats."""
    categorical = sum(math.log(code.categories) for code in spec.categorical)
    if learned_variance:
        continuous = 0.5 * (math.log(2 * math.pi) + math.log(PRIOR_VARIANCE) + 1)
    else:
        continuous = 0.5 * (math.log(2 * math.pi) + PRIOR_VARIANCE)
    return categorical + len(spec.continuous) * continuous
