"""ModelCentrality: which of several models understands the others best, without any labels.

Thekumparampil, Khetan, Lin and Oh, InfoGAN-CR and ModelCentrality, ICML 2020.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.errors import IcdrlError
from core.latents import LatentSpec
from core.methods.base import Method
from core.randomness import seed_for
from core.sampling import sample_latents

Matrix = NDArray[np.float64]
Progress = Callable[[int, int], None]

# Of each model, to learn how far codes spread.
_SPREAD_IMAGES = 1000
# Images made and encoded in one pass; those of one group, if these are more.
_AT_ONCE = 500
# A code that spreads less is dead, and never the one that was held.
_LEAST_SPREAD = 1e-6


class CentralityError(IcdrlError):
    """Models that cannot be compared."""


@dataclass(frozen=True)
class Centrality:
    """Of K models.

    Attributes:
        told: (K, K) how well encoder i tells which code model j held fixed, in [0, 1]; one over
            the number of codes is chance. NaN for i = j, which is not asked.
        agreement: (K, K) the mean of both directions.
        scores: (K,) mean agreement with all other models; higher is better.
        order: the models, best first.
    """

    told: Matrix
    agreement: Matrix
    scores: Matrix
    order: tuple[int, ...]


def centrality(told: Matrix) -> Centrality:
    """From `told` (K, K), whose diagonal does not count; K > 1."""
    told = told.copy()
    np.fill_diagonal(told, np.nan)
    agreement = (told + told.T) / 2
    scores = np.nanmean(agreement, axis=1)
    order = np.argsort(-scores, kind="stable")
    return Centrality(told, agreement, scores, tuple(map(int, order)))


def compare(
    methods: Sequence[Method], groups: int, images: int, seed: int, progress: Progress
) -> Centrality:
    """Let each model make groups of images that share the value of a code, and all others read it.

    An encoder's vote on a group is its code that spreads least there, relative to its spread over
    images of that model. Each of its codes stands for the one that most of its votes go together
    with; `told` is the accuracy on the same votes, as published.

    groups: by each model; its codes take turns. images: in each group, at least two. progress:
    hears of the groups that are done, of all.

    Raises:
        CentralityError: fewer than two models, or one without codes.
    """
    if len(methods) < 2:
        raise CentralityError("One run has nothing to agree with: give at least two.")
    if not all(method.spec.codes for method in methods):
        raise CentralityError("A run without codes holds nothing fixed: leave it out.")
    told = np.full((len(methods), len(methods)), np.nan)
    for j, maker in enumerate(methods):
        others = [i for i in range(len(methods)) if i != j]
        readers = [methods[i] for i in others]
        generator = torch.Generator().manual_seed(seed_for(seed, "centrality"))
        spreads = _spreads(maker, readers, generator)
        votes: list[list[Tensor]] = [[] for _ in readers]
        held = torch.arange(groups) % len(maker.spec.codes)
        done = 0
        for part in torch.split(held, max(1, _AT_ONCE // images)):
            made = maker.generate(_held_latents(maker.spec, part, images, generator))
            for reader, spread, known in zip(readers, spreads, votes, strict=True):
                known.append(_votes(reader.represent(made), spread, images))
            done += len(part)
            progress(j * groups + done, len(methods) * groups)
        told[others, j] = [_accuracy(torch.cat(known), held) for known in votes]
    return centrality(told)


def _spreads(maker: Method, readers: Sequence[Method], generator: torch.Generator) -> list[Tensor]:
    """For each reader (D,), the standard deviation of its codes of images of any latents."""
    latents = sample_latents(maker.spec, _SPREAD_IMAGES, generator)
    read: list[list[Tensor]] = [[] for _ in readers]
    for part in torch.split(latents, _AT_ONCE):
        made = maker.generate(part)
        for reader, codes in zip(readers, read, strict=True):
            codes.append(reader.represent(made))
    return [torch.cat(codes).std(0) for codes in read]


def _held_latents(
    spec: LatentSpec, held: Tensor, images: int, generator: torch.Generator
) -> Tensor:
    """(G * images, L): in each group one code, by its number in held (G,), has one value."""
    latents = sample_latents(spec, len(held) * images, generator)
    for group, code in zip(torch.split(latents, images), held.tolist(), strict=True):
        entries = spec.codes[code].entries
        group[:, entries] = group[0, entries]
    return latents


def _votes(codes: Tensor, spread: Tensor, images: int) -> Tensor:
    """(G,) number of the code that spreads least in each group, relative to `spread`."""
    relative = codes.reshape(-1, images, len(spread)).std(1) / spread
    votes: Tensor = torch.where(spread > _LEAST_SPREAD, relative, torch.inf).argmin(1)
    return votes.cpu()


def _accuracy(votes: Tensor, held: Tensor) -> float:
    """How often a vote's code stands for the code that was held, if each stands for one."""
    pairs = np.zeros((int(votes.max()) + 1, int(held.max()) + 1))
    np.add.at(pairs, (votes.numpy(), held.numpy()), 1)
    return float(pairs.max(1).sum() / len(held))
