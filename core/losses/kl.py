"""The KL term of a variational autoencoder, whole and in three parts; in nats."""

from dataclasses import dataclass

import torch
from torch import Tensor

from core.losses.total_correlation import mixture_log_densities, posterior_log_densities


def gaussian_kl(mean: Tensor, logvar: Tensor) -> Tensor:
    """(D,) KL(N(mean, exp(logvar)) || N(0, 1)) of each code, averaged over the batch.

    mean, logvar: (B, D).
    """
    return 0.5 * (mean.square() + logvar.exp() - logvar - 1).mean(0)


@dataclass(frozen=True)
class Decomposition:
    """KL(q(z | x) || p(z)) on average, at samples of the posterior: three scalars (Chen et al.).

    Attributes:
        mutual_information: E log q(z | x) - log q(z), of codes and images.
        total_correlation: E log q(z) - sum_j log q(z_j).
        dimension_wise: sum_j E log q(z_j) - log p(z_j).
    """

    mutual_information: Tensor
    total_correlation: Tensor
    dimension_wise: Tensor


def decompose(
    samples: Tensor, mean: Tensor, logvar: Tensor, log_weights: Tensor | None = None
) -> Decomposition:
    """The parts of the KL term, q(z) being a mixture of the batch's posteriors.

    samples, mean, logvar: (B, D), row i drawn from posterior i. log_weights: (B, B) those of the
    mixture; None weighs all alike (minibatch weighted sampling with its constant).
    """
    densities = posterior_log_densities(samples, mean, logvar)
    joint, marginals = mixture_log_densities(densities, log_weights)
    own = densities.diagonal(dim1=0, dim2=1).sum(0)
    standard = torch.zeros_like(samples)
    prior = posterior_log_densities(samples, standard[:1], standard[:1]).sum((1, 2))
    return Decomposition(
        mutual_information=(own - joint).mean(),
        total_correlation=(joint - marginals.sum(1)).mean(),
        dimension_wise=(marginals.sum(1) - prior).mean(),
    )
