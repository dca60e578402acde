import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import psutil
import pytest
import torch

from core.data.dataset import Dataset
from core.data.images import PackedImages

RNG = np.random.default_rng(0)
GREY = RNG.integers(0, 256, (6, 28, 28), dtype=np.uint8)
RGB = RNG.integers(0, 256, (6, 28, 28, 3), dtype=np.uint8)


def _all(dataset: Dataset) -> np.ndarray:
    return dataset.batch(torch.arange(len(dataset))).numpy()


def test_that_every_layout_of_an_array_gives_the_same_batches(
    tmp_path: Path, load: Callable[..., Dataset]
) -> None:
    layouts = {"hw": GREY, "hwc": GREY[..., None], "chw": GREY[:, None]}
    for name, images in layouts.items():
        np.save(tmp_path / f"{name}.npy", images)
        dataset = load(tmp_path / f"{name}.npy", image_size=28)
        assert dataset.shape == (1, 28, 28)
        np.testing.assert_allclose(_all(dataset)[:, 0], GREY / 255, atol=1e-6)


def test_that_colours_keep_their_order_in_both_layouts(
    tmp_path: Path, load: Callable[..., Dataset]
) -> None:
    np.save(tmp_path / "hwc.npy", RGB)
    np.save(tmp_path / "chw.npy", RGB.transpose(0, 3, 1, 2))
    for name in ("hwc", "chw"):
        batch = _all(load(tmp_path / f"{name}.npy", image_size=28, channels=3))
        np.testing.assert_allclose(batch, RGB.transpose(0, 3, 1, 2) / 255, atol=1e-6)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, ">f4"])
def test_that_floats_are_kept_to_the_nearest_byte(
    tmp_path: Path, load: Callable[..., Dataset], dtype: str
) -> None:
    np.save(tmp_path / "a.npy", (GREY / 255).astype(dtype))
    batch = _all(load(tmp_path / "a.npy", image_size=28))
    np.testing.assert_allclose(batch[:, 0], GREY / 255, atol=1 / 255)


def test_that_images_of_0_and_1_become_black_and_white_bits(
    tmp_path: Path, load: Callable[..., Dataset]
) -> None:
    binary = GREY > 127
    for name, images in {"bool": binary, "uint8": binary.astype(np.uint8)}.items():
        np.save(tmp_path / f"{name}.npy", images)
        dataset = load(tmp_path / f"{name}.npy", image_size=28)
        assert isinstance(dataset.images, PackedImages)
        np.testing.assert_array_equal(_all(dataset)[:, 0], binary)


def test_that_images_of_0_and_1_stay_so_when_resized_and_half_covered_pixels_are_on(
    tmp_path: Path, load: Callable[..., Dataset]
) -> None:
    large = RNG.integers(0, 2, (6, 56, 56), dtype=np.uint8)
    np.save(tmp_path / "a.npy", large)
    dataset = load(tmp_path / "a.npy", image_size=28)
    assert isinstance(dataset.images, PackedImages)
    covered = large.reshape(6, 28, 2, 28, 2).mean((2, 4))
    assert (_all(dataset)[:, 0] == (covered >= 0.5)).all()


def test_that_factors_and_their_names_are_read(
    tmp_path: Path, load: Callable[..., Dataset]
) -> None:
    factors = RNG.random((6, 2))
    np.savez(tmp_path / "a.npz", images=GREY, factors=factors, factor_names=["hue", "size"])
    dataset = load(tmp_path / "a.npz")
    np.testing.assert_array_equal(dataset.factors, factors)
    assert dataset.factor_names == ("hue", "size")


def test_that_one_column_of_whole_numbers_is_a_factor_too(
    tmp_path: Path, load: Callable[..., Dataset]
) -> None:
    np.savez(tmp_path / "a.npz", images=GREY, factors=np.arange(6))
    dataset = load(tmp_path / "a.npz")
    np.testing.assert_array_equal(dataset.factors, [[0], [1], [2], [3], [4], [5]])
    assert dataset.factor_names == ("factor_1",)


def test_that_images_alone_have_no_factors(tmp_path: Path, load: Callable[..., Dataset]) -> None:
    np.savez_compressed(tmp_path / "a.npz", images=GREY)
    dataset = load(tmp_path / "a.npz")
    assert dataset.factors is None
    assert dataset.factor_names == ()


@pytest.mark.parametrize("shape", [(6,), (6, 28), (6, 28, 28, 2), (6, 2, 28, 28), (6, 0, 28)])
def test_that_a_wrong_shape_is_refused_in_one_sentence(
    tmp_path: Path, refused: Callable[..., str], shape: tuple[int, ...]
) -> None:
    np.save(tmp_path / "a.npy", np.zeros(shape, dtype=np.uint8))
    assert f"has shape {shape}" in refused(tmp_path / "a.npy")


@pytest.mark.parametrize("dtype", ["int64", "complex64", "<U3"])
def test_that_a_wrong_dtype_is_refused_in_one_sentence(
    tmp_path: Path, refused: Callable[..., str], dtype: str
) -> None:
    np.save(tmp_path / "a.npy", np.zeros((6, 28, 28), dtype=dtype))
    assert f"holds {dtype}; images must be bool, uint8" in refused(tmp_path / "a.npy")


