import math

import pytest
import torch

from core.losses.reconstruction import bernoulli_reconstruction, gaussian_reconstruction

# The means that these logits stand for.
MEANS = [[0.9, 0.2], [0.5, 0.6]]
LOGITS = torch.logit(torch.tensor([[MEANS]]))
IMAGE = torch.tensor([[[[1.0, 0.0], [0.25, 1.0]]]])


def test_that_bernoulli_pixels_lose_minus_their_log_probability() -> None:
    loss = -(math.log(0.9) + math.log(0.8) + math.log(0.5) + math.log(0.6))
    assert float(bernoulli_reconstruction(LOGITS, IMAGE)) == pytest.approx(loss)


def test_that_gaussian_pixels_lose_half_their_squared_error_and_the_constant() -> None:
    squared = 0.1**2 + 0.2**2 + 0.25**2 + 0.4**2
    loss = 0.5 * squared + 4 * 0.5 * math.log(2 * math.pi)
    assert float(gaussian_reconstruction(LOGITS, IMAGE)) == pytest.approx(loss)


@pytest.mark.parametrize("loss", [bernoulli_reconstruction, gaussian_reconstruction])
def test_that_pixels_are_summed_and_images_averaged(loss: object) -> None:
    assert callable(loss)
    twice = loss(LOGITS.repeat(2, 1, 1, 1), IMAGE.repeat(2, 1, 1, 1))
    torch.testing.assert_close(twice, loss(LOGITS, IMAGE))
    wide = loss(LOGITS.repeat(1, 3, 1, 1), IMAGE.repeat(1, 3, 1, 1))
    torch.testing.assert_close(wide, 3 * loss(LOGITS, IMAGE))
