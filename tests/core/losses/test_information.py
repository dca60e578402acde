import math
from typing import Any

import pytest
import torch
from torch import Tensor

from core.config import TCGANConfig
from core.latents import PRIOR_VARIANCE, LatentSpec, information_prior
from core.losses.information import LOG_2PI, code_errors, information_loss
from core.networks.recognition import Recognition
from core.sampling import sample_latents


def make_spec(**latent: Any) -> LatentSpec:
    return TCGANConfig.model_validate({"latent": latent}).latent_spec()


def codes_of_prior_variance(spec: LatentSpec, count: int) -> Tensor:
    """Latents whose continuous codes are +-sqrt(1/3): their mean square is exactly 1/3."""
    latents = torch.zeros(count, spec.latent_dim)
    for code in spec.continuous:
        latents[:, code.start] = math.sqrt(PRIOR_VARIANCE)
        latents[::2, code.start] *= -1
    return latents


def ignorant(spec: LatentSpec, count: int, logvar: float = 0.0) -> Recognition:
    """A Q that says the same of every image."""
    logits = tuple(torch.zeros(count, code.categories) for code in spec.categorical)
    mean = torch.zeros(count, len(spec.continuous))
    return Recognition(logits, mean, torch.full_like(mean, logvar))


def test_that_a_q_ignoring_the_image_is_at_the_prior_value_with_fixed_variance() -> None:
    spec = make_spec(continuous_codes=5)
    loss = information_loss(ignorant(spec, 8), codes_of_prior_variance(spec, 8), spec)
    assert float(loss) == pytest.approx(5 * (0.5 * LOG_2PI + 1 / 6))
    assert float(loss) == pytest.approx(information_prior(spec, learned_variance=False))


def test_that_a_q_ignoring_the_image_is_at_the_prior_value_with_learned_variance() -> None:
    spec, logvar = make_spec(continuous_codes=3), math.log(PRIOR_VARIANCE)
    loss = information_loss(ignorant(spec, 8, logvar), codes_of_prior_variance(spec, 8), spec)
    entropy_of_gaussian = 0.5 * (LOG_2PI + math.log(1 / 3) + 1)
    assert float(loss) == pytest.approx(3 * entropy_of_gaussian)
    assert float(loss) == pytest.approx(information_prior(spec, learned_variance=True))


@pytest.mark.parametrize("logvar", [-3.0, -1.3, -0.9, 0.0, 1.5])
def test_that_no_other_variance_brings_an_ignorant_q_below_the_prior_value(logvar: float) -> None:
    spec = make_spec(continuous_codes=2)
    loss = information_loss(ignorant(spec, 8, logvar), codes_of_prior_variance(spec, 8), spec)
    assert float(loss) > information_prior(spec, learned_variance=True)


def test_that_an_ignorant_q_pays_the_logarithm_of_each_number_of_categories() -> None:
    spec = make_spec(continuous_codes=0, categorical_codes=(3, 10))
    latents = sample_latents(spec, 16, torch.Generator())
    loss = information_loss(ignorant(spec, 16), latents, spec)
    assert float(loss) == pytest.approx(math.log(3) + math.log(10))
    assert float(loss) == pytest.approx(information_prior(spec, learned_variance=False))


@pytest.mark.parametrize("learned", [False, True])
def test_that_latents_of_the_prior_give_an_ignorant_q_the_prior_value(learned: bool) -> None:
    spec = make_spec(continuous_codes=4, categorical_codes=(3,))
    latents = sample_latents(spec, 20_000, torch.Generator().manual_seed(1))
    logvar = math.log(PRIOR_VARIANCE) if learned else 0.0
    loss = information_loss(ignorant(spec, 20_000, logvar), latents, spec)
    # The variance of c^2 is 4/45; a learned variance weighs it by 3/2, a fixed one by 1/2.
    error = (1.5 if learned else 0.5) * math.sqrt(4 * 4 / 45 / 20_000)
    assert float(loss) == pytest.approx(information_prior(spec, learned), abs=4 * error)


def test_that_codes_read_without_error_leave_only_the_constant_of_the_variance() -> None:
    spec = make_spec(continuous_codes=2, categorical_codes=(4,))
    latents = sample_latents(spec, 8, torch.Generator())
    sure = 100 * latents[:, spec.categorical[0].entries]
    codes = latents[:, -2:]
    fixed = information_loss(Recognition((sure,), codes, torch.zeros(8, 2)), latents, spec)
    learned = information_loss(Recognition((sure,), codes, torch.full((8, 2), -6.0)), latents, spec)
    assert float(fixed) == pytest.approx(LOG_2PI)
    assert float(learned) == pytest.approx(LOG_2PI - 6)


def test_that_the_information_loss_is_the_negative_log_likelihood_of_a_gaussian() -> None:
    spec = make_spec(continuous_codes=3)
    generator = torch.Generator().manual_seed(2)
    latents = sample_latents(spec, 16, generator)
    mean = torch.randn(16, 3, generator=generator)
    logvar = torch.rand(16, 3, generator=generator) - 1
    density = torch.distributions.Normal(mean, (logvar / 2).exp())
    expected = -density.log_prob(latents[:, -3:]).sum(1).mean()  # type: ignore[no-untyped-call]
    actual = information_loss(Recognition((), mean, logvar), latents, spec)
    torch.testing.assert_close(actual, expected)


def test_that_the_error_of_a_code_is_0_where_it_is_read_and_1_where_q_guesses() -> None:
    spec = make_spec(continuous_codes=2, categorical_codes=(4,))
    latents = codes_of_prior_variance(spec, 8)
    latents[:, spec.categorical[0].entries] = torch.eye(4).repeat(2, 1)
    guessed = code_errors(ignorant(spec, 8), latents, spec)
    torch.testing.assert_close(guessed, torch.ones(3))
    known = Recognition((latents[:, 5:9],), latents[:, -2:], torch.zeros(8, 2))
    torch.testing.assert_close(code_errors(known, latents, spec), torch.zeros(3))


def test_that_the_errors_stand_in_the_order_of_the_codes() -> None:
    spec = make_spec(continuous_codes=2, categorical_codes=(2, 4))
    latents = codes_of_prior_variance(spec, 8)
    latents[:, spec.categorical[0].entries] = torch.eye(2).repeat(4, 1)
    latents[:, spec.categorical[1].entries] = torch.eye(4).repeat(2, 1)
    first, second = (latents[:, code.entries] for code in spec.categorical)
    mean = latents[:, -2:] * torch.tensor([1.0, 0.0])
    errors = code_errors(Recognition((first, 1 - second), mean, mean), latents, spec)
    # 1 - one_hot points at a wrong category each time: 1 over the share 3/4 of a guess.
    torch.testing.assert_close(errors, torch.tensor([0.0, 4 / 3, 0.0, 1.0]))
