import tracemalloc
import zipfile
from pathlib import Path

import h5py
import numpy as np
import pytest

from core.data.array_stream import hdf5_array, npy_array, npz_array, npz_names
from core.data.errors import DataError

IMAGES = np.random.default_rng(0).integers(0, 256, (30, 700, 1000), dtype=np.uint8)


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    paths = {name: tmp_path / f"a.{name}" for name in ("npy", "npz", "hdf5")}
    np.save(paths["npy"], IMAGES)
    np.savez(paths["npz"], images=IMAGES)
    with h5py.File(paths["hdf5"], "w") as file:
        file.create_dataset("images", data=IMAGES, chunks=(7, 100, 1000))
    return paths


def test_that_every_kind_of_file_gives_the_array_in_several_chunks(files: dict[str, Path]) -> None:
    streams = (
        npy_array(files["npy"]),
        npz_array(files["npz"], "images"),
        hdf5_array(files["hdf5"], "images"),
    )
    for stream in streams:
        assert (stream.shape, stream.dtype) == (IMAGES.shape, IMAGES.dtype)
        assert len(list(stream.chunks())) > 1
        np.testing.assert_array_equal(stream.read(), IMAGES)
        np.testing.assert_array_equal(stream.read(), IMAGES)


def test_that_an_array_stored_column_after_column_is_read_in_rows(tmp_path: Path) -> None:
    array = np.asfortranarray(IMAGES[:, :20, :30])
    np.save(tmp_path / "f.npy", array)
    np.testing.assert_array_equal(npy_array(tmp_path / "f.npy").read(), array)


def test_that_a_large_packed_array_is_read_in_bounded_memory(tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "big.npz", imgs=np.zeros((16384, 64, 64), dtype=np.uint8))
    stream = npz_array(tmp_path / "big.npz", "imgs")
    tracemalloc.start()
    assert sum(len(chunk) for chunk in stream.chunks()) == 16384
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 24 << 20


def test_that_names_are_listed_without_opening_the_arrays(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", images=IMAGES[:1], metadata=np.array({"a": 1}, dtype=object))
    assert npz_names(tmp_path / "a.npz") == {"images", "metadata"}


def test_that_a_member_longer_than_its_header_says_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    np.save(tmp_path / "a.npy", IMAGES[:1])
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("images.npy", (tmp_path / "a.npy").read_bytes() + b"more")
    with pytest.raises(DataError, match="its length does not match its header"):
        npz_array(path, "images")


def test_that_damage_inside_the_array_is_reported_while_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    np.savez(path, images=IMAGES)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    stream = npz_array(path, "images")
    with pytest.raises(DataError, match=r"'images' in .* cannot be read .*CRC"):
        stream.read()


def test_that_a_single_value_is_no_array(tmp_path: Path) -> None:
    np.save(tmp_path / "one.npy", np.float64(1))
    with pytest.raises(DataError, match="is a single value"):
        npy_array(tmp_path / "one.npy").read()
