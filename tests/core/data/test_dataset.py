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


def test_that_a_batch_of_64_takes_at_most_3_ms() -> None:
    shape = (1, 64, 64)
    bits = PackedImages(torch.randint(256, (4096, 512), dtype=torch.uint8), shape)
    values = ByteImages(torch.randint(256, (4096, *shape), dtype=torch.uint8))
    indices = torch.randperm(4096).reshape(64, 64)
    for images in (bits, values):
        dataset = Dataset("toy", images, shape)
        seconds = []
        for index in indices:
            start = time.perf_counter()
            dataset.batch(index)
            seconds.append(time.perf_counter() - start)
        assert median(seconds) <= 0.003
