"""What a trained method makes of real images: their codes, and how good and dependent these are."""

from collections.abc import Collection
from dataclasses import replace
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray

from core.data.dataset import Dataset
from core.latents import LatentSpec
from core.methods.base import Method
from core.metrics import METRICS
from core.metrics.inputs import varies
from core.metrics.report import LIVE, Report, columns, report
from core.metrics.total_correlation import correlation_matrix, gaussian_total_correlation
from core.protocol import Evaluated
from core.randomness import seed_for

# Enough for the Gaussian closed form: its bias for 5 independent codes is 0.0025 nats.
EVALUATION_IMAGES = 2000
# What the scores of the literature are computed from.
FULL_EVALUATION_IMAGES = 20_000

_BATCH = 250


def evaluation_subset(dataset: Dataset, seed: int, count: int = EVALUATION_IMAGES) -> torch.Tensor:
    """(M,) int64 indices of at most `count` images, fixed for a run."""
    generator = torch.Generator().manual_seed(seed_for(seed, "evaluation"))
    return torch.randperm(len(dataset), generator=generator)[:count]


def represent_dataset(method: Method, dataset: Dataset, index: torch.Tensor) -> NDArray[np.float32]:
    """(M, D) point codes of the images at index (M,)."""
    parts = [method.represent(dataset.batch(part)) for part in torch.split(index, _BATCH)]
    return torch.cat(parts).cpu().numpy()


def known_factors(dataset: Dataset, index: torch.Tensor) -> NDArray[np.float64] | None:
    """(M, F) factors of the images at index (M,); None where unknown or all of them constant."""
    if dataset.factors is None:
        return None
    factors = dataset.factors[index.cpu().numpy()]
    return factors if varies(factors).any() else None


def evaluate(method: Method, dataset: Dataset, index: torch.Tensor, step: int) -> Evaluated:
    """The scores that are cheap enough to be computed while training.

    Raises:
        MetricError: codes that are not finite.
    """
    codes, factors = represent_dataset(method, dataset, index), known_factors(dataset, index)
    names = [name for name in LIVE if factors is not None or not METRICS[name].needs_factors]
    return as_event(score_codes(method.spec, factors, codes, names), dataset, step)


def dependence(codes: NDArray[np.float32], step: int) -> Evaluated:
    """Total correlation and correlation matrix of continuous codes (M, Dc)."""
    return Evaluated(
        step=step,
        images=len(codes),
        total_correlation=gaussian_total_correlation(codes),
        correlation=correlation_matrix(codes),
    )


def score_codes(
    spec: LatentSpec,
    factors: NDArray[np.float64] | None,
    codes: NDArray[np.float32],
    names: Collection[str] | None = None,
) -> Report:
    """Score codes (M, D) of a latent about factors (M, F); by default with every usual metric.

    The number of a category counts as a value like any other, except in what needs no factors
    (correlation, total correlation, active codes): that looks at the continuous codes alone.

    Raises:
        MetricError: see `report`.
    """
    continuous = [i for i, code in enumerate(spec.codes) if not code.categories]
    return report(factors, codes, names, continuous)


def as_event(found: Report, dataset: Dataset, step: int) -> Evaluated:
    """What a report about images of `dataset` tells those who follow the training."""
    values = found.values()
    event = Evaluated(
        step=step,
        images=found.rows,
        total_correlation=values.get("total_correlation", 0.0),
        correlation=found.correlation,
        scores=values,
    )
    if found.mutual_information is None:
        return event
    names = dataset.factor_names
    followed = [
        (names[each.factor], each.exclusiveness) if each else ("", 0.0) for each in found.follows
    ]
    return replace(
        event,
        factor_names=names,
        mutual_information=found.mutual_information,
        follows=tuple(name for name, _ in followed),
        exclusiveness=tuple(share for _, share in followed),
    )


def score_row(
    evaluated: Evaluated, spec: LatentSpec, protocol: Literal["live", "full"]
) -> dict[str, object]:
    """A row of scores.csv; every run has the same columns, blank where there is no score."""
    row: dict[str, object] = {"step": evaluated.step, "images": evaluated.images}
    row["protocol"] = protocol
    scores = evaluated.scores
    row |= {name: f"{scores[name]:.6f}" if name in scores else "" for name in columns()}
    names = [code.name for code in spec.continuous]
    for i, first in enumerate(names):
        for j in range(i + 1, len(names)):
            row[f"correlation.{first}.{names[j]}"] = f"{evaluated.correlation[i, j]:.6f}"
    return row
