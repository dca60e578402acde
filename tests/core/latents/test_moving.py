from dataclasses import replace

import numpy as np
import pytest

from core.latents import Code, LatentSpec, gaussian_codes
from core.latents.concepts import (
    TAGS,
    AnyConcept,
    ComposedConcept,
    ConceptScore,
    LearnedConcept,
    LinearHead,
    NetworkHead,
    Values,
)
from core.latents.moving import move

SPEC = gaussian_codes(4)
MIXED = LatentSpec(2, "uniform", (Code("k1", "free", 3, 2), Code("c1", "atomic", 0, 5)))


def linear(weights: list[float], spec: LatentSpec = SPEC) -> LearnedConcept:
    dims = len(spec.entry_names)
    return LearnedConcept(
        name="line",
        step=0,
        entries=spec.entry_names,
        low=-2.0,
        high=2.0,
        shares={},
        images=100,
        honesty=None,
        label=TAGS,
        centre=(0.1,) * dims,
        scale=(2.0,) * dims,
        head=LinearHead(tuple(weights), 0.3),
        score=ConceptScore("auc", 1.0, 0.0, 0.5, 0.1),
    )


def composed(
    text: str, low: float = -2.0, high: float = 2.0, spec: LatentSpec = SPEC
) -> AnyConcept:
    return ComposedConcept("it", 0, spec.entry_names, low, high, {}, 100, None, text)


@pytest.fixture
def points() -> Values:
    return np.random.default_rng(0).uniform(-1, 1, (50, 4))


def test_that_codes_move_along_a_line_by_the_least_that_is_needed(points: Values) -> None:
    concept = linear([1.0, -1.0, 0.0, 0.5])
    asked = np.linspace(-0.5, 0.5, 50)
    moved = move(SPEC, concept, points, asked)
    assert moved.reached.all()
    np.testing.assert_allclose(concept.values(moved.entries), asked, atol=1e-9)
    w = np.array([1.0, -1.0, 0.0, 0.5]) / 2
    expected = points + np.outer((asked - concept.values(points)) / (w @ w), w)
    np.testing.assert_allclose(moved.entries, expected, atol=1e-9)


def test_that_held_lines_stay_within_a_millionth(points: Values) -> None:
    concept, other = linear([1.0, -1.0, 0.0, 0.5]), linear([0.2, 1.0, 0.7, 0.0])
    third = composed("c1 + c4")
    asked = np.random.default_rng(1).uniform(-0.6, 0.6, 50)
    moved = move(SPEC, concept, points, asked, (other, third))
    assert moved.reached.all()
    for held in (other, third):
        np.testing.assert_allclose(held.values(moved.entries), held.values(points), atol=1e-6)


def test_that_held_lines_stay_even_where_codes_come_to_their_ends(points: Values) -> None:
    concept, other = linear([1.0, -1.0, 0.0, 0.5]), linear([0.2, 1.0, 0.7, 0.0])
    moved = move(SPEC, concept, points, np.full(50, 9.0), (other,))
    assert not moved.reached.any()
    np.testing.assert_allclose(other.values(moved.entries), other.values(points), atol=1e-6)
    low, high = SPEC.codes[0].ends
    assert moved.entries.min() >= low - 1e-9
    assert moved.entries.max() <= high + 1e-9


def test_that_nothing_moves_where_all_that_could_is_held(points: Values) -> None:
    concept = linear([1.0, -1.0, 0.0, 0.5])
    twin = replace(concept, name="twin")
    moved = move(SPEC, concept, points, np.full(50, 3.0), (twin,))
    np.testing.assert_allclose(moved.entries, points, atol=1e-9)
    assert not moved.reached.any()


