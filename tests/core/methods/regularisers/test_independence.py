"""The constraint must see dependence and act on it, at the defaults of its settings."""

import math
from contextlib import nullcontext
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from core.config import IndependenceConfig
from core.methods.regularisers.independence import IndependenceConstraint
from core.metrics.total_correlation import gaussian_total_correlation
from core.randomness import Randomness

CPU = torch.device("cpu")
ESTIMATORS = ["gaussian", "density_ratio", "minibatch_weighted", "minibatch_stratified"]
BATCH = 64

# How many batches the TC discriminator learns from before it is asked.
LESSONS = 50

# Estimates of consecutive batches, in blocks whose means hardly depend on each other.
BLOCKS, BLOCK = 12, 5


def make_constraint(
    estimator: str = "gaussian", atomic: tuple[int, ...] = (0, 1, 2, 3, 4), **settings: Any
) -> IndependenceConstraint:
    config = IndependenceConfig.model_validate({"estimator": estimator, **settings})
    return IndependenceConstraint(config, 5, atomic, 0, Randomness(0, CPU), CPU, nullcontext)


class Codes:
    """Five codes of variance 1/3; if dependent, two of them correlate by .59: 0.21 nats."""

    def __init__(self, dependent: bool, seed: int = 0) -> None:
        self._rho = 0.59 if dependent else 0.0
        self._generator = torch.Generator().manual_seed(seed)

    def draw(self, count: int = BATCH) -> Tensor:
        codes = torch.randn(count, 5, generator=self._generator)
        codes[:, 1] = self._rho * codes[:, 0] + math.sqrt(1 - self._rho**2) * codes[:, 1]
        return codes / math.sqrt(3)


