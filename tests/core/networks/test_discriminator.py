import math
from collections.abc import Callable
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from core.networks.discriminator import Discriminator, PatchConvolution
from core.randomness import seeded_initialisation

PowerIterations = Callable[[nn.Module], dict[str, Any]]
SHAPES = [(channels, size) for size in (28, 32, 64) for channels in (1, 3)]


def made(seed: int, channels: int = 1, size: int = 32) -> Discriminator:
    with seeded_initialisation(seed, "discriminator"):
        return Discriminator(channels, size, 7)


def judge(discriminator: Discriminator, images: Tensor) -> None:
    features = discriminator.features(images)
    discriminator.logits(features)
    discriminator.recognise(features)


@pytest.mark.parametrize(("channels", "size"), SHAPES)
def test_that_each_head_gives_one_row_an_image(channels: int, size: int) -> None:
    discriminator = made(0, channels, size)
    features = discriminator.features(torch.rand(4, channels, size, size))
    assert discriminator.logits(features).shape == (4,)
    assert discriminator.recognise(features).shape == (4, 7)


def test_that_the_heads_give_float32_even_under_autocast() -> None:
    discriminator = made(0)
    with torch.autocast("cpu", torch.bfloat16):
        features = discriminator.features(torch.rand(2, 1, 32, 32))
        assert features.dtype == torch.bfloat16
        assert discriminator.logits(features).dtype == torch.float32
        assert discriminator.recognise(features).dtype == torch.float32


def test_that_an_image_is_judged_alone_whatever_else_is_in_the_batch() -> None:
    discriminator = made(0).eval()
    images = torch.rand(6, 1, 32, 32)
    features = discriminator.features(images)
    torch.testing.assert_close(features[:1], discriminator.features(images[:1]))


@pytest.mark.parametrize("channels", [1, 3])
def test_that_the_patch_convolution_is_the_convolution_it_stands_for(channels: int) -> None:
    layer = PatchConvolution(channels, 8, 4, 2, 1)
    images = torch.rand(3, channels, 12, 12)
    expected = F.conv2d(images, layer.weight, layer.bias, stride=2, padding=1)
    torch.testing.assert_close(layer(images), expected)


@pytest.mark.parametrize("channels", [1, 3])
def test_that_the_patch_convolution_has_the_gradients_of_that_convolution(channels: int) -> None:
    layer = PatchConvolution(channels, 8, 4, 2, 1)
    images = torch.rand(3, channels, 12, 12, requires_grad=True)
    pull = torch.randn(3, 8, 6, 6)
    plain = F.conv2d(images, layer.weight, layer.bias, stride=2, padding=1)
    inputs = (images, *layer.parameters())
    expected = torch.autograd.grad(plain, inputs, pull)
    torch.testing.assert_close(torch.autograd.grad(layer(images), inputs, pull), expected)


def test_that_all_but_the_outputs_of_the_q_head_is_spectrally_normalised(
    power_iterations: PowerIterations,
) -> None:
    discriminator = made(0)
    layers = {
        name
        for name, module in discriminator.named_modules()
        if isinstance(module, nn.Linear | nn.Conv2d)
    }
    assert layers - set(power_iterations(discriminator)) == {"q_head.2"}
    assert len(layers) == 3 + 1 + 1 + 2


def test_that_a_training_pass_advances_each_power_iteration_once(
    power_iterations: PowerIterations,
) -> None:
    discriminator = made(0).train()
    before = power_iterations(discriminator)
    judge(discriminator, torch.rand(2, 1, 32, 32))
    for layer, after in power_iterations(discriminator).items():
        assert torch.equal(after.u, before[layer].next_u), layer


def test_that_an_evaluation_pass_changes_no_state() -> None:
    discriminator = made(0).eval()
    before = {name: tensor.clone() for name, tensor in discriminator.state_dict().items()}
    judge(discriminator, torch.rand(2, 1, 32, 32))
    torch.testing.assert_close(dict(discriminator.state_dict()), before, rtol=0, atol=0)


def test_that_normalised_weights_stretch_nothing_by_more_than_1(
    power_iterations: PowerIterations,
) -> None:
    discriminator = made(0).train()
    for _ in range(30):
        judge(discriminator, torch.rand(1, 1, 32, 32))
    for layer in power_iterations(discriminator):
        weight = discriminator.get_submodule(layer).weight
        assert isinstance(weight, Tensor)
        largest = torch.linalg.matrix_norm(weight.detach().flatten(1), 2)
        assert float(largest) == pytest.approx(1, abs=0.02)


@pytest.mark.parametrize(("channels", "size"), SHAPES)
def test_that_convolutions_start_with_a_deviation_of_002(
    channels: int, size: int, power_iterations: PowerIterations
) -> None:
    discriminator = made(0, channels, size)
    iterations = power_iterations(discriminator)
    for name, module in discriminator.named_modules():
        if isinstance(module, nn.Conv2d):
            weight = iterations[name].weight
            error = 0.02 / math.sqrt(2 * weight.numel())
            assert float(weight.std()) == pytest.approx(0.02, abs=4 * error)


def test_that_equal_seeds_give_equal_weights_and_others_give_others() -> None:
    first, same, other = (
        torch.cat([parameter.flatten() for parameter in made(seed).parameters()])
        for seed in (0, 0, 1)
    )
    assert torch.equal(first, same)
    assert not torch.equal(first, other)
