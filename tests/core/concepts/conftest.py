"""What the tests of concepts share: work to its end, and a data set with known factors."""

from collections.abc import Callable, Generator
from typing import Any

import numpy as np
import pytest
import torch

from core.data.dataset import Dataset
from core.data.images import ByteImages


@pytest.fixture
def done() -> Callable[[Generator[None, None, Any]], Any]:
    """What a generator returns."""

    def done(work: Generator[None, None, Any]) -> Any:
        while True:
            try:
                next(work)
            except StopIteration as stop:
                return stop.value

    return done


@pytest.fixture
def flags() -> Dataset:
    """300 black images whose factors are size, in [0, 1], shape, 1 to 3, and tall, 0 or 1."""
    draw = np.random.default_rng(0)
    factors = np.stack(
        [draw.random(300), draw.integers(1, 4, 300), draw.integers(0, 2, 300)], axis=1
    )
    images = ByteImages(torch.zeros(300, 1, 4, 4, dtype=torch.uint8))
    names = tuple(f"set/{i:03}.png" for i in range(300))
    return Dataset("flags", images, (1, 4, 4), factors, ("size", "shape", "tall"), file_names=names)
