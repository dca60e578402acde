"""`Point`: where a person stands in the latent space, and how to get there without torch."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.latents import Code, LatentSpec
from core.protocol import Encoded

Latent = NDArray[np.float32]
ImageSource = NDArray[np.uint8] | int
"""An image (H, W, C), or the index of one of the data."""


@dataclass(frozen=True, eq=False)
class Encoding:
    """The image that a latent is an edit of, as a run encoded it."""

    run: Path
    source: ImageSource
    answer: Encoded


@dataclass(frozen=True, eq=False)
class Point:
    """What undo and redo lead between.

    Attributes:
        latent: (L,) float32, read-only.
        noise_seed: None where the noise was not drawn here.
        encoding: None where the latent does not come from an image.
        mix: how far it lies from A to B; None where it was not interpolated.
    """

    latent: Latent
    noise_seed: int | None
    encoding: Encoding | None = None
    mix: float | None = None

    def is_as(self, other: "Point") -> bool:
        """Whether going from one to the other changes nothing."""
        return (
            np.array_equal(self.latent, other.latent)
            and self.noise_seed == other.noise_seed
            and self.encoding is other.encoding
        )


def draw_noise(spec: LatentSpec, seed: int) -> Latent:
    """(noise_dim,) float32 from the prior; the same for the same seed."""
    generator = np.random.default_rng(seed)
    if spec.noise_prior == "normal":
        return generator.standard_normal(spec.noise_dim, dtype=np.float32)
    return generator.uniform(-1, 1, spec.noise_dim).astype(np.float32)


def fresh_point(spec: LatentSpec) -> Point:
    """Where exploring begins: noise of seed 0, codes in their middle."""
    return Point(frozen(np.concatenate([draw_noise(spec, 0), centred(spec)])), 0)


def centred(spec: LatentSpec) -> Latent:
    """(E,): all codes in their middle, the first of the categories."""
    entries = np.zeros(spec.latent_dim - spec.noise_dim, dtype=np.float32)
    for code in spec.categorical:
        entries[code.start - spec.noise_dim] = 1
    return entries


def one_hot(code: Code, category: int) -> Latent:
    """(K,): the entries of a categorical code."""
    entries = np.zeros(code.categories, dtype=np.float32)
    entries[category] = 1
    return entries


def frozen(latent: Latent) -> Latent:
    """The same array, read-only from now on."""
    latent.flags.writeable = False
    return latent


def layout(spec: LatentSpec) -> tuple[object, ...]:
    """What must be equal for a latent of one run to fit another."""
    codes = tuple((code.name, code.categories, code.prior) for code in spec.codes)
    return spec.noise_dim, spec.noise_prior, codes


def between(a: Point, b: Point, mix: float) -> Point:
    """(1 - mix) a + mix b, exactly `a` and `b` at the ends; of no image."""
    latent = frozen(a.latent * np.float32(1 - mix) + b.latent * np.float32(mix))
    if mix == 0 or a.noise_seed == b.noise_seed:
        return Point(latent, a.noise_seed, mix=mix)
    return Point(latent, b.noise_seed if mix == 1 else None, mix=mix)


def differences(spec: LatentSpec, a: Latent, b: Latent) -> tuple[bool, int]:
    """Whether the noise is the same, and how many codes differ."""
    noise = slice(0, spec.noise_dim)
    differing = [c for c in spec.codes if not np.array_equal(a[c.entries], b[c.entries])]
    return bool(np.array_equal(a[noise], b[noise])), len(differing)
