import math
from typing import Any

import pytest
import torch
from torch import Tensor

from core.config import TCGANConfig
from core.latents import LatentSpec
from core.sampling import sample_latents, sample_noise

COUNT = 20_000


def make_spec(**latent: Any) -> LatentSpec:
    return TCGANConfig.model_validate({"latent": latent}).latent_spec()


def drawn(spec: LatentSpec, seed: int = 0) -> Tensor:
    return sample_latents(spec, COUNT, torch.Generator().manual_seed(seed))


def test_that_a_latent_is_noise_then_categories_then_continuous_codes() -> None:
    spec = make_spec(noise_dim=4, continuous_codes=2, categorical_codes=(3, 5))
    latents = drawn(spec)
    assert latents.shape == (COUNT, 4 + 3 + 5 + 2)
    assert latents.dtype == torch.float32
    for code in spec.categorical:
        one_hot = latents[:, code.entries]
        assert bool(((one_hot == 0) | (one_hot == 1)).all())
        torch.testing.assert_close(one_hot.sum(1), torch.ones(COUNT))
        error = math.sqrt(1 / code.categories / COUNT)
        assert one_hot.mean(0).tolist() == pytest.approx(
            [1 / code.categories] * code.width, abs=4 * error
        )


def test_that_codes_fill_the_interval_from_minus_1_to_1_independently() -> None:
    codes = drawn(make_spec(noise_dim=0, continuous_codes=3))
    assert -1 <= float(codes.min()) < -0.999
    assert 0.999 < float(codes.max()) <= 1
    expected = torch.eye(3) / 3
    # The variance of a product of two such codes is 1/9.
    torch.testing.assert_close(torch.cov(codes.T), expected, atol=4 / 3 / math.sqrt(COUNT), rtol=0)


@pytest.mark.parametrize(("prior", "variance", "most"), [("uniform", 1 / 3, 1.0), ("normal", 1, 6)])
def test_that_noise_is_drawn_from_its_prior(prior: str, variance: float, most: float) -> None:
    spec = make_spec(noise_dim=3, noise_prior=prior)
    noise = sample_noise(spec, COUNT, torch.Generator())
    assert noise.shape == (COUNT, 3)
    assert noise.var(0).tolist() == pytest.approx([variance] * 3, rel=0.05)
    assert float(noise.abs().max()) <= most


def test_that_equal_seeds_draw_equal_latents_and_others_draw_others() -> None:
    spec = make_spec(categorical_codes=(3,))
    assert torch.equal(drawn(spec, 1), drawn(spec, 1))
    assert not torch.equal(drawn(spec, 1), drawn(spec, 2))
