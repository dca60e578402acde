import math
from collections.abc import Callable

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from core.losses.total_correlation import (
    density_ratio_tc,
    gaussian_tc,
    minibatch_stratified_tc,
    minibatch_weighted_tc,
    permute_dims,
    stratified_log_weights,
    tc_discriminator_loss,
)

Minibatch = Callable[[Tensor, Tensor, float, Tensor], Tensor]

# Five codes of the variance of a U(-1, 1) prior, two of them correlated: 0.21 nats.
CORRELATION = torch.eye(5)
CORRELATION[0, 1] = CORRELATION[1, 0] = 0.59
COVARIANCE = CORRELATION / 3
INDEPENDENT = torch.eye(5) / 3
STD = 0.37


def closed_form(covariance: Tensor) -> float:
    """Total correlation of a Gaussian: -1/2 log det of its correlation matrix, in nats."""
    variance = covariance.diagonal()
    return 0.5 * float(variance.log().sum() - torch.logdet(covariance))


def drawn(covariance: Tensor, count: int, generator: torch.Generator) -> Tensor:
    normal = torch.randn(count, len(covariance), generator=generator)
    factor: Tensor = torch.linalg.cholesky(covariance)
    return normal @ factor.T


def exactly_correlated(correlation: Tensor, count: int) -> Tensor:
    """A sample (count, D) whose own correlation matrix is `correlation` to the last bit."""
    normal = torch.randn(count, len(correlation), generator=torch.Generator(), dtype=torch.float64)
    basis: Tensor = torch.linalg.qr(normal - normal.mean(0)).Q * math.sqrt(count)
    factor: Tensor = torch.linalg.cholesky(correlation.double())
    return (basis @ factor.T).float()


def halves(codes: Tensor) -> tuple[Tensor, Tensor]:
    """A batch of 64 and the rest as bank."""
    return codes[:64], codes[64:]


@given(st.floats(-0.95, 0.95), st.floats(0.1, 10), st.floats(-3, 3))
@settings(max_examples=30, deadline=None)
def test_that_the_gaussian_estimate_is_the_closed_form_whatever_scale_and_place(
    rho: float, scale: float, shift: float
) -> None:
    correlation = torch.tensor([[1.0, rho], [rho, 1.0]])
    codes = exactly_correlated(correlation, 256) * scale + shift
    expected = -0.5 * math.log(1 - rho**2)
    assert float(gaussian_tc(*halves(codes))) == pytest.approx(expected, abs=1e-3)


def test_that_the_gaussian_estimate_of_independent_codes_has_the_stated_bias() -> None:
    generator = torch.Generator().manual_seed(0)
    codes = torch.randn(400, 576, 5, generator=generator)
    estimates = torch.stack([gaussian_tc(*halves(sample)) for sample in codes])
    # D (D - 1) / (4 (B + M)) = 0.0087; the mean of 400 batches is known to 0.0002.
    assert float(estimates.mean()) == pytest.approx(5 * 4 / (4 * 576), abs=0.0009)


def test_that_the_gaussian_estimate_takes_a_code_that_never_moves_for_independent() -> None:
    codes = exactly_correlated(CORRELATION, 576)
    codes[:, 2] = 0.3
    expected = closed_form(CORRELATION)
    assert float(gaussian_tc(*halves(codes))) == pytest.approx(expected, abs=1e-3)


def test_that_the_gaussian_estimate_is_never_below_zero() -> None:
    for spread in (1e-6, 1e-3, 1.0):
        codes = exactly_correlated(torch.eye(5), 576) * spread
        assert -1e-6 <= float(gaussian_tc(*halves(codes))) < 1e-3


@pytest.mark.parametrize("kind", ["constant", "copied"])
def test_that_the_gaussian_estimate_of_degenerate_codes_has_a_finite_gradient(kind: str) -> None:
    codes = exactly_correlated(torch.eye(5), 576)
    codes[:, 1] = 0.3 if kind == "constant" else codes[:, 0]
    batch, bank = halves(codes)
    batch.requires_grad_()
    gaussian_tc(batch, bank).backward()  # type: ignore[no-untyped-call]
    assert batch.grad is not None
    assert bool(batch.grad.isfinite().all())


@pytest.mark.parametrize("own", [True, False])
def test_that_the_mixtures_are_those_of_torchs_distributions(own: bool) -> None:
    generator = torch.Generator().manual_seed(3)
    batch, bank = drawn(COVARIANCE, 4, generator), drawn(COVARIANCE, 6, generator)
    noise = torch.randn(4, 5, generator=generator)
    ratios = []
    for i in range(4):
        centres = torch.cat([batch, bank])
        if not own:
            centres = centres[torch.arange(10) != i]
        kernel = torch.distributions.Normal(centres, STD)
        logs = kernel.log_prob(batch[i] + STD * noise[i])  # type: ignore[no-untyped-call]
        joint, marginals = logs.sum(1).exp().mean(), logs.exp().mean(0)
        ratios.append(joint.log() - marginals.log().sum())
    estimator = minibatch_weighted_tc if own else minibatch_stratified_tc
    torch.testing.assert_close(estimator(batch, bank, STD, noise), torch.stack(ratios).mean())


