"""Pairs of InfoGAN-CR: which code they share, and how far the others are apart."""

from contextlib import nullcontext

import pytest
import torch
from torch import Tensor

from core.config import DataConfig
from core.config.methods import ContrastiveConfig, InfoGANCRConfig
from core.latents import LatentSpec
from core.methods.regularisers.contrastive import ContrastiveRegulariser
from core.networks.generator import Generator
from core.randomness import Randomness

CPU = torch.device("cpu")
DATA = DataConfig(image_size=32)
COUNT = 4000


def spec_of(categories: tuple[int, ...] = (3,)) -> LatentSpec:
    latent = {"noise_dim": 2, "continuous_codes": 4, "categorical_codes": categories}
    return InfoGANCRConfig.model_validate({"latent": latent}).latent_spec()


def regulariser(gap: float = 0.0, start_step: int = 0) -> ContrastiveRegulariser:
    config = ContrastiveConfig(gap=gap, start_step=start_step)
    return ContrastiveRegulariser(config, spec_of(), DATA, 0, Randomness(0, CPU), CPU, nullcontext)


def pairs(gap: float) -> tuple[Tensor, Tensor, Tensor]:
    return regulariser(gap)._pairs(COUNT)


@pytest.mark.parametrize("gap", [0.0, 0.5, 1.9])
def test_that_a_pair_shares_one_code_and_differs_in_the_others_by_the_gap(gap: float) -> None:
    first, second, shared = pairs(gap)
    apart = (first - second)[:, 5:].abs()
    same = torch.nn.functional.one_hot(shared, 4).bool()
    assert not apart[same].any()
    assert float(apart[~same].min()) >= gap - 1e-6
    assert bool((apart[~same] > 0).all())
    for latents in (first, second):
        assert float(latents[:, 5:].abs().max()) <= 1


def test_that_a_pair_has_one_noise_and_one_category() -> None:
    first, second, _ = pairs(0.5)
    assert torch.equal(first[:, :5], second[:, :5])
    torch.testing.assert_close(first[:, 2:5].sum(1), torch.ones(COUNT))


def test_that_every_code_is_shared_as_often_and_drawn_evenly_from_side_to_side() -> None:
    first, second, shared = pairs(0.0)
    assert torch.bincount(shared).tolist() == pytest.approx([COUNT / 4] * 4, rel=0.1)
    for latents in (first, second):
        assert latents[:, 5:].mean(0).tolist() == pytest.approx([0] * 4, abs=0.04)
        assert latents[:, 5:].var(0).tolist() == pytest.approx([1 / 3] * 4, rel=0.06)


def test_that_nothing_of_it_is_computed_before_its_first_step() -> None:
    late = regulariser(start_step=3)
    begun = []
    for _ in range(4):
        late.steps += 1
        begun.append(late.active)
    assert begun == [False, False, False, True]


def test_that_generator_and_discriminator_each_learn_in_their_own_turn() -> None:
    contrastive, generator = regulariser(), Generator(spec_of().latent_dim, 1, 32)
    contrastive.pull(generator, 4).backward()  # type: ignore[no-untyped-call]
    assert all(parameter.grad is not None for parameter in generator.parameters())
    assert all(each.grad is None for each in contrastive.discriminator.parameters())
    generator.zero_grad()
    contrastive.train(generator, 4)
    assert all(parameter.grad is None for parameter in generator.parameters())
    assert all(each.grad is not None for each in contrastive.discriminator.parameters())
