"""Image to latent: codes as the method reads them, noise by descent on the pixel error."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from core.errors import IcdrlError
from core.methods.base import Method
from core.randomness import seed_for
from core.sampling import sample_noise

STARTS = 8
STEPS = 40


class EncodingCancelledError(IcdrlError):
    """An encoding that nobody waits for any more."""


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
    method: Method,
    image: Tensor,
    seed: int,
    starts: int = STARTS,
    steps: int = STEPS,
    lr: float = 0.1,
    cancelled: Callable[[], bool] | None = None,
) -> Encoding:
    """image: (C, H, W) in [0, 1]; see `encode_all`."""
    (found,) = encode_all(method, image.unsqueeze(0), seed, starts, steps, lr, cancelled)
    return found


def encode_all(
    method: Method,
    images: Tensor,
    seed: int,
    starts: int = STARTS,
    steps: int = STEPS,
    lr: float = 0.1,
    cancelled: Callable[[], bool] | None = None,
) -> list[Encoding]:
    """images: (N, C, H, W) in [0, 1]. For each the best of `starts` descents of `steps` steps.

    The method reads an image's codes but no noise, so the noise, where there is any, is searched
    for, codes held fixed. What has a uniform prior stays inside it. Every image starts from the
    same noise, the first time zero.
    `cancelled` is asked before each step.

    Raises:
        EncodingCancelledError: `cancelled` said so.
    """
    spec, count = method.spec, len(images)
    codes = _codes(method, images).repeat_interleave(starts, 0)
    generator = torch.Generator().manual_seed(seed_for(seed, "encode"))
    noise = sample_noise(spec, starts, generator).to(method.device)
    noise[0] = 0
    noise = noise.repeat(count, 1).requires_grad_(True)
    optimiser = torch.optim.Adam([noise], lr=lr)
    targets = images.to(method.device).repeat_interleave(starts, 0)
    with torch.no_grad():
        without = _pixel_errors(method, noise[::starts], codes[::starts], targets[::starts])
    best, best_noise = without.clone(), noise.detach()[::starts].clone()
    for _ in range(steps if spec.noise_dim else 0):
        if cancelled is not None and cancelled():
            raise EncodingCancelledError("The encoding was given up.")
        errors = _pixel_errors(method, noise, codes, targets)
        lowest, which = errors.detach().view(count, starts).min(1)
        better = lowest < best
        best = torch.where(better, lowest, best)
        found = noise.detach().view(count, starts, -1)[torch.arange(count), which]
        best_noise = torch.where(better[:, None], found, best_noise)
        # Of the noise alone: the networks need no gradients here.
        (noise.grad,) = torch.autograd.grad(errors.sum(), noise)
        optimiser.step()
        if spec.noise_prior == "uniform":
            with torch.no_grad():
                noise.clamp_(-1, 1)
    latents = torch.cat([best_noise, codes[::starts]], dim=1).cpu()
    return [
        Encoding(latent, error, error_without_noise)
        for latent, error, error_without_noise in zip(
            latents, best.tolist(), without.tolist(), strict=True
        )
    ]


def _codes(method: Method, images: Tensor) -> Tensor:
    """(N, L - noise): one-hot categories, then continuous codes, as they stand in a latent."""
    points = method.represent(images)
    blocks = []
    for values, code in zip(points.T, method.spec.codes, strict=True):
        if code.categories:
            blocks.append(torch.eye(code.categories, device=points.device)[values.long()])
        else:
            inside = values.clamp(*code.ends) if code.prior == "uniform" else values
            blocks.append(inside.unsqueeze(1))
    return torch.cat(blocks, dim=1)


def _pixel_errors(method: Method, noise: Tensor, codes: Tensor, targets: Tensor) -> Tensor:
    """(N,) mean squared error of what each noise draws."""
    return (method.draw(torch.cat([noise, codes], dim=1)) - targets).square().mean((1, 2, 3))