@pytest.mark.parametrize(
    ("value", "said"), [(1.5, "0 to 1.5"), (-0.1, "-0.1 to 0"), (np.nan, "nan")]
)
def test_that_floats_outside_0_to_1_are_refused_in_one_sentence(
    tmp_path: Path, refused: Callable[..., str], value: float, said: str
) -> None:
    images = np.zeros((6, 28, 28), dtype=np.float32)
    images[3, 5, 7] = value
    np.save(tmp_path / "a.npy", images)
    assert said in refused(tmp_path / "a.npy")


def test_that_an_image_of_too_many_pixels_is_refused_before_it_is_read(
    tmp_path: Path, refused: Callable[..., str]
) -> None:
    np.save(tmp_path / "a.npy", GREY[:0])
    with (tmp_path / "a.npy").open("r+b") as file:
        np.lib.format.write_array_header_1_0(
            file, {"descr": "|u1", "fortran_order": False, "shape": (1, 51_000, 51_000)}
        )
        file.truncate(file.tell() + 51_000**2)
    tracemalloc.start()
    said = refused(tmp_path / "a.npy")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "51,000 x 51,000 pixels are too many, at most 60 million are read" in said
    assert peak < 1 << 20


def test_that_images_that_cannot_be_padded_are_refused_in_one_sentence(
    tmp_path: Path, refused: Callable[..., str]
) -> None:
    np.save(tmp_path / "a.npy", np.full((2, 1, 20_000), 200, np.uint8))
    assert "padded to a square, 20,000 x 20,000" in refused(tmp_path / "a.npy", fit="pad")


def test_that_more_images_than_fit_into_memory_are_refused_unread(
    tmp_path: Path, refused: Callable[..., str]
) -> None:
    count = psutil.virtual_memory().total // 64
    with (tmp_path / "a.npy").open("wb") as file:
        np.lib.format.write_array_header_1_0(
            file, {"descr": "|u1", "fortran_order": False, "shape": (count, 1, 1)}
        )
        file.truncate(file.tell() + count)
    assert "of memory, more than half of the" in refused(tmp_path / "a.npy")


def test_that_zero_images_are_refused_in_one_sentence(
    tmp_path: Path, refused: Callable[..., str]
) -> None:
    np.save(tmp_path / "a.npy", GREY[:0])
    assert "holds no images" in refused(tmp_path / "a.npy")


def test_that_factors_of_another_length_are_refused_in_one_sentence(
    tmp_path: Path, refused: Callable[..., str]
) -> None:
    np.savez(tmp_path / "a.npz", images=GREY, factors=np.zeros((5, 2)))
    assert "has 5 rows for 6 images" in refused(tmp_path / "a.npz")


@pytest.mark.parametrize("names", [["one"], [1, 2]], ids=["too few", "numbers"])
def test_that_names_that_do_not_fit_the_factors_are_refused_in_one_sentence(
    tmp_path: Path, refused: Callable[..., str], names: list[str]
) -> None:
    np.savez(tmp_path / "a.npz", images=GREY, factors=np.zeros((6, 2)), factor_names=names)
    assert "must hold 2 strings" in refused(tmp_path / "a.npz")


def test_that_pickled_objects_are_never_loaded(tmp_path: Path, refused: Callable[..., str]) -> None:
    objects = np.empty(6, dtype=object)
    np.save(tmp_path / "a.npy", objects, allow_pickle=True)
    np.savez(tmp_path / "b.npz", images=objects)
    np.savez(tmp_path / "c.npz", images=GREY, factors=objects)
    for name in ("a.npy", "b.npz", "c.npz"):
        assert "pickled Python objects" in refused(tmp_path / name)


def test_that_a_npz_without_images_names_what_it_holds(
    tmp_path: Path, refused: Callable[..., str]
) -> None:
    np.savez(tmp_path / "a.npz", pictures=GREY, labels=np.zeros(6))
    assert "no array 'images' but labels, pictures" in refused(tmp_path / "a.npz")


def test_that_a_corrupt_npz_is_refused_in_one_sentence(
    tmp_path: Path, refused: Callable[..., str]
) -> None:
    np.savez_compressed(tmp_path / "a.npz", images=GREY)
    sound = (tmp_path / "a.npz").read_bytes()
    for content in (b"", b"not a zip file", sound[: len(sound) // 2]):
        (tmp_path / "a.npz").write_bytes(content)
        assert "damaged or cut short" in refused(tmp_path / "a.npz")


def test_that_a_npy_cut_short_is_refused_in_one_sentence(
    tmp_path: Path, refused: Callable[..., str]
) -> None:
    np.save(tmp_path / "a.npy", GREY)
    sound = (tmp_path / "a.npy").read_bytes()
    for length in (0, 4, 50, len(sound) - 1):
        (tmp_path / "a.npy").write_bytes(sound[:length])
        assert "damaged or cut short" in refused(tmp_path / "a.npy")
