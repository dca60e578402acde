"""Scores of codes for which a person can say what they should be."""

from collections.abc import Mapping

import numpy as np
import pytest
from numpy.typing import NDArray

from core.metrics import METRICS, Score
from core.metrics.report import DEFAULT

Matrix = NDArray[np.float64]

# Without InfoMEC, whose neighbours find a little by chance: see test_infomec.py.
OF_FACTORS = tuple(n for n in DEFAULT if METRICS[n].needs_factors and n != "infomec")
# Of which no seeded draw and no solver's tolerance is part.
EXACT = ("jemmig", "mod", "sap", "mig")


def scores(factors: Matrix, codes: Matrix, names: tuple[str, ...] = OF_FACTORS) -> dict[str, Score]:
    """Every score by its default options."""
    return {name: METRICS[name].compute(factors, codes) for name in names}


def values(found: Mapping[str, Score]) -> dict[str, float]:
    """The numbers alone."""
    return {name: score.value for name, score in found.items()}


def standardised(factors: Matrix) -> Matrix:
    """Zero mean and unit variance in every column."""
    centred: Matrix = (factors - factors.mean(0)) / factors.std(0)
    return centred


def test_that_codes_that_are_the_factors_score_full_marks(grid: Matrix) -> None:
    assert values(scores(grid, grid)) == pytest.approx(dict.fromkeys(OF_FACTORS, 1.0), abs=2e-3)


def test_that_neither_order_nor_sign_nor_scale_of_the_codes_matters_to_full_marks(
    grid: Matrix,
) -> None:
    codes = grid[:, [3, 0, 4, 1, 2]] * [-1, 2, 0.5, 10, -0.7] + [0, 1, -3, 0.1, 7]
    assert values(scores(grid, codes)) == pytest.approx(dict.fromkeys(OF_FACTORS, 1.0), abs=2e-3)


def test_that_constant_codes_score_nothing(grid: Matrix) -> None:
    found = values(scores(grid, np.full((len(grid), 3), 0.7)))
    assert found.pop("z_diff") == pytest.approx(0, abs=0.05)
    assert found == dict.fromkeys(found, 0.0)


def test_that_a_copy_of_every_code_closes_the_gaps_and_leaves_the_rest(grid: Matrix) -> None:
    found = values(scores(grid, np.hstack([grid, grid])))
    assert (found["mig"], found["sap"]) == pytest.approx((0, 0), abs=1e-9)
    entropies = np.log2([3, 6, 10, 8, 8])
    jemmig = float(np.mean(1 - entropies / (entropies + np.log2(10))))
    assert found["jemmig"] == pytest.approx(jemmig)
    for name in ("exp", "mod", "z_diff", "factor_vae"):
        assert found[name] == pytest.approx(1, abs=2e-3)


def test_that_a_rotation_is_seen_by_all_but_explicitness(grid: Matrix) -> None:
    # Each code is three fifths of one factor and two fifths of every other.
    reflection = np.eye(5) - 2 / 5
    found = values(scores(grid, standardised(grid) @ reflection))
    assert found["exp"] > 0.95
    assert found["sap"] == pytest.approx(0.36 - 0.16)
    assert found["mig"] < 0.1
    assert found["jemmig"] < 0.25
    assert found["dci"] < 0.05
    assert found["mod"] < 0.9


def test_that_noise_scores_chance(grid: Matrix) -> None:
    noise = np.random.default_rng(1).random((len(grid), 5))
    found = scores(grid, noise)
    # Modularity is not corrected for chance.
    assert 0.4 < found.pop("mod").value < 0.8
    assert values(found) == pytest.approx(dict.fromkeys(found, 0.0), abs=0.05)


def test_that_a_dead_code_beside_good_ones_lowers_modularity_alone(grid: Matrix) -> None:
    found = values(scores(grid, np.hstack([grid, np.full((len(grid), 1), -0.3)])))
    assert found.pop("mod") == pytest.approx(5 / 6)
    assert found == pytest.approx(dict.fromkeys(found, 1.0), abs=2e-3)


def test_that_a_constant_factor_is_left_out(grid: Matrix) -> None:
    colour = np.hstack([np.ones((len(grid), 1)), grid])
    with_colour, without = scores(colour, grid), scores(grid, grid)
    assert values(with_colour) == pytest.approx(values(without), abs=1e-9)
    for name in ("exp", "jemmig", "sap", "mig", "dci"):
        terms = np.asarray(with_colour[name].parts["per_factor"])
        assert np.isnan(terms).tolist() == [True, *[False] * 5]


def test_that_one_factor_leaves_nothing_to_tell_apart(grid: Matrix) -> None:
    found = values(scores(grid[:, [3]], grid))
    assert (found.pop("z_diff"), found.pop("factor_vae")) == (0, 0)
    # Four of the five codes tell nothing of it.
    assert found.pop("mod") == pytest.approx(1 / 5)
    assert found == pytest.approx(dict.fromkeys(found, 1.0), abs=2e-3)


def test_that_a_single_code_has_no_second_best(grid: Matrix) -> None:
    found = values(scores(grid, grid[:, 3], (*EXACT, "dci")))
    entropies = np.log2([3, 6, 10, 8, 8])
    # The other four share nothing with the code, whose own entropy is 3 bits.
    per_factor = 1 - (entropies + 3) / (entropies + np.log2(10))
    per_factor[3] = 1.0
    assert found["jemmig"] == pytest.approx(per_factor.mean())
    assert (found["mig"], found["sap"]) == pytest.approx((1 / 5, 1 / 5))
    assert found["mod"] == pytest.approx(1)
    assert found["dci"] == pytest.approx(1, abs=2e-3)


def test_that_a_binary_factor_can_be_scored() -> None:
    factors = np.stack([np.arange(600.0) % 2, np.arange(600) // 2 % 3], axis=1)
    found = values(scores(factors, factors))
    assert found == pytest.approx(dict.fromkeys(OF_FACTORS, 1.0), abs=2e-3)


def test_that_factors_of_many_classes_can_be_told_apart_from_their_bins() -> None:
    classes = np.arange(2000) % 40
    codes = classes + 0.0
    binned = METRICS["mig"].compute(classes, codes)
    discrete = METRICS["mig"].compute(classes, codes, discrete_factors=True)
    assert binned.value == pytest.approx(1)
    # The code is still cut into ten bins: it tells which four classes, of forty.
    assert discrete.value == pytest.approx(np.log2(10) / np.log2(40))


def test_that_classification_gives_a_gap_between_certainty_and_chance() -> None:
    factors = np.stack([np.arange(120) % 2, np.arange(120) // 2 % 4], axis=1)
    score = METRICS["sap_classification"].compute(factors, factors)
    assert score.value == pytest.approx(1 - (1 / 2 + 1 / 4) / 2)
    assert METRICS["sap_classification"].compute(factors, factors[:, 0]).value == pytest.approx(
        (1 + 1 / 4) / 2
    )


def test_that_a_forest_finds_the_code_of_each_factor() -> None:
    factors = np.stack([np.arange(60) % 3, np.arange(60) // 3 % 5], axis=1)
    score = METRICS["dci_forest"].compute(factors, factors)
    assert score.value > 0.95
    assert score.parts["completeness"] > 0.95
    assert score.parts["informativeness"] > 0.95
