import pytest
import torch
from torch import nn

from core.networks.tc_discriminator import TCDiscriminator


def test_that_it_has_six_linear_layers_of_1000_and_two_logits() -> None:
    linear = [m for m in TCDiscriminator(5).modules() if isinstance(m, nn.Linear)]
    assert [m.in_features for m in linear] == [5, *[1000] * 5]
    assert [m.out_features for m in linear] == [*[1000] * 5, 2]


def test_that_its_weights_start_with_a_deviation_of_002_and_its_biases_at_0() -> None:
    torch.manual_seed(0)
    for module in TCDiscriminator(5).modules():
        if isinstance(module, nn.Linear):
            assert float(module.weight.detach().std()) == pytest.approx(0.02, rel=0.06)
            assert not module.bias.any()


def test_that_its_logits_are_float32_even_under_autocast() -> None:
    discriminator = TCDiscriminator(3)
    with torch.autocast("cpu", torch.bfloat16):
        logits = discriminator(torch.randn(7, 3))
    assert logits.shape == (7, 2)
    assert logits.dtype == torch.float32
