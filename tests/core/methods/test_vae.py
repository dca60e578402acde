"""What tells the variational autoencoders apart: the weight of their KL term over the steps."""

from collections.abc import Callable
from typing import Any

import pytest
import torch

from core.config import RunConfig
from core.methods import make_method
from core.methods.vae import VAE
from core.randomness import Randomness

CPU = torch.device("cpu")


@pytest.fixture
def kl_terms(tiny_config: Callable[..., RunConfig]) -> Callable[..., list[float]]:
    """What a KL of 10 nats costs in each of the first five steps."""

    def kl_terms(kind: str, **settings: Any) -> list[float]:
        paths = {f"method.{name}": value for name, value in settings.items()}
        config = tiny_config({"method.kind": kind, **paths})
        method = make_method(config, Randomness(0, CPU), CPU, torch.float32, 40)
        assert isinstance(method, VAE)
        terms = []
        for step in range(1, 6):
            method.load_counters({"steps": torch.tensor(step)})
            terms.append(float(method._kl_term(torch.tensor(10.0))))
        return terms

    return kl_terms


def test_that_a_vae_pays_the_kl_and_a_beta_vae_beta_times_as_much(
    kl_terms: Callable[..., list[float]],
) -> None:
    assert kl_terms("vae") == [10] * 5
    assert kl_terms("beta_vae", beta=4) == [40] * 5


def test_that_the_weight_of_the_kl_rises_over_the_warm_up(
    kl_terms: Callable[..., list[float]],
) -> None:
    assert kl_terms("vae", kl_warmup_steps=4) == [2.5, 5, 7.5, 10, 10]
    assert kl_terms("beta_vae", beta=2, kl_warmup_steps=2) == [10, 20, 20, 20, 20]


def test_that_an_annealed_vae_pays_for_what_the_kl_lacks_or_exceeds_of_a_capacity_that_grows(
    kl_terms: Callable[..., list[float]],
) -> None:
    # Capacities 4, 8, 12, 16, 16.
    paid = kl_terms("annealed_vae", gamma=100, capacity=16, capacity_steps=4)
    assert paid == [600, 200, 200, 600, 600]
