import pytest
import torch

from core.config import TCGANConfig
from core.latents import LatentSpec
from core.networks.recognition import Recognition, output_count


def make_spec(*categories: int, continuous: int = 2) -> LatentSpec:
    latent = {"categorical_codes": categories, "continuous_codes": continuous}
    return TCGANConfig.model_validate({"latent": latent}).latent_spec()


@pytest.mark.parametrize(("learned", "count"), [(False, 3 + 4 + 2), (True, 3 + 4 + 2 + 2)])
def test_that_the_head_has_an_output_for_each_logit_mean_and_learned_variance(
    learned: bool, count: int
) -> None:
    assert output_count(make_spec(3, 4), learned) == count


def test_that_outputs_are_logits_then_means_then_log_variances() -> None:
    outputs = torch.arange(-5, 6).float().repeat(2, 1)
    recognition = Recognition.of(outputs, make_spec(3, 4))
    assert [logits.shape for logits in recognition.logits] == [(2, 3), (2, 4)]
    torch.testing.assert_close(torch.cat(recognition.logits, 1), outputs[:, :7])
    torch.testing.assert_close(recognition.mean, outputs[:, 7:9])
    torch.testing.assert_close(recognition.logvar, outputs[:, 9:].clamp(-6, 2))


def test_that_a_fixed_variance_is_1() -> None:
    recognition = Recognition.of(torch.ones(2, 2), make_spec())
    torch.testing.assert_close(recognition.logvar, torch.zeros(2, 2))


def test_that_log_variances_stay_between_minus_6_and_2() -> None:
    outputs = torch.tensor([[0.0, 0.0, -1e6, 1e6]])
    recognition = Recognition.of(outputs, make_spec())
    torch.testing.assert_close(recognition.logvar, torch.tensor([[-6.0, 2.0]]))


def test_that_the_representation_is_the_likeliest_category_and_the_means() -> None:
    outputs = torch.tensor([[0.1, 0.9, 0.2, 5.0, 1.0, 0.0, 0.0, -0.5, 0.25]])
    representation = Recognition.of(outputs, make_spec(3, 4)).representation()
    torch.testing.assert_close(representation, torch.tensor([[1.0, 0.0, -0.5, 0.25]]))


def test_that_a_representation_may_have_categories_only() -> None:
    recognition = Recognition.of(torch.eye(3), make_spec(3, continuous=0))
    torch.testing.assert_close(recognition.representation(), torch.tensor([[0.0], [1.0], [2.0]]))
