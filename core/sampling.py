"""Draw latents from the prior of a `LatentSpec`."""

import torch
import torch.nn.functional as F
from torch import Tensor

from core.latents import LatentSpec


def sample_latents(spec: LatentSpec, count: int, generator: torch.Generator) -> Tensor:
    """(count, L) float32 on the generator's device: noise, one-hot categories, continuous codes."""
    device = generator.device
    blocks = [sample_noise(spec, count, generator)]
    for code in spec.categorical:
        drawn = torch.randint(code.categories, (count,), generator=generator, device=device)
        blocks.append(F.one_hot(drawn, code.categories).float())
    codes = torch.rand(count, len(spec.continuous), generator=generator, device=device)
    return torch.cat([*blocks, codes * 2 - 1], dim=1)


def sample_noise(spec: LatentSpec, count: int, generator: torch.Generator) -> Tensor:
    """(count, noise_dim) float32 from U(-1, 1) or N(0, 1)."""
    shape, device = (count, spec.noise_dim), generator.device
    if spec.noise_prior == "normal":
        return torch.randn(shape, generator=generator, device=device)
    return torch.rand(shape, generator=generator, device=device) * 2 - 1
