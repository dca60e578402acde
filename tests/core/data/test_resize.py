import tracemalloc

import numpy as np
import pytest

from core.data.resize import resize, with_channels


def test_that_shrinking_by_a_whole_number_averages_blocks() -> None:
    images = np.random.default_rng(0).integers(0, 256, (3, 64, 64, 1), dtype=np.uint8)
    means = images.reshape(3, 32, 2, 32, 2, 1).mean(axis=(2, 4))
    np.testing.assert_array_equal(resize(images, 32, "crop"), np.floor(means + 0.5))


def test_that_blocks_do_not_mix_images_or_colours() -> None:
    images = np.zeros((2, 56, 56, 3), dtype=np.uint8)
    images[0, ..., 1] = 255
    shrunk = resize(images, 28, "crop")
    assert shrunk[0, ..., 1].min() == 255
    assert shrunk[0, ..., [0, 2]].max() == 0
    assert shrunk[1].max() == 0


@pytest.mark.parametrize("size", [28, 32, 64])
@pytest.mark.parametrize("channels", [1, 3])
def test_that_other_sizes_keep_a_constant_image_constant(size: int, channels: int) -> None:
    images = np.full((2, 45, 45, channels), 77, dtype=np.uint8)
    resized = resize(images, size, "crop")
    assert resized.shape == (2, size, size, channels)
    np.testing.assert_array_equal(resized, 77)


def test_that_crop_keeps_the_middle() -> None:
    images = np.zeros((1, 32, 64, 1), dtype=np.uint8)
    images[:, :, 16:48] = 200
    np.testing.assert_array_equal(resize(images, 32, "crop"), 200)


def test_that_pad_adds_black_on_both_sides() -> None:
    padded = resize(np.full((1, 32, 16, 1), 200, dtype=np.uint8), 32, "pad")
    assert padded.shape == (1, 32, 32, 1)
    np.testing.assert_array_equal(padded[0, :, 8:24], 200)
    assert padded[0, :, :8].max() == padded[0, :, 24:].max() == 0


def test_that_many_threads_are_padded_a_few_at_a_time() -> None:
    threads = np.full((16, 4096, 1, 1), 200, dtype=np.uint8)
    tracemalloc.start()
    padded = resize(threads, 64, "pad")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert padded.shape == (16, 64, 64, 1)
    assert padded[..., 31:33, :].any()
    assert peak < 3 * 4096 * 4096


def test_that_stretch_keeps_everything() -> None:
    images = np.zeros((1, 32, 64, 1), dtype=np.uint8)
    images[:, :, :32] = 200
    stretched = resize(images, 32, "stretch")
    np.testing.assert_array_equal(stretched[0, :, :16], 200)
    assert stretched[0, :, 16:].max() == 0


def test_that_grey_becomes_rgb_and_comes_back() -> None:
    grey = np.arange(256, dtype=np.uint8).reshape(1, 16, 16, 1)
    rgb = with_channels(grey, 3)
    assert rgb.shape == (1, 16, 16, 3)
    np.testing.assert_array_equal(with_channels(rgb, 1), grey)


def test_that_green_is_brighter_than_red_and_red_than_blue() -> None:
    colours = 255 * np.eye(3, dtype=np.uint8).reshape(1, 1, 3, 3)
    assert with_channels(colours, 1).flatten().tolist() == [76, 150, 29]
