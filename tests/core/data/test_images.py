import numpy as np
import pytest
import torch

from core.data.images import ByteImages, PackedImages


@pytest.fixture
def pixels() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 2, (10, 3, 8, 8), dtype=np.uint8)


def _packed(pixels: np.ndarray) -> PackedImages:
    bits = np.packbits(pixels.reshape(len(pixels), -1), axis=1)
    return PackedImages(torch.from_numpy(bits), pixels.shape[1:])


def test_that_a_batch_of_bits_equals_the_pixels_that_were_packed(pixels: np.ndarray) -> None:
    batch = _packed(pixels).batch(torch.tensor([7, 0, 7]))
    assert batch.dtype == torch.float32
    np.testing.assert_array_equal(batch.numpy(), pixels[[7, 0, 7]])


def test_that_a_batch_of_bytes_runs_from_exactly_0_to_exactly_1() -> None:
    values = torch.arange(256, dtype=torch.uint8).reshape(4, 1, 8, 8)
    batch = ByteImages(values).batch(torch.arange(4))
    assert batch.shape == (4, 1, 8, 8)
    assert batch.min() == 0
    assert batch.max() == 1
    torch.testing.assert_close(batch.flatten(), torch.arange(256) / 255)


def test_that_changing_a_batch_leaves_the_images_as_they_were(pixels: np.ndarray) -> None:
    for images in (_packed(pixels), ByteImages(torch.from_numpy(pixels))):
        first = images.batch(torch.tensor([1]))
        before = first.clone()
        first.zero_()
        torch.testing.assert_close(images.batch(torch.tensor([1])), before)


def test_that_all_that_a_batch_needs_moves_to_the_device(pixels: np.ndarray) -> None:
    meta = torch.device("meta")
    for images in (_packed(pixels), ByteImages(torch.from_numpy(pixels))):
        batch = images.to(meta).batch(torch.zeros(4, dtype=torch.int64, device=meta))
        assert batch.device == meta
        assert batch.shape == (4, 3, 8, 8)
