from collections.abc import Callable, Mapping
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from core.config import RunConfig
from core.methods.base import Method

Make = Callable[..., Method]
PowerIterations = Callable[[nn.Module], dict[str, Any]]

OFF = {"method.independence.enabled": False}
DENSITY_RATIO = {"method.independence.estimator": "density_ratio"}


def images(count: int = 8, channels: int = 1, size: int = 32, seed: int = 0) -> Tensor:
    return torch.rand(count, channels, size, size, generator=torch.Generator().manual_seed(seed))


def trained(method: Method, steps: int, first: int = 0) -> list[dict[str, Tensor]]:
    return [method.train_step(images(seed=first + step)) for step in range(steps)]


def assert_same(actual: object, expected: object) -> None:
    """Equal to the last bit, whatever they are nested in."""
    torch.testing.assert_close(actual, expected, rtol=0, atol=0)


def copied(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name: tensor.clone() for name, tensor in state.items()}


def gradients(network: nn.Module) -> dict[str, Tensor]:
    return {
        name: parameter.grad.clone()
        for name, parameter in network.named_parameters()
        if parameter.grad is not None
    }


@pytest.mark.parametrize("variance", ["fixed", "learned"])
@pytest.mark.parametrize(("categorical", "continuous"), [((), 2), ((3, 4), 2), ((10,), 0)])
def test_that_every_kind_of_code_is_trained_and_has_its_error(
    make_tcgan: Make, variance: str, categorical: tuple[int, ...], continuous: int
) -> None:
    settings = {
        "method.latent.categorical_codes": categorical,
        "method.latent.continuous_codes": continuous,
        "method.information.variance": variance,
    }
    method = make_tcgan(settings, full_bank=True)
    losses = method.train_step(images())
    assert all(value.isfinite() for value in losses.values())
    names = [f"code_error.k{i + 1}" for i in range(len(categorical))]
    names += [f"code_error.c{i + 1}" for i in range(continuous)]
    assert [name for name in losses if name.startswith("code_error")] == names
    assert method.represent(images()).shape == (8, len(names))


@pytest.mark.parametrize(
    ("settings", "constrained"),
    [
        (OFF, set()),
        ({}, set()),
        (DENSITY_RATIO, {"tc_density_ratio", "tc_discriminator"}),
        ({"method.independence.estimator": "minibatch_weighted"}, {"tc_plugin"}),
        ({"method.independence.estimator": "minibatch_stratified"}, {"tc_stratified"}),
    ],
)
def test_that_a_step_reports_what_is_on_under_its_own_name(
    make_tcgan: Make, settings: dict[str, Any], constrained: set[str]
) -> None:
    method = make_tcgan(settings, full_bank=True)
    losses = method.train_step(images())
    assert all(value.shape == () and not value.requires_grad for value in losses.values())
    pull = set() if settings is OFF else {"gradient_independence"}
    always = {"discriminator", "generator", "information", "tc_gaussian", "gradient_information"}
    errors = {f"code_error.c{i}" for i in range(1, 6)}
    assert set(losses) == always | errors | constrained | pull | {"diversity"}
    assert set(losses) <= set(method.scalars)


def test_that_one_step_changes_every_weight_of_every_network(make_tcgan: Make) -> None:
    method = make_tcgan(DENSITY_RATIO, full_bank=True)
    assert set(method.networks) == {"generator", "discriminator", "tc_discriminator"}
    parameters = {
        f"{network}.{name}": (parameter, parameter.detach().clone())
        for network, module in method.networks.items()
        for name, parameter in module.named_parameters()
    }
    method.train_step(images())
    unchanged = [name for name, (now, before) in parameters.items() if torch.equal(now, before)]
    assert unchanged == []


def test_that_a_step_advances_each_power_iteration_once_in_its_own_turn(
    make_tcgan: Make, power_iterations: PowerIterations
) -> None:
    method = make_tcgan()
    discriminator = method.networks["discriminator"]
    before = power_iterations(discriminator)
    method.train_step(images())
    after = power_iterations(discriminator)
    assert {name.partition(".")[0] for name in after} == {"trunk", "d_head", "q_head"}
    for layer in after:
        torch.testing.assert_close(after[layer].u, before[layer].next_u)


def test_that_looking_changes_no_state(make_tcgan: Make) -> None:
    method = make_tcgan(full_bank=True)
    trained(method, 2)
    before = copied(method.state())
    for _ in range(2):
        method.generate(torch.rand(3, method.spec.latent_dim))
        method.represent(images())
    assert_same(method.state(), before)


