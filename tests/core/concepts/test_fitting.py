from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from core.concepts.fitting import Fitted, fit
from core.latents.concepts import Labels, LinearHead, NetworkHead
from core.latents.errors import ConceptError

COUNT = 400


@pytest.fixture
def codes() -> Any:
    return np.random.default_rng(0).normal(size=(COUNT, 5))


def labelled(values: Any, binary: bool = False) -> Labels:
    values = np.asarray(values, dtype=float)
    return Labels(tuple(range(len(values))), tuple(values.tolist()), binary)


def test_that_a_code_that_is_the_factor_is_found_and_explains_all(
    codes: Any, done: Callable[..., Any]
) -> None:
    fitted: Fitted = done(fit(codes, labelled(3 * codes[:, 2] - 1), 0))
    assert isinstance(fitted.head, LinearHead)
    assert fitted.score.name == "r2"
    assert fitted.score.value == pytest.approx(1, abs=1e-4)
    assert fitted.score.tells
    weights = np.abs(fitted.head.weights)
    assert weights.argmax() == 2
    assert np.delete(weights, 2).max() < 0.01 * weights[2]
    values = fitted.head(fitted.scaling(codes))[0]
    np.testing.assert_allclose(values, 3 * codes[:, 2] - 1, atol=0.05)


def test_that_what_a_line_separates_has_an_area_of_1(codes: Any, done: Callable[..., Any]) -> None:
    fitted: Fitted = done(fit(codes, labelled(codes[:, 0] + codes[:, 3] > 0.5, True), 0))
    assert fitted.score.name == "auc"
    assert fitted.score.value > 0.99
    assert fitted.score.guessing == pytest.approx(0.5, abs=0.05)


@pytest.mark.parametrize("binary", [True, False])
def test_that_labels_without_order_score_like_guessing_and_are_told_so(
    codes: Any, done: Callable[..., Any], binary: bool
) -> None:
    told = 0
    for seed in range(6):
        noise = np.random.default_rng(seed + 1).normal(size=100)
        fitted: Fitted = done(fit(codes[:100], labelled(noise > 0 if binary else noise, binary), 0))
        assert fitted.score.value == pytest.approx(fitted.score.guessing, abs=0.25)
        told += fitted.score.tells
    assert told <= 1


def test_that_a_network_is_taken_where_no_line_leads(codes: Any, done: Callable[..., Any]) -> None:
    fitted: Fitted = done(fit(codes, labelled(np.abs(codes[:, 1])), 0))
    assert isinstance(fitted.head, NetworkHead)
    assert fitted.score.value > 0.9


def test_that_the_same_seed_gives_the_same_fit(codes: Any, done: Callable[..., Any]) -> None:
    labels = labelled(np.abs(codes[:, 1]))
    assert done(fit(codes, labels, 3)).head == done(fit(codes, labels, 3)).head


def test_that_eight_of_each_are_enough(codes: Any, done: Callable[..., Any]) -> None:
    fitted: Fitted = done(fit(codes[:16], labelled(codes[:16, 0].argsort().argsort() > 7, True), 0))
    assert fitted.score.value > 0.8
    assert fitted.score.tells


def test_that_a_code_that_never_changes_harms_nothing(codes: Any, done: Callable[..., Any]) -> None:
    codes[:, 1] = 7
    fitted: Fitted = done(fit(codes[:100], labelled(codes[:100, 0]), 0))
    assert fitted.score.value > 0.99


@pytest.mark.parametrize("values", ["line", "kink"])
def test_that_an_unused_code_gets_no_weight(
    codes: Any, done: Callable[..., Any], values: str
) -> None:
    labels = codes[:, 1] + np.abs(codes[:, 2]) * (values == "kink")
    used = np.array([True, False, True, True, True])
    fitted: Fitted = done(fit(codes, labelled(labels), 0, used))
    slopes = fitted.head(fitted.scaling(codes))[1]
    assert not slopes[:, 1].any()
    assert slopes[:, 2].any()
    assert isinstance(fitted.head, NetworkHead if values == "kink" else LinearHead)


@pytest.mark.parametrize(
    ("values", "binary", "sentence"),
    [
        ([1.0] * 3, True, "Of the labelled images 3 show it"),
        ([1.0] * 300, True, "0 do not show it"),
        ([0.0] * 293 + [1.0] * 7, True, "7 show it"),
        ([2.0] * 300, False, "the same for all images"),
        (range(19), False, "There are 19 labels: give at least 20"),
        ([np.nan] * 300, False, "NaN"),
        (range(500), False, "500 labels for 400 images"),
    ],
)
def test_that_labels_nothing_can_be_learned_from_are_told_in_a_sentence(
    codes: Any, done: Callable[..., Any], values: Any, binary: bool, sentence: str
) -> None:
    labels = labelled(list(values), binary)
    with pytest.raises(ConceptError, match=sentence):
        done(fit(codes[: max(len(labels.values), 0)], labels, 0))


@pytest.mark.parametrize(("value", "sentence"), [(np.inf, "not finite"), (1.0, "same for all")])
def test_that_codes_nothing_can_be_learned_from_are_told_in_a_sentence(
    done: Callable[..., Any], value: float, sentence: str
) -> None:
    with pytest.raises(ConceptError, match=sentence):
        done(fit(np.full((50, 2), value), labelled(np.arange(50)), 0))
