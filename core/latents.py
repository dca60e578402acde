"""`LatentSpec`: the blocks of a latent, with their names, ranges and levels."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from core.config import MethodConfig
from core.config.latent import NoisePrior

Level = Literal["atomic", "free"]

PRIOR_VARIANCE = 1 / 3
"""The variance of a continuous code, drawn from U(-1, 1)."""


@dataclass(frozen=True)
class Code:
    """One interpretable variable of a latent.

    Attributes:
        name: k1, k2, ... for categorical codes, c1, c2, ... for continuous ones.
        level: atomic codes are held independent of each other by the constraint, free ones not.
        categories: number of categories; 0 for a continuous code, which lies in [-1, 1].
        start: first entry of the code in the latent.
    """

    name: str
    level: Level
    categories: int
    start: int

    @property
    def width(self) -> int:
        """Entries in the latent: one, or one per category."""
        return self.categories or 1

    @property
    def entries(self) -> slice:
        """Where the code lies in the latent."""
        return slice(self.start, self.start + self.width)


@dataclass(frozen=True)
class LatentSpec:
    """A latent (B, L): noise, then categorical codes (one-hot), then continuous codes.

    `code_dim` counts codes in this order, so a row of a traversal, a column of a representation
    (N, D) and `codes[code_dim]` are the same code.
    """

    noise_dim: int
    noise_prior: NoisePrior
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
    def latent_dim(self) -> int:
        """L, the number of entries of a latent."""
        return self.noise_dim + sum(code.width for code in self.codes)

    @cached_property
    def atomic(self) -> tuple[int, ...]:
        """Indices of the atomic codes among the continuous ones."""
        return tuple(i for i, code in enumerate(self.continuous) if code.level == "atomic")


def latent_spec(method: MethodConfig) -> LatentSpec:
    """The blocks of the latent that `method` asks for."""
    latent, atomic = method.latent, method.independence.atomic
    codes: list[Code] = []
    start = latent.noise_dim
    for i, categories in enumerate(latent.categorical_codes):
        codes.append(Code(f"k{i + 1}", "free", categories, start))
        start += categories
    for i in range(latent.continuous_codes):
        name = f"c{i + 1}"
        level: Level = "atomic" if atomic == "all" or name in atomic else "free"
        codes.append(Code(name, level, 0, start + i))
    return LatentSpec(latent.noise_dim, latent.noise_prior, tuple(codes))


def followed_names(
    spec: LatentSpec, follows: Sequence[str], exclusiveness: Sequence[float]
) -> dict[str, str]:
    """Code -> the factor that it follows most and how exclusively, `posX .81`; none is left out.

    follows, exclusiveness: one for each code, as in `Evaluated`; empty where factors are unknown.
    """
    found = zip((code.name for code in spec.codes), follows, exclusiveness, strict=False)
    return {code: f"{factor} {_share(share)}" for code, factor, share in found if factor}


def _share(share: float) -> str:
    return "1" if share > 0.995 else f"{share:.2f}".removeprefix("0")


def information_prior(spec: LatentSpec, learned_variance: bool) -> float:
    """The least information loss of a Q that ignores the image, in nats."""
    categorical = sum(math.log(code.categories) for code in spec.categorical)
    if learned_variance:
        continuous = 0.5 * (math.log(2 * math.pi) + math.log(PRIOR_VARIANCE) + 1)
    else:
        continuous = 0.5 * (math.log(2 * math.pi) + PRIOR_VARIANCE)
    return categorical + len(spec.continuous) * continuous
