from collections.abc import Callable
from typing import Any, cast

import numpy as np
import pytest
import torch
from torch import Tensor

from core.concepts.honesty import ASKED, LATENTS, HonestyCheck, check_honesty
from core.latents import gaussian_codes
from core.latents.concepts import ComposedConcept
from core.methods.base import Method

SPEC = gaussian_codes(3)


class Mirror:
    """A method whose images are its codes, through what `seen` makes of them."""

    spec = SPEC

    def __init__(self, seen: Callable[[Tensor], Tensor]) -> None:
        self._seen = seen

    def generate(self, latents: Tensor) -> Tensor:
        return latents[:, None, None, :]

    def represent(self, images: Tensor) -> Tensor:
        return self._seen(images[:, 0, 0])


def concept(name: str, text: str) -> ComposedConcept:
    return ComposedConcept(name, 0, SPEC.entry_names, -1.5, 1.5, {}, 100, None, text)


@pytest.fixture
def check(done: Callable[..., Any]) -> Callable[..., HonestyCheck]:
    """The check of "c1" beside others, seen by a mirror."""

    def check(seen: Callable[[Tensor], Tensor], *others: str, text: str = "c1") -> HonestyCheck:
        method = cast(Method, Mirror(seen))
        beside = [concept(other, other) for other in others]
        found: HonestyCheck = done(check_honesty(method, concept("it", text), beside, 0))
        return found

    return check


def test_that_a_clear_mirror_gives_what_is_asked_for(check: Callable[..., HonestyCheck]) -> None:
    found = check(lambda codes: codes, "c2", "c3")
    assert found.honesty.images == LATENTS * ASKED == 1400
    assert found.honesty.rank_correlation == pytest.approx(1)
    assert found.honesty.leakage == pytest.approx(0, abs=1e-6)
    assert found.honesty.out_of_reach == 0
    assert found.reached.all()
    np.testing.assert_allclose(found.measured, found.asked, atol=1e-5)


def test_that_a_blind_mirror_gives_nothing(check: Callable[..., HonestyCheck]) -> None:
    found = check(lambda codes: codes * 0, "c2")
    assert found.honesty.rank_correlation == 0
    assert found.honesty.leakage == 0


def test_that_a_mirror_of_noise_correlates_with_nothing(
    check: Callable[..., HonestyCheck],
) -> None:
    generator = torch.Generator().manual_seed(0)
    found = check(lambda codes: torch.randn(codes.shape, generator=generator), "c2")
    assert abs(found.honesty.rank_correlation) < 0.1
    assert found.honesty.leakage == pytest.approx(0.5, abs=0.05)


def test_that_another_concept_that_moves_as_much_takes_half(
    check: Callable[..., HonestyCheck],
) -> None:
    assert check(lambda codes: codes, "-c1").honesty.leakage == pytest.approx(0.5)
    assert check(lambda codes: codes, "-c1", "c2").honesty.leakage == pytest.approx(1 / 3)


def test_that_without_other_concepts_nothing_is_said_of_leakage(
    check: Callable[..., HonestyCheck],
) -> None:
    assert check(lambda codes: codes).honesty.leakage is None


def test_that_what_cannot_be_reached_is_counted(check: Callable[..., HonestyCheck]) -> None:
    found = check(lambda codes: codes, text="abs(c1)")
    asked_below_0 = (found.asked < -0.02).sum()
    assert found.honesty.out_of_reach == asked_below_0 == (~found.reached).sum()
