import numpy as np
import pytest

from core.latents import Code, LatentSpec, gaussian_codes
from core.latents.concepts import (
    TAGS,
    ConceptScore,
    FactorLabel,
    LearnedConcept,
    LinearHead,
    checked_name,
)
from core.latents.errors import ConceptError

MIXED = LatentSpec(2, "uniform", (Code("k1", "free", 3, 2), Code("c1", "atomic", 0, 5)))


def line(weights: tuple[float, ...]) -> LearnedConcept:
    return LearnedConcept(
        name="line",
        step=0,
        entries=MIXED.entry_names,
        low=-1.0,
        high=1.0,
        shares={},
        images=10,
        honesty=None,
        label=TAGS,
        centre=(0.0, 0.0, 0.0, 1.0),
        scale=(1.0, 1.0, 1.0, 2.0),
        head=LinearHead(weights, 0.5),
        score=ConceptScore("auc", 1.0, 0.0, 0.5, 0.1),
    )


def test_that_categories_take_part_one_hot() -> None:
    assert MIXED.entry_names == ("k1_0", "k1_1", "k1_2", "c1")
    entries = MIXED.entries(np.array([[2.0, 0.5], [0.0, -0.5]]))
    np.testing.assert_array_equal(entries, [[0, 0, 1, 0.5], [1, 0, 0, -0.5]])
    concept = line((1.0, 2.0, 3.0, 4.0))
    np.testing.assert_allclose(concept.values(entries), [3 + 4 * -0.25 + 0.5, 1 + 4 * -0.75 + 0.5])
    np.testing.assert_allclose(concept.slopes(entries), [[1, 2, 3, 2]] * 2)


def test_that_weights_of_other_entries_and_empty_ranges_are_refused() -> None:
    with pytest.raises(ValueError, match="not those of its entries"):
        line((1.0, 2.0))
    with pytest.raises(ConceptError, match=r"made from other codes than run .* delete it"):
        line((1.0, 2.0, 3.0, 4.0)).require_fit(gaussian_codes(4), "run")


@pytest.mark.parametrize("name", ["", "  ", "x" * 61, "two\nlines", "k1", "c1", "k1_2"])
def test_that_a_name_must_be_short_shown_and_no_codes(name: str) -> None:
    with pytest.raises(ConceptError):
        checked_name(name, MIXED)


def test_that_blanks_around_a_name_do_not_count() -> None:
    assert checked_name(" on the right ", MIXED) == "on the right"


@pytest.mark.parametrize(
    ("value", "guessing", "spread", "tells"),
    [(0.9, 0.5, 0.1, True), (0.69, 0.5, 0.1, False), (0.02, -0.01, 0.005, True)],
)
def test_that_what_lies_within_two_spreads_of_guessing_is_guessing(
    value: float, guessing: float, spread: float, tells: bool
) -> None:
    assert ConceptScore("auc", value, 0.01, guessing, spread).tells is tells


def test_that_a_label_is_written_as_it_is_asked_for() -> None:
    assert str(FactorLabel("shape", 3.0)) == "shape=3"
    assert str(FactorLabel("scale")) == "scale"
