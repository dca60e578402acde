from collections.abc import Iterator

import numpy as np
import pytest
import torch

from core.config.data import DataConfig
from core.data.conform import conform, conform_image
from core.data.errors import DataError
from core.data.images import ByteImages, PackedImages
from core.data.raw import RawDataset, Values

RNG = np.random.default_rng(0)


def _raw(images: np.ndarray, values: Values) -> RawDataset:
    def chunks() -> Iterator[np.ndarray]:
        return iter(np.array_split(images, 3))

    count, height, width, channels = images.shape
    return RawDataset("toy", "test", count, height, width, channels, values, chunks)


def _config(size: int, channels: int) -> DataConfig:
    return DataConfig.model_validate({"image_size": size, "channels": channels})


def test_that_grey_images_keep_one_channel_in_memory_also_for_rgb() -> None:
    images = RNG.integers(0, 256, (7, 32, 32, 1), dtype=np.uint8)
    dataset = conform(_raw(images, "0 to 255"), _config(32, 3))
    assert isinstance(dataset.images, ByteImages)
    assert dataset.images.values.shape == (7, 1, 32, 32)
    assert dataset.batch(torch.arange(7)).shape == (7, 3, 32, 32)


def test_that_bits_in_three_colours_stay_bits_and_keep_their_order() -> None:
    images = RNG.integers(0, 2, (7, 32, 32, 3), dtype=np.uint8)
    dataset = conform(_raw(images, "0 or 1"), _config(32, 3))
    assert isinstance(dataset.images, PackedImages)
    batch = dataset.batch(torch.arange(7)).permute(0, 2, 3, 1)
    np.testing.assert_array_equal(batch.numpy(), images)


def test_that_colours_become_grey_where_one_channel_is_asked_for() -> None:
    images = np.tile(np.array([255, 0, 0], dtype=np.uint8), (7, 32, 32, 1))
    batch = conform(_raw(images, "0 to 255"), _config(32, 1)).batch(torch.arange(7))
    torch.testing.assert_close(batch, torch.full((7, 1, 32, 32), 76 / 255))


def test_that_progress_is_told_with_every_chunk() -> None:
    told: list[tuple[int, int]] = []
    cases: list[tuple[Values, int]] = [("0 to 255", 32), ("0 or 1", 32), ("0 or 1", 64)]
    for values, size in cases:
        raw = _raw(np.zeros((7, 32, 32, 1), dtype=np.uint8), values)
        conform(raw, _config(size, 1), lambda done, total: told.append((done, total)))
    assert told == [(3, 7), (5, 7), (7, 7)] * 3


@pytest.mark.parametrize(("channels", "wanted"), [(1, 1), (3, 1), (1, 3), (3, 3)])
@pytest.mark.parametrize("side", [28, 32, 64, 75])
def test_that_one_image_is_conformed_as_a_data_set_is(
    channels: int, wanted: int, side: int
) -> None:
    images = RNG.integers(0, 256, (3, side, side, channels), dtype=np.uint8)
    config = _config(32, wanted)
    expected = conform(_raw(images, "0 to 255"), config).batch(torch.tensor([1]))[0]
    torch.testing.assert_close(conform_image(images[1], config), expected, rtol=0, atol=0)


@pytest.mark.parametrize(
    "image",
    [
        np.zeros((8, 8), np.uint8),
        np.zeros((8, 8, 4), np.uint8),
        np.zeros((0, 8, 1), np.uint8),
        np.zeros((8, 8, 1), np.float32),
    ],
)
def test_that_an_array_that_is_no_image_is_refused(image: np.ndarray) -> None:
    with pytest.raises(DataError, match="is no image: give height, width and 1 or 3 channels"):
        conform_image(image, _config(32, 1))


def test_that_a_thread_of_an_image_is_refused_where_it_would_be_padded() -> None:
    config = DataConfig(image_size=32, fit="pad")
    with pytest.raises(DataError, match="padded to a square, 200,000 x 200,000 pixels"):
        conform_image(np.zeros((1, 200_000, 1), np.uint8), config)
