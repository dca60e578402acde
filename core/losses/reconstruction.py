"""The reconstruction term of a variational autoencoder."""

import math

import torch.nn.functional as F
from torch import Tensor


def bernoulli_reconstruction(logits: Tensor, images: Tensor) -> Tensor:
    """-log p(image | codes) in nats, summed over pixels, averaged over the batch; a scalar.

    logits, images: (B, C, H, W); images in [0, 1].
    """
    return F.binary_cross_entropy_with_logits(logits, images, reduction="sum") / len(images)


def gaussian_reconstruction(logits: Tensor, images: Tensor) -> Tensor:
    """The same for pixels of variance 1 around the logistic of `logits`."""
    squared = (logits.sigmoid() - images).square() + math.log(2 * math.pi)
    return 0.5 * squared.sum() / len(images)
