import os
import tracemalloc
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import psutil
import pytest
from numpy.typing import NDArray

from core.data.array_stream import ArrayStream, npy_array, npz_array, npz_names
from core.data.errors import DataError
from core.data.hdf5_stream import hdf5_array

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


def test_that_a_single_value_is_an_array_without_a_side(tmp_path: Path) -> None:
    np.save(tmp_path / "one.npy", np.float64(1))
    assert npy_array(tmp_path / "one.npy").read() == np.float64(1)


def test_that_a_chunk_of_tiny_images_holds_a_bounded_number(tmp_path: Path) -> None:
    np.save(tmp_path / "tiny.npy", np.zeros((100_000, 1, 1), np.uint8))
    assert max(len(chunk) for chunk in npy_array(tmp_path / "tiny.npy").chunks()) == 4096


@pytest.mark.parametrize(
    "header",
    [
        "~" * 9_000 + "1",
        "(" * 9_000,
        "{'descr': '|u1', 'fortran_order': False, 'shape': (-2, -3, 4)}",
        "{'descr': [], 'fortran_order': False, 'shape': (1,)}",
        "{'descr': ('|u1', 9), 'fortran_order': False, 'shape': (1,)}",
        "{'descr': '<U0', 'fortran_order': False, 'shape': (9999999999, 28, 28)}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (9999999999, 28, 28)}",
        "{1: 2, 'descr': 3}",
        "",
    ],
)
def test_that_a_nonsensical_header_is_one_sentence(tmp_path: Path, header: str) -> None:
    path = tmp_path / "a.npy"
    start = b"\x93NUMPY\x01\x00" + (len(header) + 1).to_bytes(2, "little")
    path.write_bytes(start + header.encode() + b"\n" + bytes(24))
    with pytest.raises(DataError, match=r"a\.npy cannot be read .*so copy or download it again\.$"):
        npy_array(path).read()


def test_that_a_header_that_claims_to_be_gigabytes_long_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        start = b"\x93NUMPY\x02\x00" + (2**31).to_bytes(4, "little")
        archive.writestr("images.npy", start + b" " * (64 << 20))
    tracemalloc.start()
    with pytest.raises(DataError, match="cannot be read"):
        npz_array(path, "images")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 << 20


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_that_a_member_packed_by_another_method_is_not_unpacked(
    tmp_path: Path, method: int
) -> None:
    np.save(tmp_path / "a.npy", IMAGES[:1])
    with zipfile.ZipFile(tmp_path / "a.npz", "w", method) as archive:
        archive.write(tmp_path / "a.npy", "images.npy")
    with pytest.raises(DataError, match=r"packed by a method that numpy never uses; save it with"):
        npz_array(tmp_path / "a.npz", "images")


def test_that_a_member_that_declares_more_than_its_file_can_hold_is_not_read(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.npz"
    np.savez_compressed(path, images=np.zeros((1, 28, 28), np.uint8))
    content = bytearray(path.read_bytes())
    central = content.index(b"PK\x01\x02")
    content[central + 24 : central + 28] = (4_000_000_000).to_bytes(4, "little")
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"declares 4\.0 GB, more than the file can hold"):
        npz_array(path, "images")


def test_that_an_array_that_does_not_fit_into_memory_is_not_read() -> None:
    def must_not_be_read() -> Iterator[NDArray[Any]]:
        raise AssertionError("it is read although it does not fit")

    total = psutil.virtual_memory().total
    stream = ArrayStream("a.npy", (total,), np.dtype(np.uint8), must_not_be_read)
    with pytest.raises(
        DataError, match=r"a\.npy needs .* of memory, more than half of the .* free"
    ):
        stream.read()


def test_that_pipes_and_devices_are_told_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for read in (npy_array, npz_names, lambda path: hdf5_array(path, "imgs")):
        with pytest.raises(DataError, match="It is a pipe, not a file"):
            read(tmp_path / "pipe")
