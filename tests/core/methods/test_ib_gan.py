"""IB-GAN: the weight of its bottleneck, and the noise on the images that falls to none."""

from collections.abc import Callable
from typing import Any

import pytest
import torch

from core.config import RunConfig
from core.methods import make_method
from core.methods.ib_gan import IBGAN
from core.randomness import Randomness

CPU = torch.device("cpu")


@pytest.fixture
def ib_gan(tiny_config: Callable[..., RunConfig]) -> Callable[..., IBGAN]:
    def ib_gan(**settings: Any) -> IBGAN:
        paths = {f"method.{name}": value for name, value in settings.items()}
        config = tiny_config({"method.kind": "ib_gan", **paths})
        method = make_method(config, Randomness(0, CPU), CPU, torch.float32)
        assert isinstance(method, IBGAN)
        return method

    return ib_gan


@pytest.mark.parametrize(
    ("upper", "term"), [(0.0, 0.0), (10.0, 5.0), (19.99, 9.995), (20.0, 2000.0), (30.0, 3000.0)]
)
def test_that_too_much_information_weighs_a_hundred(
    ib_gan: Callable[..., IBGAN], upper: float, term: float
) -> None:
    method = ib_gan(bottleneck_weight=0.5, largest_kl=20)
    assert float(method._bottleneck_term(torch.tensor(upper))) == pytest.approx(term)


def test_that_the_noise_on_images_falls_to_none_and_leaves_them_in_their_range(
    ib_gan: Callable[..., IBGAN],
) -> None:
    method, images = ib_gan(instance_noise_steps=4), torch.zeros(64, 1, 32, 32)
    spreads = []
    for step in range(6):
        method.load_counters({"steps": torch.tensor(step)})
        noisy = method._noisy(images)
        assert float(noisy.abs().max()) <= 1
        spreads.append(float(noisy.std()))
    assert spreads[2] == pytest.approx(0.473, abs=0.01)  # N(0, 1/4), cut at 1 on either side.
    assert spreads[0] > spreads[1] > spreads[2] > spreads[3] > 0
    assert spreads[4:] == [0, 0]
