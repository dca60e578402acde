"""Arrays in .npy, .npz and .hdf5 files, read front to back in chunks of bounded memory."""

import tokenize
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import IO, Any

import h5py
import numpy as np
from numpy.typing import NDArray

from core.data.errors import DataError

Array = NDArray[Any]

_CHUNK_BYTES = 1 << 22
_MOST_ROWS = 1 << 16
# Everything that numpy, zipfile and h5py raise over damaged files.
_DAMAGE = (
    OSError,
    EOFError,
    KeyError,
    ValueError,
    RuntimeError,
    SyntaxError,
    TypeError,
    tokenize.TokenError,
    zlib.error,
    zipfile.BadZipFile,
)


@dataclass(frozen=True)
class ArrayStream:
    """An array that has not been read yet.

    where: names it in messages; chunks: starts a new reading, row after row.
    """

    where: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    chunks: Callable[[], Iterator[Array]]

    def read(self) -> Array:
        """The whole array."""
        if not self.shape:
            raise DataError(f"{self.where} is a single value; save an array instead.")
        return np.concatenate([*self.chunks(), np.empty((0, *self.shape[1:]), self.dtype)])


@contextmanager
def refusing_damage(where: str) -> Iterator[None]:
    """Turn what the readers raise over a bad file into one DataError."""
    try:
        yield
    except _DAMAGE as error:
        raise DataError(
            f"{where} cannot be read ({error}): it may be damaged or cut short, "
            "so copy or download it again."
        ) from error


def npy_array(path: Path) -> ArrayStream:
    """The array of a .npy file. Raises DataError where it is damaged or holds objects."""
    return _stream(str(path), path.stat().st_size, lambda: path.open("rb"))


def npz_names(path: Path) -> set[str]:
    """Names of the arrays in a .npz file. Raises DataError where it is damaged."""
    with refusing_damage(str(path)), zipfile.ZipFile(path) as archive:
        return {name.removesuffix(".npy") for name in archive.namelist() if name.endswith(".npy")}


def npz_array(path: Path, name: str) -> ArrayStream:
    """One array of a .npz file; no other is touched. Raises DataError like `npy_array`."""
    member = f"{name}.npy"

    @contextmanager
    def open_member() -> Iterator[IO[bytes]]:
        with zipfile.ZipFile(path) as archive, archive.open(member) as file:
            yield file

    with refusing_damage(str(path)), zipfile.ZipFile(path) as archive:
        size = archive.getinfo(member).file_size
    return _stream(f"'{name}' in {path}", size, open_member)


def hdf5_array(path: Path, name: str) -> ArrayStream:
    """One data set of an HDF5 file. Raises DataError where it is damaged or missing."""
    where = f"'{name}' in {path}"
    with refusing_damage(str(path)), h5py.File(path, "r") as file:
        found = file.get(name)
        if not isinstance(found, h5py.Dataset):
            raise DataError(
                f"{path} has no data set '{name}'; choose one in the layout of dSprites."
            )
        shape, dtype = tuple(found.shape), found.dtype
        stored_rows = found.chunks[0] if found.chunks else 1
    rows = _rows_at_once(shape, dtype)
    if stored_rows < _MOST_ROWS:
        # Reading across the borders of stored chunks would decompress each of them repeatedly.
        rows = max(1, rows // stored_rows) * stored_rows

    def chunks() -> Iterator[Array]:
        with refusing_damage(where), h5py.File(path, "r") as file:
            for start in range(0, shape[0], rows):
                yield np.asarray(file[name][start : start + rows])

    return ArrayStream(where, shape, dtype, chunks)


def _stream(
    where: str, size: int, opened: Callable[[], AbstractContextManager[IO[bytes]]]
) -> ArrayStream:
    """An array in numpy's own format. size: bytes that the file claims to hold."""
    with refusing_damage(where), opened() as file:
        shape, column_major, dtype = _read_header(file)
        start = file.tell()
    if dtype.hasobject:
        raise DataError(
            f"{where} holds pickled Python objects, which are never loaded; "
            "save it as a plain array of numbers."
        )
    if start + prod(shape) * dtype.itemsize != size:
        raise DataError(
            f"{where} cannot be read (its length does not match its header): it may be damaged "
            "or cut short, so copy or download it again."
        )
    rows = _rows_at_once(shape, dtype)

    def chunks() -> Iterator[Array]:
        with refusing_damage(where), opened() as file:
            if column_major:
                whole = np.lib.format.read_array(file, allow_pickle=False)
                yield from (whole[i : i + rows] for i in range(0, shape[0], rows))
                return
            _read_header(file)
            for i in range(0, shape[0], rows):
                chunk_shape = (min(rows, shape[0] - i), *shape[1:])
                content = file.read(prod(chunk_shape) * dtype.itemsize)
                yield np.frombuffer(content, dtype).reshape(chunk_shape)

    return ArrayStream(where, shape, dtype, chunks)


def _read_header(file: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    """Shape, whether it is stored column after column, and dtype; `file` is left at the data."""
    if np.lib.format.read_magic(file) == (1, 0):
        return np.lib.format.read_array_header_1_0(file)
    return np.lib.format.read_array_header_2_0(file)


def _rows_at_once(shape: tuple[int, ...], dtype: np.dtype[Any]) -> int:
    bytes_per_row = max(1, prod(shape[1:]) * dtype.itemsize)
    return max(1, _CHUNK_BYTES // bytes_per_row)