def mean_bias(estimator: Minibatch, covariance: Tensor, components: int) -> float:
    """Mean error of 60 batches against the closed form of codes with their noise; known to 0.01."""
    truth = closed_form(covariance + STD**2 * torch.eye(5))
    generator = torch.Generator().manual_seed(4)
    estimates = []
    for _ in range(60):
        codes = drawn(covariance, components, generator)
        noise = torch.randn(64, 5, generator=generator)
        estimates.append(estimator(*halves(codes), STD, noise))
    return float(torch.stack(estimates).mean()) - truth


@pytest.mark.parametrize("covariance", [INDEPENDENT, COVARIANCE], ids=["independent", "dependent"])
def test_that_the_plug_in_estimate_lies_too_high_and_less_so_with_a_larger_bank(
    covariance: Tensor,
) -> None:
    bias = mean_bias(minibatch_weighted_tc, covariance, 64 + 512)
    assert bias == pytest.approx(0.085, abs=0.03)
    assert abs(mean_bias(minibatch_weighted_tc, covariance, 64 + 4032)) < bias / 2


@pytest.mark.parametrize("covariance", [INDEPENDENT, COVARIANCE], ids=["independent", "dependent"])
def test_that_the_stratified_estimate_lies_too_low_and_less_so_with_a_larger_bank(
    covariance: Tensor,
) -> None:
    bias = mean_bias(minibatch_stratified_tc, covariance, 64 + 512)
    assert bias == pytest.approx(-0.085, abs=0.03)
    assert abs(mean_bias(minibatch_stratified_tc, covariance, 64 + 4032)) < -bias / 2


def test_that_stratified_weights_of_four_of_ten_images_are_those_of_the_formula() -> None:
    # M = 3 others, N = 10: 1/N, then (N - M) / (N M) for the next, 1/M for the rest.
    own, next_, other = 1 / 10, 7 / 30, 1 / 3
    expected = torch.tensor(
        [
            [own, next_, other, other],
            [other, own, next_, other],
            [other, other, own, next_],
            [next_, other, other, own],
        ]
    )
    torch.testing.assert_close(stratified_log_weights(4, 10).exp(), expected)


@pytest.mark.parametrize(("batch", "size"), [(2, 2), (4, 4), (64, 737_280), (8, 3)])
def test_that_stratified_weights_of_a_sample_sum_to_1(batch: int, size: int) -> None:
    sums = stratified_log_weights(batch, size).exp().sum(1)
    torch.testing.assert_close(sums, torch.ones(batch))


def test_that_the_density_ratio_of_the_best_discriminator_is_the_closed_form() -> None:
    codes = drawn(COVARIANCE, 20_000, torch.Generator().manual_seed(5))
    zero = torch.zeros(5)
    joint = torch.distributions.MultivariateNormal(zero, COVARIANCE)
    product = torch.distributions.MultivariateNormal(zero, COVARIANCE.diagonal().diag())
    logits = torch.stack([joint.log_prob(codes), product.log_prob(codes)], 1)  # type: ignore[no-untyped-call]
    error = float((logits[:, 0] - logits[:, 1]).std()) / math.sqrt(len(codes))
    expected = pytest.approx(closed_form(COVARIANCE), abs=3 * error)
    assert float(density_ratio_tc(logits)) == expected
    assert error < 0.01


def test_that_a_tc_discriminator_at_chance_loses_log_two() -> None:
    chance = tc_discriminator_loss(torch.full((8, 2), 3.0), torch.zeros(8, 2))
    assert float(chance) == pytest.approx(math.log(2))


def test_that_the_tc_discriminator_loss_is_half_of_both_cross_entropies() -> None:
    joint, permuted = torch.randn(2, 16, 2, generator=torch.Generator())
    zeros, ones = torch.zeros(16, dtype=torch.int64), torch.ones(16, dtype=torch.int64)
    expected = 0.5 * (F.cross_entropy(joint, zeros) + F.cross_entropy(permuted, ones))
    torch.testing.assert_close(tc_discriminator_loss(joint, permuted), expected)


def test_that_permuting_keeps_each_code_and_breaks_their_dependence() -> None:
    generator = torch.Generator().manual_seed(6)
    codes = drawn(COVARIANCE, 5000, generator)
    permuted = permute_dims(codes, generator)
    torch.testing.assert_close(permuted.sort(0).values, codes.sort(0).values)
    assert float(torch.corrcoef(codes.T)[0, 1]) == pytest.approx(0.59, abs=0.04)
    # 1 / sqrt(5000) = 0.014
    assert abs(float(torch.corrcoef(permuted.T)[0, 1])) < 0.06
