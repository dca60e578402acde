"""Models whose codes are pixels: who understands whom can be said beforehand."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from core.centrality import CentralityError, centrality, compare
from core.latents import Code, LatentSpec, gaussian_codes
from core.methods.base import Method

CODES = 4
UNIFORM = LatentSpec(
    2,
    "normal",
    (Code("k1", "free", 3, 2), *(Code(f"c{i}", "atomic", 0, 4 + i) for i in (1, 2, 3))),
)


class Pixels(Method):
    """Draws each latent as a row of pixels, mixed; reads the codes off again, mixed back."""

    symptoms = ()

    def __init__(self, spec: LatentSpec, mixing: Tensor) -> None:
        self.spec = spec
        self._mixing = mixing

    def generate(self, latents: Tensor) -> Tensor:
        codes = [
            latents[:, code.entries].argmax(1) if code.categories else latents[:, code.start]
            for code in self.spec.codes
        ]
        return torch.stack(codes, 1).float() @ self._mixing.T

    def represent(self, images: Tensor) -> Tensor:
        return images @ self._mixing.T.inverse()

    draw = generate

    def train_step(self, images: Tensor) -> dict[str, Tensor]:
        raise NotImplementedError

    def configure(self, config: Any) -> None:
        raise NotImplementedError

    def counters(self) -> dict[str, Tensor]:
        raise NotImplementedError

    def load_counters(self, counters: dict[str, Tensor]) -> None:
        raise NotImplementedError


def silent(done: int, total: int) -> None:
    pass


def swapped() -> Tensor:
    return torch.eye(CODES)[[2, 0, 3, 1]] * torch.tensor([1.0, -2.0, 0.5, 3.0])


def rotated() -> Tensor:
    return torch.eye(CODES) - 2 / CODES


def test_that_the_scores_of_a_matrix_are_means_without_the_diagonal() -> None:
    told = np.array([[9.0, 0.8, 0.2], [0.6, 9.0, 0.4], [0.4, 0.2, 9.0]])
    found = centrality(told)
    assert found.scores == pytest.approx([(0.7 + 0.3) / 2, (0.7 + 0.3) / 2, 0.3])
    assert found.agreement[0, 1] == found.agreement[1, 0] == pytest.approx(0.7)
    assert np.isnan(np.diag(found.told)).all()
    assert found.order == (0, 1, 2)
    assert centrality(np.array([[0, 0.1, 0.1], [0.1, 0, 0.9], [0.1, 0.9, 0]])).order == (1, 2, 0)


def test_that_models_that_hold_the_same_codes_understand_each_other_perfectly() -> None:
    spec = gaussian_codes(CODES)
    models = [Pixels(spec, torch.eye(CODES)), Pixels(spec, swapped())]
    found = compare(models, groups=40, images=20, seed=0, progress=silent)
    assert found.scores.tolist() == [1, 1]


def test_that_the_odd_one_out_ranks_last() -> None:
    spec = gaussian_codes(CODES)
    mixings = [rotated(), torch.eye(CODES), swapped()]
    models = [Pixels(spec, mixing) for mixing in mixings]
    found = compare(models, groups=200, images=20, seed=0, progress=silent)
    assert found.order[-1] == 0
    assert found.told[1, 2] == found.told[2, 1] == 1
    assert found.scores[0] < 0.8


def test_that_categories_and_uniform_codes_are_held_fixed_too() -> None:
    models = [Pixels(UNIFORM, torch.eye(CODES)), Pixels(gaussian_codes(CODES), swapped())]
    found = compare(models, groups=80, images=30, seed=0, progress=silent)
    assert found.told[1, 0] == 1


def test_that_a_dead_code_gets_no_vote() -> None:
    spec = gaussian_codes(CODES)
    half_blind = torch.diag(torch.tensor([1.0, 1.0, 1.0, 1e12]))
    models = [Pixels(spec, torch.eye(CODES)), Pixels(spec, half_blind)]
    found = compare(models, groups=200, images=50, seed=0, progress=silent)
    # Of the held code that it does not see it guesses.
    assert 0.75 <= found.told[1, 0] < 0.95


def test_that_a_seed_gives_the_same_again_and_groups_may_be_in_any_number() -> None:
    spec = gaussian_codes(CODES)
    models = [Pixels(spec, torch.eye(CODES)), Pixels(spec, rotated())]
    heard: list[tuple[int, int]] = []
    first = compare(models, 33, 30, 1, lambda done, total: heard.append((done, total)))
    again = compare(models, 33, 30, 1, silent)
    assert np.array_equal(first.told, again.told, equal_nan=True)
    assert heard[-1] == (66, 66)


@pytest.mark.parametrize(
    ("models", "sentence"),
    [
        ([], "give at least two"),
        ([Pixels(gaussian_codes(CODES), torch.eye(CODES))], "give at least two"),
        ([Pixels(gaussian_codes(0), torch.eye(CODES))] * 2, "without codes"),
    ],
)
def test_that_what_cannot_be_compared_gets_a_sentence(models: list[Method], sentence: str) -> None:
    with pytest.raises(CentralityError, match=sentence):
        compare(models, 10, 10, 0, silent)
