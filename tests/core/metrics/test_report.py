import inspect

import numpy as np
import pytest
from numpy.typing import NDArray

from core.metrics import METRICS, MetricError
from core.metrics.discrete_information import Binning
from core.metrics.report import DEFAULT, LIVE, columns, report, reports

Matrix = NDArray[np.float64]


@pytest.fixture
def pair() -> tuple[Matrix, Matrix]:
    """Factors (2000, 2) and codes (2000, 3): the second factor, noise, the first factor."""
    generator = np.random.default_rng(0)
    factors = generator.integers(4, size=(2000, 2)).astype(float)
    return factors, np.stack([factors[:, 1], generator.random(2000), -factors[:, 0]], axis=1)


def test_that_a_report_has_every_usual_score_and_both_matrices(pair: tuple[Matrix, Matrix]) -> None:
    found = report(*pair)
    assert (found.rows, tuple(found.scores), found.refused) == (2000, DEFAULT, {})
    assert found.correlation.shape == (3, 3)
    assert found.mutual_information is not None
    assert found.mutual_information.shape == (3, 2)
    first, second, third = found.dominant_factors
    assert (first and first.factor, second, third and third.factor) == (1, None, 0)


def test_that_every_number_has_its_column(pair: tuple[Matrix, Matrix]) -> None:
    found = report(*pair)
    assert tuple(found.values()) == columns()
    assert {"dci", "dci.completeness", "dci.informativeness"} < set(columns())
    assert all(np.isfinite(value) for value in found.values().values())


def test_that_without_factors_there_is_what_needs_none(pair: tuple[Matrix, Matrix]) -> None:
    found = report(None, pair[1])
    assert set(found.scores) == {"total_correlation", "total_correlation_knn", "active_codes"}
    assert (found.mutual_information, found.dominant_factors) == (None, ())
    np.testing.assert_allclose(found.correlation, report(*pair).correlation)


def test_that_categories_count_for_the_factors_and_not_for_the_dependence(
    pair: tuple[Matrix, Matrix],
) -> None:
    factors, codes = pair
    copied = np.hstack([codes, codes[:, :1]])
    found = report(factors, copied, continuous=[0, 1, 2])
    assert found.correlation.shape == (3, 3)
    assert found.scores["total_correlation"].value < 0.1
    assert found.scores["mig"].value < report(factors, codes).scores["mig"].value


def test_that_codes_without_a_continuous_one_leave_the_dependence_out(
    pair: tuple[Matrix, Matrix],
) -> None:
    found = report(*pair, continuous=[])
    assert set(found.refused) == {"total_correlation", "total_correlation_knn", "active_codes"}
    assert "mig" in found.scores


def test_that_a_metric_that_refuses_leaves_the_others() -> None:
    found = report(np.arange(6.0), np.arange(6.0))
    assert set(found.refused) == {"z_diff", "factor_vae"}
    assert "occurs twice" in found.refused["z_diff"]
    assert found.scores["mig"].value == pytest.approx(1)


def test_that_constant_factors_leave_what_needs_none(pair: tuple[Matrix, Matrix]) -> None:
    found = report(np.ones((2000, 2)), pair[1])
    assert set(found.scores) == {"total_correlation", "total_correlation_knn", "active_codes"}
    assert set(found.scores) | set(found.refused) == set(DEFAULT)
    assert (found.mutual_information, found.dominant_factors) == (None, ())
    with pytest.raises(MetricError, match="There are 3 rows of factors and 2,000 of codes"):
        report(np.ones((3, 2)), pair[1])


def test_that_bins_reach_every_metric_that_takes_them(pair: tuple[Matrix, Matrix]) -> None:
    names = [name for name, metric in METRICS.items() if metric.binned]
    for name in names:
        options = inspect.signature(METRICS[name].compute).parameters
        assert {"bins", "discrete_factors"} <= set(options)
    assert all(
        "bins" not in inspect.signature(metric.compute).parameters
        for name, metric in METRICS.items()
        if name not in names
    )
    found = report(*pair, names=["mig"], binning=Binning(bins=2))
    assert found.mutual_information is not None
    assert found.mutual_information.max() <= 1


def test_that_metrics_that_take_long_let_others_work_between_two_factors(
    pair: tuple[Matrix, Matrix],
) -> None:
    factors = pair[0].shape[1]
    slices = {name: len(list(reports(*pair, names=[name]))) for name in ("exp", "z_diff", "mig")}
    # One more when a metric is done, and one for the report.
    assert slices == {"exp": factors + 2, "z_diff": 2 * factors + 2, "mig": 2}


def test_that_only_what_is_asked_for_is_computed(pair: tuple[Matrix, Matrix]) -> None:
    assert list(report(*pair, names=["mig_over_code", "sap"]).scores) == ["mig_over_code", "sap"]


def test_that_what_cannot_be_computed_is_named(pair: tuple[Matrix, Matrix]) -> None:
    with pytest.raises(MetricError, match=r"There is no metric mik: metrics are exp, "):
        report(*pair, names=["mik", "mig"])
    with pytest.raises(MetricError, match=r"Without factors there is no mig, sap: give"):
        report(None, pair[1], names=["mig", "total_correlation", "sap"])
    with pytest.raises(MetricError, match="The codes hold NaN"):
        report(None, np.full((3, 2), np.nan))


def test_that_the_scores_of_a_running_training_are_among_the_usual_ones() -> None:
    assert set(LIVE) < set(DEFAULT) < set(METRICS)
