import math

import pytest
import torch

from core.losses.adversarial import discriminator_loss, generator_loss


def test_that_a_discriminator_at_chance_loses_two_log_two() -> None:
    chance = discriminator_loss(torch.zeros(64), torch.zeros(64))
    assert float(chance) == pytest.approx(2 * math.log(2))


def test_that_the_discriminator_loss_is_the_log_likelihood_of_real_and_fake() -> None:
    real, fake = torch.tensor([0.3, -1.2, 2.0]), torch.tensor([-0.7, 0.4, 1.1])
    likelihood = torch.sigmoid(real).log().mean() + (1 - torch.sigmoid(fake)).log().mean()
    torch.testing.assert_close(discriminator_loss(real, fake), -likelihood)


def test_that_smoothing_moves_the_best_real_logit_to_that_of_the_target() -> None:
    targets = torch.tensor([0.8, 0.95])
    real = torch.logit(targets).requires_grad_()
    fake = torch.zeros(2, requires_grad=True)
    discriminator_loss(real, fake, targets).backward()  # type: ignore[no-untyped-call]
    assert real.grad is not None
    assert fake.grad is not None
    torch.testing.assert_close(real.grad, torch.zeros(2), atol=1e-6, rtol=0)
    # Fake images keep the target 0: d softplus / d logit = 1/2 each, averaged over two.
    torch.testing.assert_close(fake.grad, torch.full((2,), 0.25))


def test_that_the_generator_loss_is_minus_the_log_probability_of_real() -> None:
    fake = torch.tensor([-0.7, 0.4, 1.1])
    torch.testing.assert_close(generator_loss(fake), -torch.sigmoid(fake).log().mean())


def test_that_the_generator_still_gets_a_gradient_from_a_sure_discriminator() -> None:
    fake = torch.full((4,), -30.0, requires_grad=True)
    generator_loss(fake).backward()  # type: ignore[no-untyped-call]
    assert fake.grad is not None
    torch.testing.assert_close(fake.grad.sum(), torch.tensor(-1.0))


@pytest.mark.parametrize("logit", [-1e4, 1e4])
def test_that_huge_logits_leave_the_losses_finite(logit: float) -> None:
    logits = torch.full((4,), logit)
    assert math.isfinite(discriminator_loss(logits, logits, torch.full((4,), 0.7)))
    assert math.isfinite(generator_loss(logits))
