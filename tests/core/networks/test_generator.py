import math

import pytest
import torch
from torch import nn

from core.networks.generator import Generator
from core.randomness import seeded_initialisation

SHAPES = [(channels, size) for size in (28, 32, 64) for channels in (1, 3)]


def made(seed: int, channels: int = 1, size: int = 32) -> Generator:
    with seeded_initialisation(seed, "generator"):
        return Generator(10, channels, size)


@pytest.mark.parametrize(("channels", "size"), SHAPES)
def test_that_images_have_the_asked_shape_and_lie_between_0_and_1(channels: int, size: int) -> None:
    images = made(0, channels, size)(torch.randn(4, 10)).detach()
    assert images.shape == (4, channels, size, size)
    assert float(images.min()) >= 0
    assert float(images.max()) <= 1


@pytest.mark.parametrize(("channels", "size"), SHAPES)
def test_that_transposed_convolutions_start_with_a_deviation_of_002(
    channels: int, size: int
) -> None:
    weights = [
        module.weight.detach()
        for module in made(0, channels, size).modules()
        if isinstance(module, nn.ConvTranspose2d)
    ]
    assert len(weights) >= 2
    for weight in weights:
        error = 0.02 / math.sqrt(2 * weight.numel())
        assert float(weight.std()) == pytest.approx(0.02, abs=4 * error)
        assert float(weight.mean()) == pytest.approx(0, abs=6 * error)


def test_that_batch_normalisation_starts_around_1_with_a_deviation_of_002() -> None:
    gains = torch.cat(
        [
            module.weight.detach()
            for module in made(0).modules()
            if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d)
        ]
    )
    assert float(gains.mean()) == pytest.approx(1, abs=0.003)
    assert float(gains.std()) == pytest.approx(0.02, abs=0.002)


def test_that_equal_seeds_give_equal_weights_and_others_give_others() -> None:
    first, same, other = (
        torch.cat([parameter.flatten() for parameter in made(seed).parameters()])
        for seed in (0, 0, 1)
    )
    assert torch.equal(first, same)
    assert not torch.equal(first, other)


def test_that_a_single_latent_can_be_drawn_in_evaluation_mode() -> None:
    generator = made(0).eval()
    before = {name: tensor.clone() for name, tensor in generator.state_dict().items()}
    latents = torch.randn(3, 10)
    torch.testing.assert_close(generator(latents[:1]), generator(latents)[:1])
    torch.testing.assert_close(dict(generator.state_dict()), before, rtol=0, atol=0)
