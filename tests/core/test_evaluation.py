import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pytest
import torch
from torch import Tensor

from core.data.dataset import Dataset
from core.data.images import ByteImages
from core.evaluation import (
    FullEvaluation,
    as_event,
    evaluate,
    evaluation_subset,
    known_factors,
    represent_dataset,
    score_codes,
    score_row,
)
from core.methods.base import Method
from core.metrics import MetricError
from core.metrics.report import LIVE, report

Make = Callable[..., Method]


@dataclass
class Reader:
    """Stands in for a method whose Q reads each code from a pixel of its own."""

    method: Method
    batches: list[int]

    def represent(self, images: Tensor) -> Tensor:
        self.batches.append(len(images))
        return images.flatten(1)[:, : len(self.method.spec.codes)] * 2 - 1


def reading(monkeypatch: pytest.MonkeyPatch, method: Method) -> list[int]:
    """Let `method` read codes from pixels; returns the sizes of the batches it will see."""
    reader = Reader(method, [])
    monkeypatch.setattr(method, "represent", reader.represent)
    return reader.batches


def dataset_of(codes: Tensor) -> Dataset:
    """Images of 32 pixels that show codes (N, D) in [-1, 1] as grey values."""
    images = torch.zeros(len(codes), 1, 32, 32, dtype=torch.uint8)
    images.flatten(1)[:, : codes.shape[1]] = ((codes + 1) / 2 * 255).round().to(torch.uint8)
    return Dataset("codes", ByteImages(images), (1, 32, 32))


def correlated_codes(rho: float, count: int = 2000) -> Tensor:
    """(count, 3) codes; the first two correlate by exactly rho, the third with neither."""
    generator = torch.Generator().manual_seed(0)
    normal = torch.randn(count, 3, generator=generator, dtype=torch.float64)
    basis: Tensor = torch.linalg.qr(normal - normal.mean(0)).Q
    basis = basis / basis.abs().max() / 2
    basis[:, 1] = rho * basis[:, 0] + math.sqrt(1 - rho**2) * basis[:, 1]
    return basis


THREE = {"method.latent.continuous_codes": 3}


