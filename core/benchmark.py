"""How fast this machine trains, measured against the matrix products it can do."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch.utils.flop_counter import FlopCounterMode

from core.checkpoint import arithmetic
from core.config import RunConfig
from core.data.dataset import Dataset
from core.devices import choose_precision, peak_memory
from core.methods import make_method
from core.randomness import Randomness

# The constraint's bank of 512 codes must be full before a step costs what it will cost.
WARM_UP_STEPS = 20
ROUNDS = 5
STEPS_A_ROUND = 12
_GEMM_SIDE = 2048


@dataclass(frozen=True)
class Benchmark:
    """Figures of one run on one machine; times in milliseconds.

    Attributes:
        gflop_per_step: by torch's FLOP counter.
        gemm_gflops: best rate of a square matrix product in the same dtype, GFLOP/s.
        ideal_ms: T, what a step would take at that rate.
        ratio: step_ms / T.
        draw_ms: to draw one batch of images.
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
    peak_memory: int


def measure(config: RunConfig, dataset: Dataset, device: torch.device) -> Benchmark:
    """Train a little and time it; steps and matrix products take turns, so both see one machine."""
    dtype = choose_precision(config.precision, device)
    dataset = dataset.to(device)
    method = make_method(config, Randomness(config.seed, device), device, dtype)
    index = torch.arange(config.batch_size, device=device) % len(dataset)
    images = dataset.batch(index)
    bank = config.method.independence.bank_size
    for _ in range(max(WARM_UP_STEPS, bank // config.batch_size + 1)):
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
        peak_memory=peak_memory(device),
    )


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
