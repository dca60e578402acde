import numpy as np
import pytest

from core.concepts.dependence import dependence
from core.concepts.describing import range_of, shares_of, used_entries
from core.latents import Code, LatentSpec, gaussian_codes
from core.latents.concepts import ComposedConcept, Values
from core.latents.errors import ConceptError

SPEC = gaussian_codes(3)


@pytest.fixture
def entries() -> Values:
    return np.random.default_rng(0).normal(size=(2000, 3))


def test_that_shares_of_a_line_are_its_squared_weights(entries: Values) -> None:
    shares = shares_of(lambda at: at @ np.array([2.0, 1.0, 0.0]), SPEC, entries)
    assert shares == pytest.approx({"c1": 0.8, "c2": 0.2, "c3": 0.0}, abs=0.02)


def test_that_a_kink_counts_as_much_as_it_makes_vary(entries: Values) -> None:
    shares = shares_of(lambda at: np.abs(at[:, 1]), SPEC, entries)
    assert shares == {"c1": 0.0, "c2": 1.0, "c3": 0.0}


def test_that_the_categories_of_a_code_count_together() -> None:
    spec = LatentSpec(0, "uniform", (Code("k1", "free", 3, 0), Code("c1", "free", 0, 3)))
    drawn = np.random.default_rng(0)
    points = np.stack([drawn.integers(0, 3, 1000), drawn.uniform(-1, 1, 1000)], axis=1)
    shares = shares_of(lambda at: at[:, 0] - at[:, 2], spec, spec.entries(points))
    assert shares == {"k1": 1.0, "c1": 0.0}


def test_that_codes_that_real_images_hardly_move_are_unused(entries: Values) -> None:
    drawn = entries * [1.0, 0.05, 0.5]
    assert used_entries(SPEC, drawn).tolist() == [True, False, True]
    assert used_entries(SPEC, drawn * 0.01).tolist() == [True, False, True]
    spec = LatentSpec(0, "uniform", (Code("k1", "free", 2, 0), Code("c1", "free", 0, 2)))
    same = spec.entries(np.stack([np.zeros(100), np.linspace(-1, 1, 100)], axis=1))
    assert used_entries(spec, same).tolist() == [False, False, True]


def test_that_a_range_leaves_out_a_fortieth_at_either_end() -> None:
    assert range_of(np.linspace(0, 1, 1001), "it") == pytest.approx((0.025, 0.975))


def test_that_a_rare_value_still_has_a_range() -> None:
    values = np.zeros(1000)
    values[3] = 1
    assert range_of(values, "it") == (0, 1)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [([1.0] * 10, "same value for all images"), ([1.0, np.inf, np.nan, 2.0], "2 of 4 images")],
)
def test_that_what_has_no_range_is_refused(values: list[float], sentence: str) -> None:
    with pytest.raises(ConceptError, match=sentence):
        range_of(np.array(values), "it")


def test_that_dependence_shows_what_concepts_share(entries: Values) -> None:
    names = SPEC.entry_names
    concepts = [
        ComposedConcept(name, 0, names, -2.0, 2.0, {}, 2000, None, text)
        for name, text in (("a", "c1"), ("b", "c1 + c2"), ("c", "c3"))
    ]
    found = dependence(concepts, entries)
    assert found.names == ("a", "b", "c")
    assert found.correlation[0, 1] == pytest.approx(0.71, abs=0.05)
    assert found.correlation[0, 2] == pytest.approx(0, abs=0.06)
    assert found.mutual_information[0, 1] > 10 * found.mutual_information[0, 2]
    assert dependence([], entries).correlation.shape == (0, 0)
