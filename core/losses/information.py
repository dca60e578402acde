"""The mutual information constraint: InfoGAN's variational bound (Chen et al. 2016)."""

import torch
import torch.nn.functional as F
from torch import Tensor

from core.latents import PRIOR_VARIANCE, LatentSpec
from core.losses.total_correlation import LOG_2PI
from core.networks.recognition import Recognition


def information_loss(recognition: Recognition, latents: Tensor, spec: LatentSpec) -> Tensor:
    """-E log Q(c | image) in nats, summed over codes, averaged over the batch; a scalar.

    Minus the bound of I(c; image), but for the constant entropy of the codes.
    latents: (B, L), those the images were generated from.
    """
    loss = torch.zeros((), device=latents.device)
    for code, logits in zip(spec.categorical, recognition.logits, strict=True):
        loss = loss + F.cross_entropy(logits, latents[:, code.entries].argmax(1))
    if spec.continuous:
        squared = (continuous_codes(latents, spec) - recognition.mean).square()
        logvar = recognition.logvar
        nll = 0.5 * (LOG_2PI + logvar + squared * torch.exp(-logvar))
        loss = loss + nll.sum(1).mean()
    return loss


def code_errors(recognition: Recognition, latents: Tensor, spec: LatentSpec) -> Tensor:
    """(D,) share of each code that Q gets wrong, one entry a code; 1 means that it only guesses.

    Continuous: mean squared error over the prior's variance, 1/3. Categorical: share of wrong
    categories over the share that a guess gets wrong, (K - 1) / K.
    """
    errors = []
    for code, logits in zip(spec.categorical, recognition.logits, strict=True):
        wrong = logits.argmax(1) != latents[:, code.entries].argmax(1)
        errors.append(wrong.float().mean(0, keepdim=True) * code.categories / (code.categories - 1))
    squared = (continuous_codes(latents, spec) - recognition.mean).square()
    return torch.cat([*errors, squared.mean(0) / PRIOR_VARIANCE])


def continuous_codes(latents: Tensor, spec: LatentSpec) -> Tensor:
    """The continuous codes (B, Dc) of latents (B, L): its last entries."""
    return latents[:, latents.shape[1] - len(spec.continuous) :]


def recognised_information(recognised: Tensor, noise: Tensor) -> Tensor:
    """H(z) + E log q(z | image) of N(0, 1) noise, q being N(recognised, 1); a scalar in nats.

    Negative where q is worse than a guess (IB-GAN's lower bound). Both are (B, Z).
    """
    return 0.5 * (noise.square() - (noise - recognised).square()).sum(1).mean()
