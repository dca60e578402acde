"""`LatentSpec`: the blocks of a latent, with their names, ranges and levels."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from statistics import NormalDist
from typing import Literal

from core.counts import counted, named_step

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
    def atomic(self) -> tuple[int, ...]:
        """Indices of the atomic codes among the continuous ones."""
        return tuple(i for i, code in enumerate(self.continuous) if code.level == "atomic")


def gaussian_codes(count: int, atomic: bool = False) -> LatentSpec:
    """The latent of a variational autoencoder: codes c1, c2, ... from N(0, 1), no noise."""
    level: Level = "atomic" if atomic else "free"
    codes = (Code(f"c{i + 1}", level, 0, i, "normal") for i in range(count))
    return LatentSpec(0, "normal", tuple(codes))


@dataclass(frozen=True)
class Matching:
    """Which factor each code follows most, as one evaluation found.

    Attributes:
        step, images: the step that was evaluated, and how many real images told.
        follows: code -> (factor, its share in [0, 1] in all that the code tells of factors); a
            code that follows none is left out.
    """

    step: int
    images: int
    follows: Mapping[str, tuple[str, float]]

    @property
    def names(self) -> dict[str, str]:
        """Code -> the factor that it follows most and how exclusively, `posX .81`."""
        return {code: f"{factor} {_share(share)}" for code, (factor, share) in self.follows.items()}


@dataclass(frozen=True)
class CodeNames:
    """What the codes of a run are called.

    Attributes:
        labels: code -> the name that a person gave it.
        matching: what all others are called after; None: they have no name.
    """

    labels: Mapping[str, str] = field(default_factory=dict)
    matching: Matching | None = None

    @property
    def follows(self) -> dict[str, str]:
        """Code -> the factor that it follows most, whatever a person calls it: `posX .81`."""
        return self.matching.names if self.matching else {}

    def full(self, code: str) -> str:
        """The code with its name: `c1 posX .81`."""
        return f"{code} {self.labels.get(code) or self.follows.get(code, '')}".strip()

    def about(self, code: str) -> str:
        """What `posX .81` means, and who found it; empty where the code follows nothing."""
        found = self.matching
        if found is None or code not in found.follows:
            return ""
        factor, share = found.follows[code]
        return (
            f"Of the data's known factors it tells most of {factor}: {share:.0%} of all that it "
            "tells of factors (mutual information, each part of its factor's entropy), by "
            f"{counted(found.images, 'real image')} at {named_step(found.step)}"
        )

    def origin(self, codes: Iterable[str], step: int) -> str:
        """` · named by 2,000 images`, beside weights of `step`; empty if no code is named so."""
        found = self.matching
        if found is None or not any(c in found.follows and not self.labels.get(c) for c in codes):
            return ""
        elsewhere = "" if step == found.step else f" at {named_step(found.step)}"
        return f" · named by {found.images:,} images{elsewhere}"


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
