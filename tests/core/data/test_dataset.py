import time
from statistics import median

import numpy as np
import torch

from core.data.dataset import Dataset
from core.data.images import ByteImages, PackedImages


def test_that_a_grey_data_set_of_three_channels_repeats_its_one_channel() -> None:
    values = torch.arange(2 * 64, dtype=torch.uint8).reshape(2, 1, 8, 8)
    batch = Dataset("toy", ByteImages(values), (3, 8, 8)).batch(torch.tensor([1]))
    assert batch.shape == (1, 3, 8, 8)
    assert batch.is_contiguous()
    torch.testing.assert_close(batch[:, 2], batch[:, 0])


def test_that_its_length_is_the_number_of_images() -> None:
    images = ByteImages(torch.zeros(5, 1, 8, 8, dtype=torch.uint8))
    assert len(Dataset("toy", images, (1, 8, 8))) == 5


def test_that_moving_it_keeps_names_and_factors() -> None:
    images = ByteImages(torch.zeros(2, 1, 8, 8, dtype=torch.uint8))
    factors = np.array([[1.0], [2.0]])
    dataset = Dataset("toy", images, (1, 8, 8), factors, ("size",), ("a.png was left out.",))
    moved = dataset.to(torch.device("meta"))
    assert moved.batch(torch.zeros(1, dtype=torch.int64, device="meta")).is_meta
    assert moved.factors is factors
    assert (moved.name, moved.factor_names, moved.skipped) == (
        "toy",
        ("size",),
        ("a.png was left out.",),
    )


def test_that_a_batch_takes_little_longer_than_copying_its_pixels() -> None:
    shape = (1, 64, 64)
    bits = PackedImages(torch.randint(256, (4096, 512), dtype=torch.uint8), shape)
    values = ByteImages(torch.randint(256, (4096, *shape), dtype=torch.uint8))
    indices = torch.randperm(4096).reshape(64, 64)
    pixels = torch.rand(4096, *shape)
    for images in (bits, values):
        dataset = Dataset("toy", images, shape)
        seconds, copying = [], []
        for index in indices:
            start = time.perf_counter()
            dataset.batch(index)
            between = time.perf_counter()
            pixels[index] * 0.5
            seconds.append(between - start)
            copying.append(time.perf_counter() - between)
        assert median(seconds) <= 4 * median(copying)
