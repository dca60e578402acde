import math
from collections.abc import Callable

import pytest
import torch
from torch import Tensor
from torch.distributions import Normal, kl_divergence

from core.losses.kl import Decomposition, decompose, gaussian_kl
from core.losses.total_correlation import stratified_log_weights

SAMPLES = torch.tensor([[0.3, -1.1], [1.2, 0.4], [-0.7, 0.9]])
MEAN = torch.tensor([[0.5, -0.9], [1.0, 0.1], [-0.4, 1.3]])
LOGVAR = torch.tensor([[-1.0, 0.2], [-0.3, -2.0], [0.1, -0.6]])


def density(value: float, mean: float, logvar: float) -> float:
    variance = math.exp(logvar)
    return math.exp(-((value - mean) ** 2) / (2 * variance)) / math.sqrt(2 * math.pi * variance)


def by_hand(weight: Callable[[int, int], float]) -> tuple[float, float, float]:
    """Mutual information, total correlation and dimension-wise KL, one number at a time."""
    parts = [0.0, 0.0, 0.0]
    for i in range(3):
        q = [
            [density(float(SAMPLES[i, d]), float(MEAN[j, d]), float(LOGVAR[j, d])) for d in (0, 1)]
            for j in range(3)
        ]
        joint = sum(weight(i, j) * q[j][0] * q[j][1] for j in range(3))
        marginals = [sum(weight(i, j) * q[j][d] for j in range(3)) for d in (0, 1)]
        prior = [density(float(SAMPLES[i, d]), 0.0, 0.0) for d in (0, 1)]
        parts[0] += math.log(q[i][0] * q[i][1] / joint) / 3
        parts[1] += math.log(joint / (marginals[0] * marginals[1])) / 3
        parts[2] += math.log(marginals[0] * marginals[1] / (prior[0] * prior[1])) / 3
    return parts[0], parts[1], parts[2]


def numbers(parts: Decomposition) -> tuple[float, float, float]:
    return (
        float(parts.mutual_information),
        float(parts.total_correlation),
        float(parts.dimension_wise),
    )


def test_that_the_kl_of_each_code_is_that_of_torchs_distributions() -> None:
    posterior = Normal(MEAN, (0.5 * LOGVAR).exp())
    expected = kl_divergence(posterior, Normal(0.0, 1.0)).mean(0)
    torch.testing.assert_close(gaussian_kl(MEAN, LOGVAR), expected)
    assert gaussian_kl(torch.zeros(3, 2), torch.zeros(3, 2)).tolist() == [0, 0]


def test_that_the_parts_are_those_computed_one_number_at_a_time() -> None:
    assert numbers(decompose(SAMPLES, MEAN, LOGVAR)) == pytest.approx(
        by_hand(lambda i, j: 1 / 3), rel=1e-5
    )


def test_that_the_parts_are_those_computed_by_hand_with_stratified_weights() -> None:
    # Three of ten images: one is itself, the next stands for the eight that are not there.
    weights = [[0.1, 0.4, 0.5], [0.5, 0.1, 0.4], [0.4, 0.5, 0.1]]
    assert stratified_log_weights(3, 10).exp().tolist() == [pytest.approx(row) for row in weights]
    parts = decompose(SAMPLES, MEAN, LOGVAR, stratified_log_weights(3, 10))
    assert numbers(parts) == pytest.approx(by_hand(lambda i, j: weights[i][j]), rel=1e-5)


@pytest.mark.parametrize("log_weights", [None, stratified_log_weights(3, 10)])
def test_that_the_parts_sum_to_the_kl_at_the_samples(log_weights: Tensor | None) -> None:
    posterior = Normal(MEAN, (0.5 * LOGVAR).exp())
    ratio = posterior.log_prob(SAMPLES) - Normal(0.0, 1.0).log_prob(SAMPLES)  # type: ignore[no-untyped-call]
    parts = decompose(SAMPLES, MEAN, LOGVAR, log_weights)
    assert sum(numbers(parts)) == pytest.approx(float(ratio.sum(1).mean()), rel=1e-5)


@pytest.mark.parametrize("dataset_size", [None, 100_000])
def test_that_only_codes_whose_means_depend_on_each_other_have_a_total_correlation(
    dataset_size: int | None,
) -> None:
    generator = torch.Generator().manual_seed(0)
    weights = None if dataset_size is None else stratified_log_weights(512, dataset_size)
    shared, own, noise = (torch.randn(512, 1, generator=generator) for _ in range(3))
    logvar = torch.full((512, 2), math.log(0.25))

    def total_correlation(mean: Tensor) -> float:
        samples = mean + 0.5 * torch.randn(512, 2, generator=generator)
        return float(decompose(samples, mean, logvar, weights).total_correlation)

    equal = torch.zeros(512, 2)
    assert total_correlation(equal) == pytest.approx(0, abs=1e-5)
    independent = total_correlation(torch.cat([shared, own], 1))
    dependent = total_correlation(torch.cat([shared, 0.8 * shared + 0.6 * noise], 1))
    # Of Gaussians with variance 1.25 and covariance 0.8.
    truth = -0.5 * math.log(1 - (0.8 / 1.25) ** 2)
    assert abs(independent) < 0.06
    assert dependent == pytest.approx(truth, abs=0.09)
