"""Flipping the constraint, or looking at the model, must change nothing else."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from core.config import RunConfig
from core.exploring.encoding import encode
from core.exploring.traversal import random_anchor, traverse
from core.methods.base import Method
from core.sampling import sample_latents

Make = Callable[..., Method]

ESTIMATORS = ["gaussian", "density_ratio", "minibatch_weighted", "minibatch_stratified"]
CONSTRAINT = {"tc_gaussian", "tc_density_ratio", "tc_plugin", "tc_stratified", "tc_discriminator"}


def on(estimator: str = "gaussian") -> dict[str, Any]:
    return {
        "method.independence.enabled": True,
        "method.independence.estimator": estimator,
        "method.independence.weight": 10,
    }


def off(estimator: str = "gaussian") -> dict[str, Any]:
    return on(estimator) | {"method.independence.enabled": False}


def images(seed: int) -> Tensor:
    return torch.rand(8, 1, 32, 32, generator=torch.Generator().manual_seed(seed))


def trained(method: Method, steps: int, first: int = 0) -> list[dict[str, Tensor]]:
    return [method.train_step(images(first + step)) for step in range(steps)]


def assert_same(actual: object, expected: object) -> None:
    torch.testing.assert_close(actual, expected, rtol=0, atol=0)


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_that_flipping_the_constraint_changes_neither_initialisation_nor_latents(
    make_tcgan: Make, monkeypatch: pytest.MonkeyPatch, estimator: str
) -> None:
    drawn: list[Tensor] = []

    def recorded(*arguments: Any) -> Tensor:
        drawn.append(sample_latents(*arguments))
        return drawn[-1]

    monkeypatch.setattr("core.methods.infogan.sample_latents", recorded)
    flipped = [make_tcgan(each(estimator), full_bank=True) for each in (on, off)]
    assert_same(flipped[0].weights(), flipped[1].weights())
    for method in flipped:
        trained(method, 3)
    # Of two turns of the generator in each of three steps.
    assert len(drawn) == 12
    assert_same(drawn[:6], drawn[6:])
    assert not torch.equal(drawn[0], drawn[1])


@pytest.mark.parametrize(
    ("turns", "computed_before"),
    [
        ({}, {"discriminator"}),
        (
            {"method.information.trains": "trunk", "method.generator_steps": 1},
            {"discriminator", "generator", "information"},
        ),
    ],
    ids=["as it ships", "one turn"],
)
@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_that_off_is_infogan_to_the_last_bit_until_it_is_switched_on(
    make_tcgan: Make,
    tiny_config: Callable[..., RunConfig],
    estimator: str,
    turns: dict[str, Any],
    computed_before: set[str],
) -> None:
    infogan = make_tcgan(off() | turns, full_bank=True)
    switched = make_tcgan(off(estimator) | turns)
    switched.load_counters(switched.counters() | {"bank": infogan.counters()["bank"]})
    assert_same(trained(switched, 3), trained(infogan, 3))
    switched.configure(tiny_config(on(estimator) | turns).method)
    theirs, ours = trained(infogan, 2, first=3), trained(switched, 2, first=3)
    # The first step with the constraint still starts from equal weights.
    for name in computed_before:
        assert_same(ours[0][name], theirs[0][name])
    assert not torch.equal(ours[1]["information"], theirs[1]["information"])
    assert "gradient_independence" in ours[0]


def test_that_a_constraint_whose_bank_is_not_full_yet_is_infogan_to_the_last_bit(
    make_tcgan: Make,
) -> None:
    assert_same(trained(make_tcgan(on()), 3), trained(make_tcgan(off()), 3))


def test_that_switching_off_again_leaves_no_pull(
    make_tcgan: Make, tiny_config: Callable[..., RunConfig]
) -> None:
    method = make_tcgan(on("density_ratio"), full_bank=True)
    assert trained(method, 1)[0].keys() >= {"tc_density_ratio", "gradient_independence"}
    method.configure(tiny_config(off("density_ratio")).method)
    losses = trained(method, 1)[0]
    assert "gradient_independence" not in losses
    assert CONSTRAINT & losses.keys() == {"tc_gaussian"}


def test_that_a_preview_changes_no_later_loss(make_tcgan: Make) -> None:
    settings = on("density_ratio") | {"method.real_target_low": 0.8}
    plain, watched = (make_tcgan(settings, full_bank=True) for _ in range(2))
    assert_same(trained(watched, 2), trained(plain, 2))
    spec = watched.spec
    watched.generate(torch.zeros(3, spec.latent_dim))
    watched.represent(images(0))
    traverse(watched, random_anchor(spec, 0), spec.codes, ((-1.0, 1.0),) * len(spec.codes))
    encode(watched, images(0)[0], seed=0, starts=2, steps=2)
    assert_same(trained(watched, 3, first=2), trained(plain, 3, first=2))


def test_that_encoding_leaves_no_gradient_on_the_networks(make_tcgan: Make) -> None:
    method = make_tcgan()
    encode(method, images(0)[0], seed=0, starts=2, steps=2)
    for network in method.networks.values():
        assert all(parameter.grad is None for parameter in network.parameters())