def test_that_equal_seeds_give_equal_networks_and_losses(make_tcgan: Make) -> None:
    first, same, other = (make_tcgan({"seed": seed}) for seed in (3, 3, 4))
    assert_same(same.weights(), first.weights())
    for name, network in first.networks.items():
        for ours, theirs in zip(
            network.parameters(), other.networks[name].parameters(), strict=True
        ):
            assert not torch.equal(ours, theirs) or not ours.any()
    losses = trained(first, 3)
    assert_same(trained(same, 3), losses)
    assert losses[0]["information"] != trained(other, 1)[0]["information"]


def test_that_head_only_gives_the_trunk_no_gradient_of_the_information_loss(
    make_tcgan: Make,
) -> None:
    settings: list[dict[str, Any]] = [
        {"method.information.trains": "head_only"},
        {"method.information.weight": 0},
        {"method.information.trains": "trunk"},
    ]
    head_only, weightless, trunk = (make_tcgan(each) for each in settings)
    trunks, heads = [], []
    for method in (head_only, weightless, trunk):
        method.train_step(images())
        discriminator = method.networks["discriminator"]
        trunks.append(gradients(discriminator.get_submodule("trunk")))
        heads.append(gradients(discriminator.get_submodule("q_head")))
    assert len(trunks[0]) == 2 * 4
    assert_same(trunks[0], trunks[1])
    assert all(not torch.equal(trunks[0][name], trunks[2][name]) for name in trunks[0])
    assert all(bool(gradient.any()) for gradient in heads[0].values())
    assert not any(gradient.any() for gradient in heads[1].values())


def test_that_the_generators_turn_leaves_trunk_and_d_head_alone(
    make_tcgan: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    method = make_tcgan(full_bank=True)
    discriminator = method.networks["discriminator"]
    kept = {}
    step = method.optimisers["discriminator_optimiser"].step

    def step_and_keep() -> None:
        step()
        for part in ("trunk", "d_head"):
            kept[part] = gradients(discriminator.get_submodule(part))

    monkeypatch.setattr(method.optimisers["discriminator_optimiser"], "step", step_and_keep)
    method.train_step(images())
    for part, before in kept.items():
        assert_same(gradients(discriminator.get_submodule(part)), before)


def test_that_the_constraint_reaches_generator_and_q_head(make_tcgan: Make) -> None:
    on, off = (
        make_tcgan({"method.independence.enabled": enabled}, full_bank=True)
        for enabled in (True, False)
    )
    for method in (on, off):
        method.train_step(images())
    for network, part in (("generator", "dense"), ("discriminator", "q_head")):
        ours, theirs = (
            gradients(method.networks[network].get_submodule(part)) for method in (on, off)
        )
        assert all(not torch.equal(ours[name], theirs[name]) for name in ours)


def test_that_smoothed_targets_change_no_other_random_number(make_tcgan: Make) -> None:
    plain, smooth = (
        make_tcgan({"method.real_target_low": low, "method.generator_lr": 1e-12})
        for low in (1.0, 0.7)
    )
    ours, theirs = trained(plain, 3), trained(smooth, 3)
    assert ours[0]["discriminator"] != theirs[0]["discriminator"]
    for step in range(3):
        torch.testing.assert_close(ours[step]["diversity"], theirs[step]["diversity"])


def test_that_settings_that_may_change_while_training_reach_the_optimisers(
    make_tcgan: Make, tiny_config: Callable[..., RunConfig]
) -> None:
    method = make_tcgan(DENSITY_RATIO)
    settings = {
        **DENSITY_RATIO,
        "method.generator_lr": 0.01,
        "method.discriminator_lr": 0.02,
        "method.independence.discriminator_lr": 0.03,
    }
    method.configure(tiny_config(settings).method)
    rates = {name: each.param_groups[0]["lr"] for name, each in method.optimisers.items()}
    assert rates == {
        "generator_optimiser": 0.01,
        "discriminator_optimiser": 0.02,
        "tc_optimiser": 0.03,
    }


def test_that_codes_are_read_in_float32_whatever_the_precision_of_the_training(
    make_tcgan: Make,
) -> None:
    exact, coarse = make_tcgan(), make_tcgan(dtype=torch.bfloat16)
    assert_same(coarse.represent(images()), exact.represent(images()))
