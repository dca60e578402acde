import gzip
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from core.data.dataset import Dataset
from core.data.errors import DataError

IMAGES = np.random.default_rng(0).integers(0, 256, (5, 28, 28), dtype=np.uint8)
LABELS = np.array([3, 1, 4, 1, 5], dtype=np.uint8)


def _idx(array: np.ndarray) -> bytes:
    header = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, dtype=">u4").tobytes()
    return header + array.tobytes()


@pytest.fixture
def images_file(tmp_path: Path) -> Path:
    path = tmp_path / "train-images-idx3-ubyte"
    path.write_bytes(_idx(IMAGES))
    return path


def test_that_the_real_mnist_test_set_is_read_with_its_labels(
    shared_data: Path, load: Callable[..., Dataset]
) -> None:
    dataset = load(shared_data / "mnist" / "t10k-images-idx3-ubyte.gz", image_size=28)
    assert len(dataset) == 10_000
    assert dataset.factor_names == ("label",)
    assert dataset.factors is not None
    assert dataset.factors[:5, 0].tolist() == [7, 2, 1, 0, 4]
    assert np.bincount(dataset.factors[:, 0].astype(int)).tolist()[:2] == [980, 1135]
    batch = dataset.batch(torch.arange(10_000))
    assert batch.mean().item() == pytest.approx(0.1325, abs=1e-4)


def test_that_pixels_are_read_in_order(images_file: Path, load: Callable[..., Dataset]) -> None:
    batch = load(images_file, image_size=28).batch(torch.arange(5))
    np.testing.assert_allclose(batch[:, 0].numpy(), IMAGES / 255, atol=1e-6)


def test_that_images_without_labels_have_no_factors(
    images_file: Path, load: Callable[..., Dataset]
) -> None:
    assert load(images_file).factors is None


@pytest.mark.parametrize("packed", [False, True])
def test_that_labels_are_found_packed_or_not(
    tmp_path: Path, images_file: Path, load: Callable[..., Dataset], packed: bool
) -> None:
    labels = tmp_path / f"train-labels-idx1-ubyte{'.gz' if packed else ''}"
    labels.write_bytes(gzip.compress(_idx(LABELS)) if packed else _idx(LABELS))
    np.testing.assert_array_equal(load(images_file).factors, LABELS[:, None])


def test_that_fewer_labels_than_images_are_refused_in_one_sentence(
    tmp_path: Path, images_file: Path, load: Callable[..., Dataset]
) -> None:
    (tmp_path / "train-labels-idx1-ubyte").write_bytes(_idx(LABELS[:3]))
    with pytest.raises(DataError, match=r"labels-idx1-ubyte has 3 rows for 5 images.*\.$"):
        load(images_file)


def test_that_a_truncated_gz_is_refused_in_one_sentence(
    tmp_path: Path, refused: Callable[..., str]
) -> None:
    path = tmp_path / "images.gz"
    whole = gzip.compress(_idx(IMAGES))
    for length in (3, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:length])
        assert "damaged or cut short" in refused(path)


@pytest.mark.parametrize("length", [5, 10, 15, 16, 1000])
def test_that_a_truncated_idx_is_refused_in_one_sentence(
    images_file: Path, refused: Callable[..., str], length: int
) -> None:
    images_file.write_bytes(_idx(IMAGES)[:length])
    assert re.search("may be (damaged or )?cut short", refused(images_file))


def test_that_a_labels_file_is_not_taken_for_images(
    tmp_path: Path, refused: Callable[..., str]
) -> None:
    path = tmp_path / "train-labels-idx1-ubyte"
    path.write_bytes(_idx(LABELS))
    assert "starts with the number 2049 instead of 2051" in refused(path)


def test_that_another_gz_is_refused_in_one_sentence(
    tmp_path: Path, refused: Callable[..., str]
) -> None:
    path = tmp_path / "notes.gz"
    path.write_bytes(gzip.compress(b"some text"))
    assert "is not an IDX file of images" in refused(path)


def test_that_an_idx_file_of_zero_images_is_refused_in_one_sentence(
    images_file: Path, refused: Callable[..., str]
) -> None:
    images_file.write_bytes(_idx(IMAGES[:0]))
    assert "holds no images" in refused(images_file)


def test_that_a_gz_longer_or_shorter_than_its_header_promises_is_refused_in_one_sentence(
    tmp_path: Path, refused: Callable[..., str]
) -> None:
    path = tmp_path / "images.gz"
    for content in (_idx(IMAGES) + b"more", _idx(IMAGES)[:-1]):
        path.write_bytes(gzip.compress(content))
        assert "damaged or cut short" in refused(path)


def test_that_a_gz_that_declares_more_than_it_can_hold_is_refused_unread(
    tmp_path: Path, refused: Callable[..., str]
) -> None:
    header = bytes([0, 0, 8, 3]) + np.array([8_000_000, 28, 28], dtype=">u4").tobytes()
    (tmp_path / "images.gz").write_bytes(gzip.compress(header))
    assert "declares 6.3 GB, more than the file can hold" in refused(tmp_path / "images.gz")


def test_that_a_gz_of_more_images_than_fit_into_memory_is_refused_unread(
    tmp_path: Path, refused: Callable[..., str]
) -> None:
    path = tmp_path / "images.gz"
    header = bytes([0, 0, 8, 3]) + np.array([2**31, 1, 1], dtype=">u4").tobytes()
    with path.open("wb") as file:
        file.write(gzip.compress(header))
        file.truncate(2**22)  # gzip ignores zeros at the end
    assert re.search("needs 210.5 GB of memory, more than half of the .* free", refused(path))


def test_that_labels_are_not_read_where_they_cannot_belong_to_the_images(
    tmp_path: Path, images_file: Path, load: Callable[..., Dataset]
) -> None:
    header = bytes([0, 0, 8, 1]) + np.array([4_000_000_000], dtype=">u4").tobytes()
    with (tmp_path / "train-labels-idx1-ubyte.gz").open("wb") as file:
        file.write(gzip.compress(header))
        file.truncate(2**22)
    with pytest.raises(DataError, match="has 4000000000 rows for 5 images"):
        load(images_file)
