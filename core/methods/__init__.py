"""METHODS maps a method's `kind` to its implementation."""

from collections.abc import Callable

import torch

from core.config import RunConfig
from core.methods.base import Method
from core.methods.ib_gan import IBGAN
from core.methods.infogan import InfoGAN
from core.methods.vae import VAE
from core.randomness import Randomness

METHODS: dict[str, Callable[..., Method]] = {
    "vae": VAE,
    "beta_vae": VAE,
    "annealed_vae": VAE,
    "factor_vae": VAE,
    "beta_tcvae": VAE,
    "infogan": InfoGAN,
    "ib_gan": IBGAN,
    "infogan_cr": InfoGAN,
    "tc_gan": InfoGAN,
}


def make_method(
    config: RunConfig,
    randomness: Randomness,
    device: torch.device,
    dtype: torch.dtype,
    dataset_size: int = 1,
) -> Method:
    """The method of `config`, freshly initialised from the run's seed.

    dataset_size: images to train on; of no account to whoever does not train.
    """
    implementation = METHODS[config.method.kind]
    arguments = config.method, config.data, config.seed, randomness, device, dtype
    return implementation(*arguments, dataset_size)
