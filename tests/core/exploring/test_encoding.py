from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from core.exploring.encoding import EncodingCancelledError, encode, encode_all
from core.exploring.traversal import random_anchor
from core.methods.base import Method

Make = Callable[..., Method]

MIXED = {
    "method.latent.noise_dim": 3,
    "method.latent.categorical_codes": [3],
    "method.latent.continuous_codes": 2,
}


@pytest.fixture
def trained(make_tcgan: Make) -> Callable[..., Method]:
    """A method whose images show their noise, as those of a trained one do."""

    def trained(settings: dict[str, Any] | None = None) -> Method:
        method = make_tcgan(MIXED | (settings or {}))
        with torch.no_grad():
            for module in method.networks["generator"].modules():
                if isinstance(module, nn.ConvTranspose2d):
                    module.weight.mul_(5)
        return method

    return trained


def drawn(method: Method, seed: int = 0) -> Tensor:
    """(C, H, W): an image that the method can draw."""
    return method.generate(random_anchor(method.spec, seed)[None])[0]


@pytest.mark.parametrize("prior", ["uniform", "normal"])
@pytest.mark.parametrize("seed", [0, 1])
def test_that_an_image_whose_codes_are_read_well_is_drawn_far_better_than_with_zero_noise(
    trained: Callable[..., Method], monkeypatch: pytest.MonkeyPatch, prior: str, seed: int
) -> None:
    method = trained({"method.latent.noise_prior": prior})
    anchor = random_anchor(method.spec, seed)
    read = torch.cat([anchor[3:6].argmax().float()[None], anchor[6:]])
    monkeypatch.setattr(method, "represent", lambda images: read[None])
    found = encode(method, method.generate(anchor[None])[0], seed=0)
    assert found.error < found.error_without_noise / 20


def test_that_noise_never_makes_an_image_worse_than_zero_noise(
    trained: Callable[..., Method],
) -> None:
    method = trained()
    for image in (torch.zeros(1, 32, 32), torch.ones(1, 32, 32), drawn(method)):
        found = encode(method, image, seed=0, starts=2, steps=3, lr=2.0)
        assert found.error <= found.error_without_noise


def test_that_the_errors_are_those_of_the_latents_that_they_belong_to(
    trained: Callable[..., Method],
) -> None:
    method = trained()
    image = drawn(method)
    found = encode(method, image, seed=0)
    latents = found.latent.repeat(2, 1)
    latents[1, :3] = 0
    errors = (method.generate(latents) - image).square().mean((1, 2, 3))
    assert errors.tolist() == pytest.approx([found.error, found.error_without_noise], rel=1e-3)


def test_that_the_codes_are_those_that_q_reads(trained: Callable[..., Method]) -> None:
    method = trained()
    image = drawn(method)
    latent = encode(method, image, seed=0, steps=3).latent
    category, *codes = method.represent(image[None])[0].tolist()
    assert latent[3:6].tolist() == [float(i == category) for i in range(3)]
    assert latent[6:].tolist() == pytest.approx([max(-1.0, min(1.0, code)) for code in codes])


def test_that_codes_beyond_the_prior_are_brought_to_its_edge(
    trained: Callable[..., Method], monkeypatch: pytest.MonkeyPatch
) -> None:
    method = trained()
    monkeypatch.setattr(method, "represent", lambda images: torch.tensor([[2.0, -3.0, 1.5]]))
    latent = encode(method, drawn(method), seed=0, steps=1).latent
    assert latent[3:].tolist() == [0, 0, 1, -1, 1]


def test_that_noise_of_a_uniform_prior_stays_inside_it(trained: Callable[..., Method]) -> None:
    method = trained()
    latent = encode(method, torch.ones(1, 32, 32), seed=0, lr=1.0).latent
    assert float(latent[:3].abs().max()) <= 1


def test_that_equal_seeds_give_equal_latents_and_others_start_elsewhere(
    trained: Callable[..., Method],
) -> None:
    method = trained()
    image = drawn(method)
    first, same, other = (encode(method, image, seed, steps=8) for seed in (0, 0, 1))
    assert torch.equal(first.latent, same.latent)
    assert (first.error, first.error_without_noise) == (same.error, same.error_without_noise)
    assert not torch.equal(first.latent[:3], other.latent[:3])
    assert first.error_without_noise == other.error_without_noise


@pytest.mark.parametrize("settings", [{"method.latent.noise_dim": 0}, {}])
def test_that_no_noise_or_no_steps_leave_the_error_of_zero_noise(
    trained: Callable[..., Method], settings: dict[str, Any]
) -> None:
    method = trained(settings)
    found = encode(method, torch.ones(1, 32, 32), seed=0, steps=0)
    assert found.error == found.error_without_noise
    assert found.latent.shape == (method.spec.latent_dim,)


def test_that_encoding_leaves_the_method_as_it_was(trained: Callable[..., Method]) -> None:
    method = trained()
    before = {name: tensor.clone() for name, tensor in method.state().items()}
    encode(method, drawn(method), seed=0, steps=3)
    torch.testing.assert_close(method.state(), before, rtol=0, atol=0)


def test_that_images_encoded_together_are_encoded_as_alone(
    trained: Callable[..., Method],
) -> None:
    method = trained()
    images = torch.stack([drawn(method, 0), drawn(method, 1), torch.ones(1, 32, 32)])
    together = encode_all(method, images, seed=3, starts=2, steps=6)
    for image, found in zip(images, together, strict=True):
        alone = encode(method, image, seed=3, starts=2, steps=6)
        torch.testing.assert_close(found.latent, alone.latent, rtol=1e-3, atol=1e-3)
        assert found.error == pytest.approx(alone.error, rel=1e-3)
        assert found.error_without_noise == pytest.approx(alone.error_without_noise, rel=1e-4)
        assert found.error <= found.error_without_noise


def test_that_an_encoding_can_be_cancelled_before_any_step(
    trained: Callable[..., Method],
) -> None:
    method = trained()
    asked: list[int] = []

    def cancelled() -> bool:
        asked.append(len(asked))
        return len(asked) > 4

    with pytest.raises(EncodingCancelledError, match="given up"):
        encode(method, drawn(method), seed=0, cancelled=cancelled)
    assert asked == [0, 1, 2, 3, 4]