def test_that_known_codes_give_their_correlation_and_its_closed_form(
    make_tcgan: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    method = make_tcgan(THREE)
    batches = reading(monkeypatch, method)
    dataset = dataset_of(correlated_codes(0.6))
    found = evaluate(method, dataset, evaluation_subset(dataset, 0), step=7)
    assert (found.step, found.images) == (7, 2000)
    expected = np.array([[1, 0.6, 0], [0.6, 1, 0], [0, 0, 1]])
    # Grey values are rounded to 1/255.
    np.testing.assert_allclose(found.correlation, expected, atol=0.02)
    assert found.total_correlation == pytest.approx(-0.5 * math.log(1 - 0.36), abs=0.01)
    assert sum(batches) == 2000
    assert max(batches) <= 250


def test_that_a_code_that_never_moves_counts_as_independent(
    make_tcgan: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    method = make_tcgan(THREE)
    reading(monkeypatch, method)
    codes = correlated_codes(0.6)
    codes[:, 0] = 0.5
    dataset = dataset_of(codes)
    found = evaluate(method, dataset, evaluation_subset(dataset, 0), step=0)
    np.testing.assert_allclose(found.correlation[0], [1, 0, 0], atol=1e-9)
    assert 0 <= found.total_correlation < 0.01


def test_that_categorical_codes_are_left_out_of_the_total_correlation(
    make_tcgan: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = {"method.latent.categorical_codes": [4], "method.latent.continuous_codes": 2}
    method = make_tcgan(settings)
    reading(monkeypatch, method)
    # Column 0, the category, copies column 1.
    codes = correlated_codes(0.0)[:, [1, 1, 2]]
    dataset = dataset_of(codes)
    found = evaluate(method, dataset, evaluation_subset(dataset, 0), step=0)
    assert found.correlation.shape == (2, 2)
    assert found.total_correlation < 0.01


@pytest.mark.parametrize(("images", "expected"), [(40, 40), (2000, 2000), (5000, 2000)])
def test_that_a_run_is_evaluated_on_at_most_two_thousand_different_images(
    images: int, expected: int
) -> None:
    dataset = dataset_of(torch.zeros(images, 1))
    index = evaluation_subset(dataset, 0)
    assert len(index) == len(set(index.tolist())) == expected
    assert 0 <= int(index.min()) <= int(index.max()) < images


def test_that_a_run_is_always_evaluated_on_the_same_images() -> None:
    dataset = dataset_of(torch.zeros(5000, 1))
    assert torch.equal(evaluation_subset(dataset, 3), evaluation_subset(dataset, 3))
    assert not torch.equal(evaluation_subset(dataset, 3), evaluation_subset(dataset, 4))


def test_that_images_are_represented_in_the_order_of_the_index(
    make_tcgan: Make, toy: Dataset
) -> None:
    method = make_tcgan()
    index = torch.tensor([7, 3, 31])
    codes = represent_dataset(method, toy, index)
    assert codes.shape == (3, 5)
    assert codes.dtype == np.float32
    for row, i in zip(codes, index, strict=True):
        alone = method.represent(toy.batch(i[None]))[0].numpy()
        np.testing.assert_allclose(row, alone, atol=1e-5)


def with_factors(dataset: Dataset, factors: Tensor, *names: str) -> Dataset:
    """The data set with known factors (N, F)."""
    return replace(dataset, factors=factors.numpy().astype(np.float64), factor_names=names)


def test_that_known_factors_are_scored_and_named(
    make_tcgan: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    method = make_tcgan(THREE)
    reading(monkeypatch, method)
    codes = correlated_codes(0.0)
    dataset = with_factors(dataset_of(codes), codes[:, [1, 0]], "x", "y")
    found = evaluate(method, dataset, evaluation_subset(dataset, 0), step=7)
    assert found.factor_names == ("x", "y")
    assert found.matching is not None
    assert (found.matching.step, found.matching.images) == (7, 2000)
    follows = found.matching.follows
    assert {code: factor for code, (factor, _) in follows.items()} == {"c1": "y", "c2": "x"}
    assert min(share for _, share in follows.values()) > 0.9
    assert found.mutual_information is not None
    assert found.mutual_information.shape == (3, 2)
    assert found.mutual_information.argmax(0).tolist() == [1, 0]
    assert set(found.scores) == set(LIVE)
    assert found.scores["sap"] > 0.99
    assert found.scores["total_correlation"] == found.total_correlation


def test_that_factors_belong_to_the_images_of_the_index(
    make_tcgan: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    method = make_tcgan(THREE)
    reading(monkeypatch, method)
    codes = correlated_codes(0.0)
    dataset = with_factors(dataset_of(codes), codes[:, :1], "x")
    some = evaluate(method, dataset, torch.arange(1999, 999, -1), step=0)
    assert some.images == 1000
    assert some.scores["sap"] > 0.99


@pytest.mark.parametrize("factors", [None, torch.full((2000, 2), 3.0)])
def test_that_without_factors_that_vary_there_is_what_needs_none(
    make_tcgan: Make, monkeypatch: pytest.MonkeyPatch, factors: Tensor | None
) -> None:
    method = make_tcgan(THREE)
    reading(monkeypatch, method)
    dataset = dataset_of(correlated_codes(0.6))
    if factors is not None:
        dataset = with_factors(dataset, factors, "x", "y")
    found = evaluate(method, dataset, evaluation_subset(dataset, 0), step=0)
    assert set(found.scores) == {"total_correlation", "total_correlation_knn", "active_codes"}
    assert (found.factor_names, found.mutual_information, found.matching) == ((), None, None)


def test_that_codes_that_are_not_finite_are_refused(
    make_tcgan: Make, toy: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    method = make_tcgan()
    monkeypatch.setattr(method, "represent", lambda images: torch.full((len(images), 5), torch.nan))
    with pytest.raises(MetricError, match="The codes hold NaN"):
        evaluate(method, toy, torch.arange(8), step=0)


def test_that_live_and_full_rows_have_the_same_columns(make_tcgan: Make, toy: Dataset) -> None:
    method, index = make_tcgan(), torch.arange(40)
    known = with_factors(toy, torch.arange(40)[:, None] % 4, "x")
    codes = represent_dataset(method, known, index)
    full = as_event(
        score_codes(method.spec, known_factors(known, index), codes), method.spec, known, 3, "full"
    )
    live = evaluate(method, toy, index, step=3)
    rows = [score_row(live, method.spec), score_row(full, method.spec)]
    assert list(rows[0]) == list(rows[1])
    assert [row["protocol"] for row in rows] == ["live", "full"]
    assert (rows[0]["z_diff"], rows[0]["total_correlation"]) == ("", rows[1]["total_correlation"])
    assert "" not in rows[1].values()


def test_that_an_evaluation_leaves_the_method_as_it_was(make_tcgan: Make, toy: Dataset) -> None:
    method = make_tcgan(full_bank=True)
    method.train_step(toy.batch(torch.arange(8)))
    before = {name: tensor.clone() for name, tensor in method.state().items()}
    evaluate(method, toy, torch.arange(40), step=1)
    torch.testing.assert_close(method.state(), before, rtol=0, atol=0)


def test_that_a_full_evaluation_in_slices_gives_what_scoring_at_one_go_gives(
    make_tcgan: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    method = make_tcgan(THREE)
    reading(monkeypatch, method)
    codes = correlated_codes(0.3)
    dataset = with_factors(dataset_of(codes), codes[:, [1, 0]].mul(8).round(), "x", "y")
    evaluation = FullEvaluation(method, dataset, seed=1, step=9, count=600)
    assert len(list(evaluation.slices())) > 600 // 250 + len(evaluation.report.scores)
    index = evaluation_subset(dataset, 1, 600)
    np.testing.assert_array_equal(evaluation.codes, represent_dataset(method, dataset, index))
    at_one_go = score_codes(method.spec, known_factors(dataset, index), evaluation.codes)
    assert evaluation.report.values() == at_one_go.values()
    assert (evaluation.event.step, evaluation.event.images) == (9, 600)
    assert evaluation.event.mode == "full"
    assert evaluation.event.scores == at_one_go.values()


def test_that_what_a_code_follows_has_one_number_whatever_the_mode(
    make_tcgan: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    method = make_tcgan(THREE)
    reading(monkeypatch, method)
    codes = correlated_codes(0.5, 3000)
    dataset = with_factors(dataset_of(codes), codes[:, :2].mul(8).round(), "x", "y")
    index = evaluation_subset(dataset, 1)
    live = evaluate(method, dataset, index, step=9)
    full = FullEvaluation(method, dataset, seed=1, step=9)
    full.complete()
    assert (live.images, full.event.images) == (2000, 3000)
    assert live.matching is not None
    assert full.event.matching == live.matching
    assert full.report.matched_rows == live.matching.images == 2000


def test_that_factors_which_only_later_rows_show_are_followed_by_no_code() -> None:
    codes, factors = np.arange(40.0)[:, None] % 7, np.repeat([0.0, 1.0], 20)[:, None]
    found = report(factors, codes, (), matched_rows=20)
    assert found.mutual_information is not None
    assert (found.dominant_factors, found.matched_rows) == ((None,), 20)
