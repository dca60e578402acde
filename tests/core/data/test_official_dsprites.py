import os
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest
import torch
from platformdirs import user_cache_path

from core.data.catalogue import describe_dataset
from core.data.dataset import Dataset
from core.data.dsprites import FACTOR_NAMES, Grid
from core.data.images import PackedImages

GRID = Grid(range(0, 40, 20), range(0, 32, 8))
IMAGES = np.unpackbits(np.concatenate(list(GRID.render())), axis=1).reshape(-1, 64, 64)
VALUES = np.insert(GRID.factors(), 0, 1.0, axis=1)


class Trap:
    """Ends the test when it is unpickled."""

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return os.abort, ()


def _write_npz(path: Path, images: np.ndarray = IMAGES, values: np.ndarray = VALUES) -> Path:
    metadata = np.array({"latents_names": Trap()}, dtype=object)
    np.savez_compressed(
        path,
        metadata=metadata,
        imgs=images,
        latents_classes=np.zeros(values.shape, np.int64),
        latents_values=values,
    )
    return path


def _write_hdf5(path: Path, images: np.ndarray = IMAGES, values: np.ndarray = VALUES) -> Path:
    with h5py.File(path, "w") as file:
        file.create_dataset(
            "imgs", data=images, chunks=(100, 4, 8, 1)[: images.ndim], compression="gzip"
        )
        file["latents/values"] = values
        file["latents/classes"] = np.zeros(values.shape, np.int64)
    return path


@pytest.mark.parametrize(("write", "name"), [(_write_npz, "d.npz"), (_write_hdf5, "d.hdf5")])
def test_that_the_published_layout_is_read_without_unpickling(
    tmp_path: Path, load: Callable[..., Dataset], write: Callable[..., Path], name: str
) -> None:
    dataset = load(write(tmp_path / name))
    assert isinstance(dataset.images, PackedImages)
    assert dataset.factor_names == FACTOR_NAMES
    np.testing.assert_array_equal(dataset.factors, VALUES[:, 1:])
    batch = dataset.batch(torch.arange(len(dataset)))
    np.testing.assert_array_equal(batch[:, 0].numpy(), IMAGES)


def test_that_the_real_subset_without_colour_is_read(
    shared_data: Path, load: Callable[..., Dataset]
) -> None:
    dataset = load(shared_data / "dsprites_subset.npz")
    assert len(dataset) == 20_000
    assert dataset.factor_names == FACTOR_NAMES
    assert dataset.factors is not None
    assert dataset.factors.shape == (20_000, 5)


def test_that_a_file_is_packed_once_and_again_when_it_has_changed(
    tmp_path: Path, load: Callable[..., Dataset]
) -> None:
    path = _write_npz(tmp_path / "d.npz")
    load(path)
    (cached,) = (user_cache_path("icdrl", appauthor=False) / "data").glob("*.safetensors")
    first = cached.stat().st_mtime_ns
    load(path)
    assert cached.stat().st_mtime_ns == first
    _write_npz(path, IMAGES[:50], VALUES[:50])
    assert len(load(path)) == 50


def test_that_other_numbers_of_factors_get_names(
    tmp_path: Path, load: Callable[..., Dataset]
) -> None:
    dataset = load(_write_npz(tmp_path / "d.npz", values=VALUES[:, 1:3]))
    assert dataset.factor_names == ("factor_1", "factor_2")


def test_that_its_summary_counts_the_values_of_each_factor(tmp_path: Path) -> None:
    summary = describe_dataset(str(_write_hdf5(tmp_path / "d.h5")))
    assert summary.factor_sizes == (3, 6, 2, 4, 4)
    assert (summary.count, summary.values, summary.channels) == (len(IMAGES), "0 or 1", 1)


