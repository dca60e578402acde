"""A training under chosen conditions, timed: the process that `icdrl_gui.contention` measures.

    python -m core.training.contended PRESET NICE THREADS SECONDS

Prints "ready" once it trains, then its steps per second. Threads that wait do as the environment
says (OMP_WAIT_POLICY).
"""

import os
import sys
import time

import torch

from core.config import RunConfig
from core.data.catalogue import load_dataset
from core.devices import choose_precision, prepare_arithmetic
from core.methods import make_method
from core.presets import load_preset
from core.randomness import Randomness

_WARM_UP_STEPS = 5


def _steps_per_s(config: RunConfig, seconds: float) -> float:
    device = torch.device("cpu")
    images = load_dataset(config.data).batch(torch.arange(config.batch_size))
    dtype = choose_precision(config.precision, device)
    method = make_method(config, Randomness(config.seed, device), device, dtype)
    for _ in range(_WARM_UP_STEPS):
        method.train_step(images)
    print("ready", flush=True)
    steps, began = 0, time.perf_counter()
    while time.perf_counter() - began < seconds:
        method.train_step(images)
        steps += 1
    return steps / (time.perf_counter() - began)


if __name__ == "__main__":
    preset, nice, threads, length = sys.argv[1], *map(int, sys.argv[2:4]), float(sys.argv[4])
    os.nice(nice)  # Before there is a second thread: each keeps what it began with.
    prepare_arithmetic(threads)
    print(_steps_per_s(load_preset(preset).config, length))
