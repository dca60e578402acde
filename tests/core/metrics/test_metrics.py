"""What holds for every metric of METRICS."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from core.metrics import METRICS, MetricError, Score
from core.metrics.inputs import varies
from core.metrics.report import DEFAULT

Matrix = NDArray[np.float64]

OF_FACTORS = [name for name in METRICS if METRICS[name].needs_factors]
SEEDED = {"z_diff": {"train": 200, "test": 100, "pairs": 10}, "factor_vae": {"train": 100}}

few = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


def quick(name: str, factors: Matrix, codes: Matrix) -> Score:
    """The score, from fewer draws where it draws."""
    return METRICS[name].compute(factors, codes, **SEEDED.get(name, {}))


@st.composite
def awkward_pairs(draw: st.DrawFn) -> tuple[Matrix, Matrix]:
    """Factors and codes with columns that are constant, copied, of few values, or noise."""
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    rows = draw(st.integers(30, 120))
    kinds = st.sampled_from(["noise", "levels", "constant", "copy", "factor", "tiny", "huge"])
    factors = np.stack(
        [
            generator.integers(draw(st.integers(2, 6)), size=rows)
            for _ in range(draw(st.integers(1, 3)))
        ],
        axis=1,
    ).astype(float)
    columns: list[Matrix] = []
    for kind in draw(st.lists(kinds, min_size=1, max_size=4)):
        noise = generator.standard_normal(rows)
        columns.append(
            {
                "noise": noise,
                "levels": np.round(noise),
                "constant": np.full(rows, 0.1),
                "copy": columns[-1] if columns else noise,
                "factor": factors[:, 0],
                "tiny": noise * 1e-200,
                "huge": noise * 1e100,
            }[kind]
        )
    factors[:2] = [[0] * factors.shape[1], [1] * factors.shape[1]]
    return factors, np.stack(columns, axis=1)


@pytest.mark.parametrize("name", DEFAULT)
@given(pair=awkward_pairs())
@few
def test_that_a_score_lies_in_its_range_whatever_the_codes(
    name: str, pair: tuple[Matrix, Matrix]
) -> None:
    factors, codes = pair
    score = quick(name, factors, codes)
    assert score.lowest <= score.value <= score.highest
    for part in METRICS[name].parts:
        assert score.lowest <= score.parts[part] <= score.highest


def continuous_pair(seed: int, rows: int = 400) -> tuple[Matrix, Matrix]:
    """Factors, and codes without ties that hold them partly."""
    generator = np.random.default_rng(seed)
    factors = generator.integers(5, size=(rows, 3)).astype(float)
    mixing = generator.standard_normal((3, 4))
    return factors, factors @ mixing + generator.standard_normal((rows, 4))


@pytest.mark.parametrize("name", DEFAULT)
@given(seed=st.integers(0, 2**32 - 1), order=st.permutations(range(4)))
@few
def test_that_the_order_of_the_codes_does_not_matter(
    name: str, seed: int, order: list[int]
) -> None:
    factors, codes = continuous_pair(seed)
    # A classifier and a coordinate descent stop within their tolerance, wherever they start.
    tolerance = {"z_diff": 0.05, "dci": 1e-4, "exp": 1e-4}.get(name, 1e-9)
    there, back = quick(name, factors, codes), quick(name, factors, codes[:, order])
    assert back.value == pytest.approx(there.value, abs=tolerance)


@pytest.mark.parametrize(
    "name", ["exp", "jemmig", "mod", "sap", "mig", "dci", "total_correlation", "factor_vae"]
)
@given(
    seed=st.integers(0, 2**32 - 1),
    powers=st.lists(st.floats(-9, 9), min_size=4, max_size=4),
    shift=st.floats(-100, 100),
)
@few
def test_that_stretching_and_shifting_a_code_changes_nothing(
    name: str, seed: int, powers: list[float], shift: float
) -> None:
    factors, codes = continuous_pair(seed)
    # To the FactorVAE score, as published, a code that hardly moves is a dead one.
    scales = 10.0 ** (np.abs(powers) if name == "factor_vae" else np.array(powers))
    there, back = quick(name, factors, codes), quick(name, factors, (codes + shift) * scales)
    assert back.value == pytest.approx(there.value, abs=1e-3 if name in ("exp", "dci") else 1e-6)


@given(seed=st.integers(0, 2**32 - 1))
@few
def test_that_no_increasing_map_of_a_code_changes_the_estimate_from_neighbours(seed: int) -> None:
    _, codes = continuous_pair(seed)
    maps: list[Callable[[Matrix], Matrix]] = [np.exp, np.cbrt, np.arctan, lambda x: 5 * x - 1]
    bent = np.stack([bend(code) for bend, code in zip(maps, codes.T, strict=True)], axis=1)
    knn = METRICS["total_correlation_knn"].compute
    assert knn(None, bent).value == pytest.approx(knn(None, codes).value, abs=1e-9)


@pytest.mark.parametrize("name", DEFAULT)
def test_that_a_score_is_the_same_each_time(name: str) -> None:
    factors, codes = continuous_pair(0, rows=100)
    assert quick(name, factors, codes).value == quick(name, factors, codes).value


def test_that_the_titles_of_the_metrics_differ() -> None:
    assert len({metric.title for metric in METRICS.values()}) == len(METRICS)


@pytest.mark.parametrize("name", METRICS)
def test_that_a_metric_has_the_parts_that_the_list_promises(name: str) -> None:
    factors, codes = continuous_pair(0, rows=60)
    score = quick(name, factors[:, :1], codes[:, :2])
    assert all(isinstance(score.parts[part], float) for part in METRICS[name].parts)
    lengths = {part: len(np.atleast_1d(value)) for part, value in score.parts.items()}
    assert lengths.get("per_factor", 1) == 1
    assert lengths.get("per_code", 2) == 2


GOOD = [[0, 1], [1, 0], [2, 2]]
BAD_PAIRS: dict[str, tuple[Any, Any, str]] = {
    "lengths": (GOOD, GOOD[:2], "There are 3 rows of factors and 2 of codes"),
    "nan": (GOOD, [[0, np.nan], [1, 0], [2, 2]], "The codes hold NaN or infinity"),
    "infinity": ([[0, np.inf], [1, 0], [2, 2]], GOOD, "The factors hold NaN or infinity"),
    "text": (GOOD, [["a"], ["b"], ["c"]], "The codes hold text; they must be numbers."),
    "objects": ([[None], [1], [2]], GOOD, "The factors hold object; they must be numbers."),
    "empty": ([], [], "The factors have shape (0,): give at least two rows and one column."),
    "no column": (GOOD, [[], [], []], "The codes have shape (3, 0): give at least"),
    "one row": (GOOD[:1], GOOD[:1], "The factors have shape (1, 2): give at least two rows"),
    "a cube": (GOOD, np.zeros((3, 1, 1)), "The codes have shape (3, 1, 1); they must be"),
    "a number": (GOOD, 3.0, "The codes have shape (); they must be"),
    "ragged": (GOOD, [[1, 2], [3], [4]], "The codes have rows of different lengths."),
    "one class": ([[1, 2]] * 3, GOOD, "Every factor is constant"),
    "huge": (GOOD, [[1e200], [0], [1]], "The codes reach 1e+200; scale them below 1e+150."),
}


@pytest.mark.parametrize("name", OF_FACTORS)
@pytest.mark.parametrize("what", BAD_PAIRS)
def test_that_bad_input_gets_a_sentence(name: str, what: str) -> None:
    factors, codes, sentence = BAD_PAIRS[what]
    with pytest.raises(MetricError) as caught:
        METRICS[name].compute(factors, codes)
    assert str(caught.value).startswith(sentence)
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize("name", [name for name in METRICS if name not in OF_FACTORS])
@pytest.mark.parametrize("what", ["nan", "text", "empty", "huge"])
def test_that_bad_codes_get_a_sentence_without_factors(name: str, what: str) -> None:
    with pytest.raises(MetricError, match="The codes "):
        METRICS[name].compute(None, BAD_PAIRS[what][1])


@pytest.mark.parametrize("name", ["z_diff", "factor_vae", "sap_classification"])
def test_that_values_that_never_repeat_get_a_sentence(name: str) -> None:
    with pytest.raises(MetricError, match="value that occurs twice"):
        METRICS[name].compute(np.arange(5.0), np.arange(5.0))


@pytest.mark.parametrize("name", ["jemmig", "mod", "mig", "exp", "z_diff"])
def test_that_a_single_bin_gets_a_sentence(name: str) -> None:
    with pytest.raises(MetricError, match="There must be at least 2 bins, not 1"):
        METRICS[name].compute(GOOD, GOOD, bins=1)


def test_that_a_difference_in_rounding_alone_is_no_variation() -> None:
    column = np.array([0.7, 0.1 + 0.6, 0.7000000000000001])
    single = np.array([0.7, np.nextafter(np.float32(0.7), np.float32(1)), 0.7], dtype=np.float32)
    columns = [column, single, np.arange(3.0), 1e-9 * np.arange(3.0), 1e5 + np.arange(3.0)]
    assert varies(np.stack(columns, axis=1)).tolist() == [False, False, True, True, True]
