"""What a trained method makes of real images: their codes, and how dependent these are."""

import numpy as np
import torch
from numpy.typing import NDArray

from core.data.dataset import Dataset
from core.methods.base import Method
from core.metrics.total_correlation import correlation_matrix, gaussian_total_correlation
from core.protocol import Evaluated
from core.randomness import seed_for

# Enough for the Gaussian closed form: its bias for 5 independent codes is 0.0025 nats.
EVALUATION_IMAGES = 2000

_BATCH = 250


def evaluation_subset(dataset: Dataset, seed: int) -> torch.Tensor:
    """(M,) int64 indices of at most `EVALUATION_IMAGES` images, fixed for a run."""
    generator = torch.Generator().manual_seed(seed_for(seed, "evaluation"))
    return torch.randperm(len(dataset), generator=generator)[:EVALUATION_IMAGES]


def represent_dataset(method: Method, dataset: Dataset, index: torch.Tensor) -> NDArray[np.float32]:
    """(M, D) point codes of the images at index (M,)."""
    parts = [method.represent(dataset.batch(part)) for part in torch.split(index, _BATCH)]
    return torch.cat(parts).cpu().numpy()


def evaluate(method: Method, dataset: Dataset, index: torch.Tensor, step: int) -> Evaluated:
    """Total correlation and correlation matrix of the continuous codes of real images."""
    continuous = [i for i, code in enumerate(method.spec.codes) if not code.categories]
    return dependence(represent_dataset(method, dataset, index)[:, continuous], step)


def dependence(codes: NDArray[np.float32], step: int) -> Evaluated:
    """The same of continuous codes (M, Dc)."""
    return Evaluated(
        step=step,
        images=len(codes),
        total_correlation=gaussian_total_correlation(codes),
        correlation=correlation_matrix(codes),
    )
