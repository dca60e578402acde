"""Image to latent: codes from Q, noise by seeded descent on the pixel error."""

from dataclasses import dataclass

import torch
from torch import Tensor

from core.methods.base import Method
from core.randomness import seed_for
from core.sampling import sample_noise


@dataclass(frozen=True)
class Encoding:
    """The latent of an image, and how well it draws it.

    Attributes:
        latent: (L,) float32.
        error: mean squared pixel error with the noise found, images in [0, 1].
        error_without_noise: the same with zero noise.
    """

    latent: Tensor
    error: float
    error_without_noise: float


def encode(
    method: Method, image: Tensor, seed: int, starts: int = 8, steps: int = 40, lr: float = 0.1
) -> Encoding:
    """image: (C, H, W) in [0, 1]. The best of `starts` descents, each of `steps` steps.

    Q gives a GAN's codes but no noise, so the noise is searched for, codes held fixed. Noise of a
    uniform prior stays inside it.
    """
    spec = method.spec
    codes = _codes(method, image)
    generator = torch.Generator().manual_seed(seed_for(seed, "encode"))
    noise = sample_noise(spec, starts, generator).to(method.device)
    noise[0] = 0
    noise.requires_grad_(True)
    optimiser = torch.optim.Adam([noise], lr=lr)
    target = image.to(method.device).unsqueeze(0)
    without = _pixel_errors(method, noise.detach()[:1], codes, target).detach()
    best, best_noise = without, noise.detach()[:1].clone()
    for _ in range(steps if spec.noise_dim else 0):
        errors = _pixel_errors(method, noise, codes, target)
        lowest = errors.detach().argmin()
        if errors[lowest] < best:
            best, best_noise = errors.detach()[lowest], noise.detach()[lowest : lowest + 1].clone()
        # Of the noise alone: the networks need no gradients here.
        (noise.grad,) = torch.autograd.grad(errors.sum(), noise)
        optimiser.step()
        if spec.noise_prior == "uniform":
            with torch.no_grad():
                noise.clamp_(-1, 1)
    latent = torch.cat([best_noise, codes], dim=1)[0]
    return Encoding(latent.cpu(), float(best), float(without))


def _codes(method: Method, image: Tensor) -> Tensor:
    """(1, L - noise): one-hot categories, then continuous codes, as they stand in a latent."""
    point = method.represent(image.unsqueeze(0))[0]
    blocks = []
    for value, code in zip(point, method.spec.codes, strict=True):
        if code.categories:
            blocks.append(torch.eye(code.categories, device=point.device)[int(value)])
        else:
            blocks.append(value.clamp(-1, 1).unsqueeze(0))
    return torch.cat(blocks).unsqueeze(0)


def _pixel_errors(method: Method, noise: Tensor, codes: Tensor, target: Tensor) -> Tensor:
    """(starts,) mean squared error of what each noise draws."""
    latents = torch.cat([noise, codes.expand(len(noise), -1)], dim=1)
    return (method.draw(latents) - target).square().mean((1, 2, 3))
