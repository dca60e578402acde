"""Draw latents from the prior of a `LatentSpec`."""

import torch
import torch.nn.functional as F
from torch import Tensor

from core.latents import LatentSpec, Prior


def sample_latents(spec: LatentSpec, count: int, generator: torch.Generator) -> Tensor:
    """(count, L) float32 on the generator's device: noise, one-hot categories, continuous codes."""
    device = generator.device
    blocks = [sample_noise(spec, count, generator)]
    for code in spec.categorical:
        drawn = torch.randint(code.categories, (count,), generator=generator, device=device)
        blocks.append(F.one_hot(drawn, code.categories).float())
    blocks.append(_drawn(spec.code_prior, (count, len(spec.continuous)), generator))
    return torch.cat(blocks, dim=1)


def sample_noise(spec: LatentSpec, count: int, generator: torch.Generator) -> Tensor:
    """(count, noise_dim) float32 from U(-1, 1) or N(0, 1)."""
    return _drawn(spec.noise_prior, (count, spec.noise_dim), generator)


def _drawn(prior: Prior, shape: tuple[int, int], generator: torch.Generator) -> Tensor:
    device = generator.device
    if prior == "normal":
        return torch.randn(shape, generator=generator, device=device)
    return torch.rand(shape, generator=generator, device=device) * 2 - 1