@pytest.mark.parametrize(("write", "name"), [(_write_npz, "d.npz"), (_write_hdf5, "d.hdf5")])
@pytest.mark.parametrize(
    ("images", "values", "said"),
    [
        (IMAGES * 255, VALUES, "holds 255; this layout needs 0 and 1"),
        (IMAGES.astype(np.float32), VALUES, "holds float32"),
        (IMAGES[..., None], VALUES, "this layout needs (N, 64, 64)"),
        (IMAGES, VALUES[:7], f"has 7 rows for {len(IMAGES)} images"),
    ],
    ids=["grey", "float", "4-d", "short"],
)
def test_that_what_is_not_dsprites_is_refused_in_one_sentence(
    tmp_path: Path,
    refused: Callable[..., str],
    write: Callable[..., Path],
    name: str,
    images: np.ndarray,
    values: np.ndarray,
    said: str,
) -> None:
    assert said in refused(write(tmp_path / name, images, values))


def test_that_zero_images_are_refused_in_one_sentence(
    tmp_path: Path, refused: Callable[..., str]
) -> None:
    assert "N at least 1" in refused(_write_npz(tmp_path / "d.npz", IMAGES[:0], VALUES[:0]))


def test_that_a_hdf5_of_something_else_is_refused_in_one_sentence(
    tmp_path: Path, refused: Callable[..., str]
) -> None:
    with h5py.File(tmp_path / "d.h5", "w") as file:
        file["pictures"] = IMAGES[:3]
    assert "has no data set 'imgs'" in refused(tmp_path / "d.h5")


def test_that_a_hdf5_that_holds_nothing_of_what_it_declares_is_refused_unread(
    tmp_path: Path, refused: Callable[..., str]
) -> None:
    with h5py.File(tmp_path / "d.h5", "w") as file:
        for name, row in (("imgs", (64, 64)), ("latents/values", (6,))):
            file.create_dataset(
                name, (1_200_000, *row), np.uint8, chunks=(60_000, *row), compression="gzip"
            )
    assert (tmp_path / "d.h5").stat().st_size < 5_000
    assert "declares 4.9 GB, more than the file can hold" in refused(tmp_path / "d.h5")
    assert not list((user_cache_path("icdrl", appauthor=False) / "data").glob("*.part"))


def test_that_a_hdf5_that_points_into_other_files_does_not_open_them(
    tmp_path: Path, refused: Callable[..., str]
) -> None:
    os.mkfifo(tmp_path / "pipe")
    with h5py.File(tmp_path / "d.h5", "w") as file:
        file["imgs"] = h5py.ExternalLink(str(tmp_path / "pipe"), "imgs")
    assert "has no data set 'imgs'" in refused(tmp_path / "d.h5")
    (tmp_path / "raw").write_bytes(bytes(4096))
    with h5py.File(tmp_path / "e.h5", "w") as file:
        outside = [(tmp_path / "raw", 0, h5py.h5f.UNLIMITED)]
        file.create_dataset("imgs", (1, 64, 64), np.uint8, external=outside)
    assert "has no data set 'imgs'" in refused(tmp_path / "e.h5")


def test_that_a_file_whose_name_is_not_utf_8_is_packed_once_too(tmp_path: Path) -> None:
    path = _write_npz(tmp_path / os.fsdecode(b"d\xe9.npz"))
    assert describe_dataset(str(path)).count == len(IMAGES)
    (cached,) = (user_cache_path("icdrl", appauthor=False) / "data").glob("*.safetensors")
    first = cached.stat().st_mtime_ns
    describe_dataset(str(path))
    assert cached.stat().st_mtime_ns == first


def test_that_a_corrupt_hdf5_is_refused_in_one_sentence(
    tmp_path: Path, refused: Callable[..., str]
) -> None:
    path = _write_hdf5(tmp_path / "d.hdf5")
    sound = path.read_bytes()
    for content in (b"", b"nothing", sound[: len(sound) // 2]):
        path.write_bytes(content)
        assert "damaged or cut short" in refused(path)


def test_that_a_refused_file_leaves_nothing_in_the_cache(
    tmp_path: Path, refused: Callable[..., str]
) -> None:
    refused(_write_npz(tmp_path / "d.npz", IMAGES * 2))
    folder = user_cache_path("icdrl", appauthor=False) / "data"
    assert not [file for file in folder.iterdir() if file.suffix != ".lock"]
