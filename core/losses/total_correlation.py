"""Estimators of the total correlation KL(q(c) || prod_j q(c_j)), differentiable, in nats.

Codes are (B, D) float32. `bank` (M, D) holds recent codes without gradient, with which the batch
is compared: a batch of 64 alone is blind to dependence (narrow noise mostly measures the spread
of the codes).
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

LOG_2PI = math.log(2 * math.pi)

# Keeps the correlation of a constant code finite, and its gradient too.
_EPSILON = 1e-6


def gaussian_tc(codes: Tensor, bank: Tensor) -> Tensor:
    """-1/2 log det of the correlation matrix of batch and bank together; a scalar >= 0.

    Exact for Gaussian codes, blind to dependence that is not linear. For independent codes its
    expectation is about D (D - 1) / (4 (B + M)).
    """
    joined = torch.cat([codes, bank])
    centred = joined - joined.mean(0)
    standardised = centred / (centred.square().mean(0) + _EPSILON).sqrt()
    correlation = standardised.T @ standardised / len(joined)
    identity = torch.eye(codes.shape[1], device=codes.device)
    # A code that never moves depends on nothing (its own variance still counts as 1), and one
    # that repeats another stays just short of it, so that the factorisation exists.
    correlation = (1 - _EPSILON) * correlation * (1 - identity) + identity
    # The _ex form reports failure in a tensor: no host synchronisation.
    factor: Tensor = torch.linalg.cholesky_ex(correlation).L
    return -factor.diagonal().log().sum()


def minibatch_weighted_tc(codes: Tensor, bank: Tensor, std: float, noise: Tensor) -> Tensor:
    """Plug-in estimate with a mixture over batch and bank (MWS of beta-TCVAE with its constant).

    q(c) is the mixture of N(code, std^2) over all B + M codes; noise: (B, D) from N(0, 1) makes
    the samples at which it is evaluated. A sample's own component is part of the mixture, so the
    value is biased upwards, the more the narrower `std`.
    """
    centres = torch.cat([codes, bank])
    densities = _log_densities(codes + std * noise, centres, std)
    return _mixture_tc(densities)


def minibatch_stratified_tc(codes: Tensor, bank: Tensor, std: float, noise: Tensor) -> Tensor:
    """The mixture without each sample's own component: stratified sampling for endless data.

    Minibatch stratified sampling weighs a sample's own component by 1/N. A GAN draws fresh
    latents at every step, so N is infinite and the component drops out (leave-one-out). The
    value falls without bound where codes leave each other behind: it is to be minimised only as
    long as it is positive.
    """
    centres = torch.cat([codes, bank])
    densities = _log_densities(codes + std * noise, centres, std)
    own = torch.eye(len(codes), len(centres), dtype=torch.bool, device=codes.device)
    densities = densities.masked_fill(own.unsqueeze(2), -torch.inf)
    return _mixture_tc(densities, dropped=1)


def stratified_log_weights(batch: int, dataset_size: int) -> Tensor:
    """(B, B) log-weights of minibatch stratified sampling: rows are samples and sum to 1.

    A sample's own posterior has its share of the data, 1 / N, one other stands for all that are
    not in the batch (Chen et al. 2018). N is taken to be at least B.
    """
    others, size = batch - 1, max(batch, dataset_size)
    weights = torch.full((batch, batch), 1 / others)
    rows = torch.arange(batch)
    weights[rows, (rows + 1) % batch] = (size - others) / (size * others)
    weights[rows, rows] = 1 / size
    return weights.log()


def posterior_log_densities(samples: Tensor, mean: Tensor, logvar: Tensor) -> Tensor:
    """(B, M, D) log N(samples_i,d; mean_j,d, exp(logvar_j,d)).

    samples: (B, D); mean, logvar: (M, D).
    """
    difference = samples.unsqueeze(1) - mean
    return -0.5 * (difference.square() * torch.exp(-logvar) + logvar + LOG_2PI)


def mixture_log_densities(
    densities: Tensor, log_weights: Tensor | None = None, dropped: int = 0
) -> tuple[Tensor, Tensor]:
    """log q(z), (B,), and log q(z_d), (B, D), from log-densities (B, M, D) of the components.

    log_weights: (B, M); None weighs all alike, but for `dropped` ones of density 0.
    """
    if log_weights is not None:
        joint = (densities.sum(2) + log_weights).logsumexp(1)
        return joint, (densities + log_weights.unsqueeze(2)).logsumexp(1)
    log_components = math.log(densities.shape[1] - dropped)
    joint = densities.sum(2).logsumexp(1) - log_components
    return joint, densities.logsumexp(1) - log_components


def density_ratio_tc(logits: Tensor) -> Tensor:
    """E[logit of joint - logit of permuted] (FactorVAE); logits: (B, 2) of a TC discriminator."""
    return (logits[:, 0] - logits[:, 1]).mean()


def tc_discriminator_loss(joint_logits: Tensor, permuted_logits: Tensor) -> Tensor:
    """Half the cross-entropies of telling joint (0) from permuted (1); log 2 = 0.693 at chance."""
    joint = F.softplus(joint_logits[:, 1] - joint_logits[:, 0]).mean()
    permuted = F.softplus(permuted_logits[:, 0] - permuted_logits[:, 1]).mean()
    return 0.5 * (joint + permuted)


def permute_dims(codes: Tensor, generator: torch.Generator) -> Tensor:
    """codes (B, D) with each column shuffled by itself: a sample of the product of marginals."""
    order = torch.rand(codes.shape, generator=generator, device=codes.device).argsort(0)
    return codes.gather(0, order)


def _log_densities(samples: Tensor, centres: Tensor, std: float) -> Tensor:
    """(B, M, D) log N(samples_i,d; centres_j,d, std^2)."""
    difference = samples.unsqueeze(1) - centres.unsqueeze(0)
    return -0.5 * ((difference / std).square() + math.log(2 * math.pi * std**2))


def _mixture_tc(densities: Tensor, dropped: int = 0) -> Tensor:
    """Mean of log q(c) - sum_j log q(c_j) from log-densities (B, M, D)."""
    joint, marginals = mixture_log_densities(densities, dropped=dropped)
    return (joint - marginals.sum(1)).mean()
