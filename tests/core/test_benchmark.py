from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from core import benchmark
from core.benchmark import measure, step_times
from core.config import RunConfig, changed
from core.data.dataset import Dataset
from core.methods.base import Method

CPU = torch.device("cpu")


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few steps of each kind, small matrices and few rows to score."""
    monkeypatch.setattr(benchmark, "WARM_UP_STEPS", 1)
    monkeypatch.setattr(benchmark, "ROUNDS", 2)
    monkeypatch.setattr(benchmark, "STEPS_A_ROUND", 3)
    monkeypatch.setattr(benchmark, "_GEMM_SIDE", 256)
    monkeypatch.setattr(benchmark, "SCORED_ROWS", 300)
    monkeypatch.setattr(benchmark, "SCORINGS", 1)


@pytest.mark.usefixtures("quick")
def test_that_the_figures_add_up(tiny_config: Callable[..., RunConfig], toy: Dataset) -> None:
    found = measure(tiny_config(), toy, CPU)
    assert found.batch_size == 8
    assert 0 < found.step_ms_p10 <= found.step_ms
    assert found.images_per_s * found.step_ms == pytest.approx(8 * 1000)
    assert found.ideal_ms * found.gemm_gflops == pytest.approx(found.gflop_per_step * 1000)
    assert found.ratio == pytest.approx(found.step_ms / found.ideal_ms)
    assert 0 < found.draw_ms < found.step_ms
    assert 0 < found.six_s < found.eight_s
    steps = tiny_config().evaluate_every
    assert found.live_share * steps * found.step_ms == pytest.approx(1000 * found.live_s)
    assert found.peak_memory > 2**20
    assert (found.arithmetic["device"], found.arithmetic["dtype"]) == ("cpu", "float32")
    assert found.arithmetic["threads"] == 1


@pytest.mark.usefixtures("quick")
def test_that_operations_are_counted_for_a_step_of_the_config_alone(
    tiny_config: Callable[..., RunConfig], toy: Dataset, make_tcgan: Callable[..., Method]
) -> None:
    method = make_tcgan(full_bank=True)
    small, large = (measure(tiny_config({"batch_size": size}), toy, CPU) for size in (4, 8))
    # Spectral normalisation costs the same whatever the batch.
    assert large.gflop_per_step == pytest.approx(2 * small.gflop_per_step, rel=0.05)
    assert large.gflop_per_step == pytest.approx(gflop_of_a_step(method, 8, 32), rel=1e-6)


@pytest.mark.usefixtures("quick")
def test_that_small_batches_are_measured_with_the_constraint_at_work(
    tiny_config: Callable[..., RunConfig], toy: Dataset, make_tcgan: Callable[..., Method]
) -> None:
    settings = {"method.independence.estimator": "density_ratio"}
    found = measure(tiny_config(settings), toy, CPU)
    expected = gflop_of_a_step(make_tcgan(settings, full_bank=True), 8, 32)
    assert found.gflop_per_step == pytest.approx(expected, rel=1e-6)


@pytest.mark.usefixtures("quick")
def test_that_a_data_set_smaller_than_the_batch_can_be_measured(
    tiny_config: Callable[..., RunConfig], toy: Dataset
) -> None:
    assert measure(tiny_config({"batch_size": 64}), toy, CPU).batch_size == 64


def gflop_of_a_step(method: Method, batch: int, size: int) -> float:
    with FlopCounterMode(display=False) as counter:
        method.train_step(torch.rand(batch, 1, size, size))
    return float(counter.get_total_flops()) / 1e9


@pytest.mark.parametrize(
    ("estimator", "most"),
    [
        ("density_ratio", 22.5),
        ("gaussian", 16.3),
        ("minibatch_weighted", 16.3),
        ("minibatch_stratified", 16.3),
    ],
)
def test_that_a_step_of_64_images_of_64_pixels_stays_within_its_budget(
    make_tcgan: Callable[..., Method], estimator: str, most: float
) -> None:
    settings: dict[str, Any] = {
        "method.independence.estimator": estimator,
        "data.image_size": 64,
        "batch_size": 64,
    }
    method = make_tcgan(settings, full_bank=True)
    # Less than half of the budget would mean that something was not counted.
    assert most / 2 < gflop_of_a_step(method, 64, 64) <= most


@pytest.mark.usefixtures("quick")
def test_that_methods_take_turns_and_each_gets_its_median(
    tiny_config: Callable[..., RunConfig], toy: Dataset
) -> None:
    configs = {kind: changed(tiny_config(), {"method.kind": kind}) for kind in ("vae", "infogan")}
    found = step_times(configs, toy, CPU)
    assert list(found) == ["vae", "infogan"]
    assert 0 < found["vae"] < found["infogan"]
