import math

import pytest
import torch
from torch import Tensor

from core.training.running_means import RunningMeans

CPU = torch.device("cpu")


def scalars(**values: float) -> dict[str, Tensor]:
    return {name: torch.tensor(value) for name, value in values.items()}


def test_that_each_mean_is_over_the_steps_that_reported_the_scalar() -> None:
    means = RunningMeans(("a", "b", "c"), CPU)
    means.add(scalars(b=1.0, a=10.0))
    means.add(scalars(a=20.0))
    means.add(scalars(a=30.0, b=2.0))
    assert means.read() == (3, {"a": 20.0, "b": 1.5})


def test_that_reading_starts_anew() -> None:
    means = RunningMeans(("a", "b"), CPU)
    means.add(scalars(a=1.0, b=5.0))
    means.read()
    means.add(scalars(a=3.0))
    assert means.read() == (1, {"a": 3.0})
    assert means.read() == (0, {})


def test_that_reading_goes_on_where_its_state_was_taken() -> None:
    means, resumed = RunningMeans(("a", "b"), CPU), RunningMeans(("a", "b"), CPU)
    means.add(scalars(a=1.0, b=0.1))
    resumed.load_state({name: tensor.clone() for name, tensor in means.state().items()})
    for each in (means, resumed):
        each.add(scalars(a=0.7))
    assert resumed.read() == means.read()


def test_that_a_scalar_that_is_not_finite_shows_in_its_own_mean_alone() -> None:
    means = RunningMeans(("a", "b"), CPU)
    means.add(scalars(a=math.nan, b=1.0))
    means.add(scalars(a=1.0, b=2.0))
    _, values = means.read()
    assert math.isnan(values["a"])
    assert values["b"] == pytest.approx(1.5)
