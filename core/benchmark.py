"""How fast this machine trains and scores; steps are measured against its matrix products."""

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.utils.flop_counter import FlopCounterMode

from core.config import RunConfig
from core.data.dataset import Dataset
from core.devices import choose_precision, peak_memory
from core.evaluation import evaluate, evaluation_subset
from core.methods import make_method
from core.metrics.report import report
from core.randomness import Randomness
from core.runs.checkpoint import arithmetic

WARM_UP_STEPS = 20
ROUNDS = 5
STEPS_A_ROUND = 12
_GEMM_SIDE = 2048

# What the scores are timed on; information is part of every report.
SCORED_ROWS = 20_000
SCORINGS = 3
_SIX = ("exp", "jemmig", "mod", "sap", "mig")
_EIGHT = (*_SIX, "z_diff", "factor_vae")


@dataclass(frozen=True)
class Benchmark:
    """Figures of one run on one machine; times in milliseconds.

    Attributes:
        gflop_per_step: by torch's FLOP counter.
        gemm_gflops: best rate of a square matrix product in the same dtype, GFLOP/s.
        ideal_ms: T, what a step would take at that rate.
        ratio: step_ms / T.
        draw_ms: to draw one batch of images.
        six_s: seconds for EXP, JEMMIG, MOD, SAP, MIG and the mutual information of five codes and
            five factors of 20,000 images; eight_s: with Z-diff and the FactorVAE score.
        live_s: seconds for an evaluation while training.
        live_share: of the time of the steps between two of them.
        peak_memory: bytes.
    """

    arithmetic: dict[str, Any]
    batch_size: int
    step_ms: float
    step_ms_p10: float
    images_per_s: float
    gflop_per_step: float
    gemm_gflops: float
    ideal_ms: float
    ratio: float
    draw_ms: float
    six_s: float
    eight_s: float
    live_s: float
    live_share: float
    peak_memory: int


def measure(config: RunConfig, dataset: Dataset, device: torch.device) -> Benchmark:
    """Train and score a little, and time it; steps and matrix products take turns, to be fair."""
    dtype = choose_precision(config.precision, device)
    dataset = dataset.to(device)
    method = make_method(config, Randomness(config.seed, device), device, dtype, len(dataset))
    index = torch.arange(config.batch_size, device=device) % len(dataset)
    images = dataset.batch(index)
    for _ in range(_warm_up_steps(config)):
        method.train_step(images)
    with FlopCounterMode(display=False) as counter:
        method.train_step(images)
    gflop = counter.get_total_flops() / 1e9

    matrix = torch.randn(_GEMM_SIDE, _GEMM_SIDE, device=device).to(dtype)
    steps, products, draws = [], [], []
    for _ in range(ROUNDS):
        steps += _times(lambda: method.train_step(images), STEPS_A_ROUND, device)
        products += _times(lambda: matrix @ matrix, 4, device)
        draws += _times(lambda: dataset.batch(index), 20, device)
    gemm_gflops = 2 * _GEMM_SIDE**3 / 1e6 / min(products)
    memory = peak_memory(device)  # Of the training alone.
    evaluated = evaluation_subset(dataset, config.seed).to(device)
    live_s = _scoring_seconds(lambda: evaluate(method, dataset, evaluated, 0))
    factors, codes = _scored_pair()
    step_ms = statistics.median(steps)
    ideal_ms = gflop / gemm_gflops * 1e3
    return Benchmark(
        arithmetic=arithmetic(device, dtype),
        batch_size=config.batch_size,
        step_ms=step_ms,
        step_ms_p10=statistics.quantiles(steps, n=10)[0],
        images_per_s=config.batch_size / step_ms * 1e3,
        gflop_per_step=gflop,
        gemm_gflops=gemm_gflops,
        ideal_ms=ideal_ms,
        ratio=step_ms / ideal_ms,
        draw_ms=statistics.median(draws),
        six_s=_scoring_seconds(lambda: report(factors, codes, _SIX)),
        eight_s=_scoring_seconds(lambda: report(factors, codes, _EIGHT)),
        live_s=live_s,
        live_share=live_s / (config.evaluate_every * step_ms / 1e3),
        peak_memory=memory,
    )


def step_times(
    configs: Mapping[str, RunConfig], dataset: Dataset, device: torch.device
) -> dict[str, float]:
    """Name -> median milliseconds of a step; the configs take turns, to be fair.

    They share the data and the batch size of the first.
    """
    dataset = dataset.to(device)
    batch_size = next(iter(configs.values())).batch_size
    images = dataset.batch(torch.arange(batch_size, device=device) % len(dataset))
    methods = {}
    for name, config in configs.items():
        randomness = Randomness(config.seed, device)
        dtype = choose_precision(config.precision, device)
        methods[name] = make_method(config, randomness, device, dtype, len(dataset))
        for _ in range(_warm_up_steps(config)):
            methods[name].train_step(images)
    times: dict[str, list[float]] = {name: [] for name in configs}
    for _ in range(ROUNDS):
        for name, method in methods.items():
            times[name] += _times(partial(method.train_step, images), STEPS_A_ROUND, device)
    return {name: statistics.median(taken) for name, taken in times.items()}


def _warm_up_steps(config: RunConfig) -> int:
    return max(WARM_UP_STEPS, config.method.warm_up_images // config.batch_size + 1)


def _scored_pair() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Factors (N, 5) with the values of dSprites, and codes (N, 5) that hold each and some more."""
    generator = np.random.default_rng(0)
    levels = (3, 6, 40, 32, 32)
    columns = [generator.integers(count, size=SCORED_ROWS) / count for count in levels]
    factors = np.stack(columns, axis=1)
    mixing = np.eye(5) + 0.2 * generator.standard_normal((5, 5))
    return factors, factors @ mixing + 0.1 * generator.standard_normal(factors.shape)


def _scoring_seconds(work: Callable[[], object]) -> float:
    """The median of a few calls; the first imports what it needs and does not count."""
    work()
    return statistics.median(_times(work, SCORINGS, torch.device("cpu"))) / 1e3


def _times(work: Callable[[], object], count: int, device: torch.device) -> list[float]:
    """Milliseconds of each of `count` calls."""
    times = []
    for _ in range(count):
        began = time.perf_counter()
        work()
        if device.type == "cuda":
            torch.cuda.synchronize(device)
        times.append((time.perf_counter() - began) * 1e3)
    return times
