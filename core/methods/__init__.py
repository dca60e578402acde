"""METHODS maps a method's `kind` to its implementation."""

import torch

from core.config import RunConfig
from core.methods.base import Method
from core.methods.tc_gan import TCGAN
from core.randomness import Randomness

METHODS = {"tc_gan": TCGAN}


def make_method(
    config: RunConfig, randomness: Randomness, device: torch.device, dtype: torch.dtype
) -> Method:
    """The method of `config`, freshly initialised from the run's seed."""
    implementation = METHODS[config.method.kind]
    return implementation(config.method, config.data, config.seed, randomness, device, dtype)