def fill_bank(constraint: IndependenceConstraint, codes: Codes) -> None:
    for _ in range(512 // BATCH):
        constraint.update(codes.draw())


def learn(constraint: IndependenceConstraint, codes: Codes) -> None:
    """Let the TC discriminator, if there is one, learn a little."""
    for _ in range(LESSONS if constraint.density_ratio.discriminator else 0):
        constraint.update(codes.draw())


def constrained(constraint: IndependenceConstraint, mean: Tensor) -> Tensor:
    return next(iter(constraint.estimate(mean).values()))


def mean_and_error(estimator: str, dependent: bool) -> tuple[float, float]:
    """Mean and standard error of 60 consecutive batches of a training."""
    codes, constraint = Codes(dependent), make_constraint(estimator)
    fill_bank(constraint, codes)
    learn(constraint, codes)
    values = []
    for _ in range(BLOCKS * BLOCK):
        mean = codes.draw()
        values.append(constrained(constraint, mean))
        constraint.update(mean)
    blocks = torch.stack(values).view(BLOCKS, BLOCK).mean(1)
    return float(blocks.mean()), float(blocks.std()) / math.sqrt(BLOCKS)


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_that_dependent_codes_score_three_standard_errors_above_independent_ones(
    estimator: str,
) -> None:
    dependent, error = mean_and_error(estimator, True)
    independent, other_error = mean_and_error(estimator, False)
    assert dependent - independent > 3 * math.hypot(error, other_error)


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_that_gradient_steps_halve_the_dependence(estimator: str) -> None:
    codes, constraint = Codes(dependent=True), make_constraint(estimator)
    fill_bank(constraint, codes)
    learn(constraint, codes)
    mixing = torch.eye(5, requires_grad=True)
    optimiser = torch.optim.Adam([mixing], lr=0.01, betas=(0.5, 0.999))
    for _ in range(60):
        mean = codes.draw() @ mixing
        optimiser.zero_grad()
        constrained(constraint, mean).backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        constraint.update(mean)
    fresh = Codes(dependent=True, seed=1).draw(20_000)
    before = gaussian_total_correlation(fresh.numpy())
    after = gaussian_total_correlation((fresh @ mixing.detach()).numpy())
    assert before == pytest.approx(-0.5 * math.log(1 - 0.59**2), abs=0.02)
    assert after < before / 2


def test_that_it_says_nothing_until_its_bank_is_full() -> None:
    codes, constraint = Codes(dependent=True), make_constraint("minibatch_weighted")
    for _ in range(512 // BATCH):
        assert constraint.weight == 0
        assert list(constraint.estimate(codes.draw())) == ["tc_gaussian"]
        constraint.update(codes.draw())
    assert constraint.weight == IndependenceConfig().weight
    assert list(constraint.estimate(codes.draw())) == ["tc_plugin", "tc_gaussian"]


def test_that_the_bank_holds_the_latest_codes_without_gradient() -> None:
    constraint = make_constraint()
    batches = [torch.full((BATCH, 5), float(i), requires_grad=True) for i in range(10)]
    for batch in batches:
        constraint.update(batch)
    assert constraint.bank.shape == (512, 5)
    assert not constraint.bank.requires_grad
    assert torch.equal(constraint.bank[::BATCH, 0], torch.arange(9.0, 1, -1))


def test_that_it_collects_codes_while_it_is_off_and_so_sees_at_once_when_switched_on() -> None:
    codes, constraint = Codes(dependent=True), make_constraint(enabled=False)
    fill_bank(constraint, codes)
    assert constraint.weight == 0
    constraint.configure(IndependenceConfig(), (0, 1, 2, 3, 4))
    assert constraint.weight == IndependenceConfig().weight
    assert float(constrained(constraint, codes.draw())) > 0.1


def test_that_its_weight_rises_linearly_over_the_warm_up_and_anew_when_switched_on_again() -> None:
    codes, constraint = Codes(dependent=False), make_constraint(warmup_steps=4, weight=2.0)
    fill_bank(constraint, codes)
    for _ in range(2):
        weights = []
        for _ in range(6):
            weights.append(constraint.weight)
            constraint.update(codes.draw())
        assert weights == [0, 0.5, 1, 1.5, 2, 2]
        for enabled in (False, True):
            settings = IndependenceConfig(enabled=enabled, warmup_steps=4, weight=2.0)
            constraint.configure(settings, (0, 1, 2, 3, 4))


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_that_free_codes_get_no_gradient(estimator: str) -> None:
    codes = Codes(dependent=True)
    constraint = make_constraint(estimator, atomic=(0, 1, 3))
    fill_bank(constraint, codes)
    constraint.update(codes.draw())
    mean = codes.draw().requires_grad_()
    constrained(constraint, mean).backward()  # type: ignore[no-untyped-call]
    assert mean.grad is not None
    assert not mean.grad[:, [2, 4]].any()
    assert bool(mean.grad[:, [0, 1, 3]].any(0).all())


@pytest.mark.parametrize("atomic", [(), (2,)])
def test_that_fewer_than_two_atomic_codes_are_never_constrained(atomic: tuple[int, ...]) -> None:
    codes = Codes(dependent=True)
    for estimator in ESTIMATORS:
        constraint = make_constraint(estimator, atomic=atomic)
        fill_bank(constraint, codes)
        assert constraint.weight == 0
        assert constraint.estimate(codes.draw()) == {}
        assert constraint.update(codes.draw()) == {}


def test_that_the_loss_of_the_tc_discriminator_reaches_no_network_that_made_the_codes() -> None:
    codes, constraint = Codes(dependent=True), make_constraint("density_ratio")
    fill_bank(constraint, codes)
    discriminator = constraint.density_ratio.ensure()
    q_head = nn.Linear(5, 5)
    assert "tc_discriminator" in constraint.update(q_head(codes.draw()))
    assert q_head.weight.grad is None
    assert all(parameter.grad is not None for parameter in discriminator.parameters())


def test_that_the_estimate_gives_the_tc_discriminator_no_gradient() -> None:
    codes, constraint = Codes(dependent=True), make_constraint("density_ratio")
    fill_bank(constraint, codes)
    discriminator = constraint.density_ratio.ensure()
    mean = codes.draw().requires_grad_()
    constrained(constraint, mean).backward()  # type: ignore[no-untyped-call]
    assert mean.grad is not None
    assert all(parameter.grad is None for parameter in discriminator.parameters())


def test_that_the_tc_discriminator_learns_from_the_permuted_codes_of_the_batch_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    permuted: list[Tensor] = []

    def permute(codes: Tensor, generator: torch.Generator) -> Tensor:
        permuted.append(codes)
        return codes

    monkeypatch.setattr("core.methods.regularisers.independence.permute_dims", permute)
    codes, constraint = Codes(dependent=True), make_constraint("density_ratio", atomic=(1, 2))
    fill_bank(constraint, codes)
    before = codes.draw()
    constraint.update(before)
    constraint.update(codes.draw())
    assert torch.equal(permuted[-1], before[:, [1, 2]])


def test_that_the_tc_discriminator_is_made_anew_for_another_number_of_atomic_codes() -> None:
    constraint = make_constraint("density_ratio")
    first = constraint.density_ratio.discriminator
    constraint.configure(IndependenceConfig(estimator="density_ratio"), (0, 1, 2))
    assert constraint.density_ratio.discriminator is not first
    fill_bank(constraint, Codes(dependent=True))
    assert math.isfinite(constrained(constraint, Codes(dependent=True).draw()))


def test_that_a_larger_bank_waits_until_it_is_full_and_a_smaller_one_acts_at_once() -> None:
    codes, constraint = Codes(dependent=True), make_constraint()
    fill_bank(constraint, codes)
    constraint.configure(IndependenceConfig(bank_size=1024), (0, 1, 2, 3, 4))
    assert constraint.weight == 0
    fill_bank(constraint, codes)
    assert constraint.weight == IndependenceConfig().weight
    constraint.configure(IndependenceConfig(bank_size=512), (0, 1, 2, 3, 4))
    assert constraint.weight == IndependenceConfig().weight
    assert len(constraint.bank) == 512


@pytest.mark.parametrize("held", [True, False])
def test_that_the_stratified_estimate_runs_away_unless_it_pulls_no_more_below_zero(
    held: bool,
) -> None:
    """Spread codes leave each other behind: the estimate falls the more, the wider they are."""
    constraint = make_constraint("minibatch_stratified", weight=1.0)
    generator = torch.Generator().manual_seed(0)
    scale = torch.ones(5, requires_grad=True)
    optimiser = torch.optim.Adam([scale], lr=0.02)
    for _ in range(32):
        constraint.update(2 * torch.rand(16, 5, generator=generator) - 1)
    for _ in range(200):
        mean = (2 * torch.rand(16, 5, generator=generator) - 1) * scale
        estimates = constraint.estimate(mean)
        loss = constraint.weighted(estimates) if held else estimates["tc_stratified"]
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        constraint.update(mean)
    widest, estimate = float(scale.detach().max()), float(estimates["tc_stratified"].detach())
    if held:
        assert widest < 2
        assert abs(estimate) < 0.5
    else:
        assert widest > 4
        assert estimate < -5