def test_that_what_one_code_cannot_do_the_others_take_over(points: Values) -> None:
    concept = linear([1.0, 0.4, 0.0, 0.0])
    moved = move(SPEC, concept, points, np.full(50, 1.5))
    high = SPEC.codes[0].ends[1]
    assert moved.reached.all()
    assert (moved.entries[:, 0] == pytest.approx(high)) or moved.entries[:, 1].max() > 1
    furthest = concept.values(np.array([[high, high, 0.0, 0.0]]))[0]
    beyond = move(SPEC, concept, points, np.full(50, furthest + 0.5))
    assert not beyond.reached.any()
    np.testing.assert_allclose(beyond.values, furthest, atol=1e-9)
    np.testing.assert_array_equal(beyond.entries[:, 2:], points[:, 2:])


def test_that_a_code_beyond_its_range_is_not_pushed_back_or_further_out() -> None:
    start = np.array([[3.0, 0.0, 0.0, 0.0]])
    up = move(SPEC, composed("c1 + c2"), start, np.array([3.5]))
    assert up.entries[0] == pytest.approx([3.0, 0.5, 0.0, 0.0])
    down = move(SPEC, composed("c1"), start, np.array([2.5]))
    assert down.entries[0] == pytest.approx([2.5, 0.0, 0.0, 0.0])


@pytest.mark.parametrize(
    ("text", "asked"),
    [("c1 * c2 + c3", 0.7), ("abs(c2)", 1.2), ("max(c1, c2)", 1.0), ("sqrt(abs(c1) + 1)", 1.4)],
)
def test_that_crooked_concepts_are_reached_too(points: Values, text: str, asked: float) -> None:
    moved = move(SPEC, composed(text), points, np.full(50, asked))
    assert moved.reached.all()
    np.testing.assert_allclose(moved.values, asked, atol=0.05)


def test_that_a_network_is_followed_by_its_slope(points: Values) -> None:
    head = NetworkHead(((1.0, 0.0, 0.0, 0.0), (0.0, 0.5, 0.0, 0.0)), (0.1, -0.1), (2.0, 1.0), 0.0)
    concept = replace(linear([0.0] * 4), head=head)
    moved = move(SPEC, concept, points, np.full(50, 1.0))
    assert moved.reached.all()
    step = np.zeros((50, 4))
    step[:, 1] = 1e-5
    measured = (concept.values(points + step) - concept.values(points - step)) / 2e-5
    np.testing.assert_allclose(concept.slopes(points)[:, 1], measured, atol=1e-6)


def test_that_a_comparison_has_no_slope_and_is_jumped_into() -> None:
    concept = composed("c3 > 0.5", 0.0, 1.0)
    moved = move(SPEC, concept, np.zeros((1, 4)), np.array([1.0]))
    assert moved.reached.all()
    assert 0.5 < moved.entries[0, 2] < 0.7
    np.testing.assert_array_equal(moved.entries[0, [0, 1, 3]], 0)
    held = move(SPEC, concept, np.zeros((1, 4)), np.array([1.0]), (composed("c1"),))
    assert not held.reached.any()


def test_that_a_category_changes_only_where_continuous_codes_do_not_lead() -> None:
    concept = linear([0.0, 4.0, -4.0, 1.0], MIXED)
    start = np.array([[1.0, 0.0, 0.0, 0.0]])
    value = concept.values(start)[0]
    near = move(MIXED, concept, start, np.array([value + 0.2]))
    assert near.reached.all()
    np.testing.assert_array_equal(near.entries[0, :3], start[0, :3])
    far = move(MIXED, concept, start, np.array([value + 1.8]))
    assert far.reached.all()
    np.testing.assert_array_equal(far.entries[0, :3], [0.0, 1.0, 0.0])


def test_that_what_is_no_number_at_a_point_is_not_reached_there() -> None:
    moved = move(SPEC, composed("sqrt(c1)"), np.full((1, 4), -0.5), np.array([1.0]))
    assert moved.reached.all()
    nowhere = move(SPEC, composed("sqrt(c1 - 5)"), np.zeros((1, 4)), np.array([1.0]))
    assert not nowhere.reached.any()
    np.testing.assert_array_equal(nowhere.entries, 0)
