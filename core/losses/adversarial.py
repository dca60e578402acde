"""Adversarial losses of a GAN (Goodfellow et al. 2014), on logits."""

import torch
import torch.nn.functional as F
from torch import Tensor


def discriminator_loss(
    real_logits: Tensor, fake_logits: Tensor, real_targets: Tensor | None = None
) -> Tensor:
    """-E log D(real) - E log(1 - D(fake)), a scalar >= 0; 2 log 2 = 1.386 at chance.

    real_logits, fake_logits: (B,). real_targets: (B,) in [0, 1], one-sided label smoothing;
    None means 1.
    """
    if real_targets is None:
        real_targets = torch.ones_like(real_logits)
    real = F.binary_cross_entropy_with_logits(real_logits, real_targets)
    return real + F.softplus(fake_logits).mean()


def diversity(fake: Tensor, real: Tensor) -> Tensor:
    """How much fake images vary, as a multiple of what real ones (B, C, H, W) do; a scalar."""
    return (_spread(fake) / _spread(real)).sqrt()


def _spread(images: Tensor) -> Tensor:
    """Variance over the batch, averaged over pixels."""
    pixels = images.flatten(1)
    return (pixels.square().mean(0) - pixels.mean(0).square()).mean() + 1e-6


def generator_loss(fake_logits: Tensor) -> Tensor:
    """-E log D(fake) for logits (B,): the non-saturating loss, a scalar >= 0."""
    return F.softplus(-fake_logits).mean()
