"""Arrays in .npy and .npz files, read front to back in chunks of bounded memory."""

import lzma
import struct
import tokenize
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from io import BytesIO
from math import prod
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from core.capacity import in_words
from core.data.errors import DataError
from core.data.memory import require_memory
from core.files.plain import require_plain_file

Array = NDArray[Any]

MOST_DEFLATED = 1032
"""Bytes that one byte of zlib's can hold at most."""

_CHUNK_BYTES = 1 << 22
# Small images become larger ones: a chunk must not hold too many.
_MOST_ROWS = 4096
# What numpy reads of a header at most, and the bytes that tell its length.
_LONGEST_HEADER = 12 + 10_000
# Everything that numpy, zipfile and h5py raise over damaged files.
_DAMAGE = (
    OSError,
    EOFError,
    LookupError,
    ValueError,
    RuntimeError,
    SyntaxError,
    TypeError,
    AttributeError,
    OverflowError,
    struct.error,
    tokenize.TokenError,
    lzma.LZMAError,
    zlib.error,
    zipfile.BadZipFile,
)


class Readable(Protocol):
    """A binary file, packed or not."""

    def read(self, size: int, /) -> bytes:
        """The next bytes, at most `size`; none at the end."""


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
        """The whole array. Raises DataError where it takes too much memory, or is damaged."""
        require_memory(self.where, prod(self.shape) * self.dtype.itemsize)
        whole = np.empty(self.shape or (1,), self.dtype)
        done = 0
        for chunk in self.chunks():
            whole[done : done + len(chunk)] = chunk
            done += len(chunk)
        return whole.reshape(self.shape)


@contextmanager
def refusing_damage(where: str) -> Iterator[None]:
    """Turn what the readers raise over a bad file into one DataError."""
    try:
        yield
    except _DAMAGE as error:
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise DataError(
            f"{where} cannot be read ({reason.splitlines()[0].rstrip('.')}): it may be damaged or "
            "cut short, so copy or download it again."
        ) from error


def require_held(declared: int, most: int) -> None:
    """Raises ValueError where a header declares more bytes than its file can hold."""
    if declared > most:
        raise ValueError(f"it declares {in_words(declared)}, more than the file can hold")


def rows_at_once(shape: tuple[int, ...], dtype: np.dtype[Any]) -> int:
    """How many rows of an array make a chunk: as many as fit, but at least one."""
    bytes_per_row = max(1, prod(shape[1:]) * dtype.itemsize)
    return min(max(1, _CHUNK_BYTES // bytes_per_row), _MOST_ROWS)


def rows_of(file: Readable, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Iterator[Array]:
    """The rest of a file as the rows of an array, in chunks. Raises EOFError where it is short."""
    rows = rows_at_once(shape, dtype)
    for start in range(0, shape[0], rows):
        yield _filled(file, (min(rows, shape[0] - start), *shape[1:]), dtype)


def npy_array(path: Path) -> ArrayStream:
    """The array of a .npy file. Raises DataError where it is damaged or holds objects."""
    where = str(path)
    with refusing_damage(where):
        require_plain_file(path)
        size = path.stat().st_size
    return _stream(where, size, lambda: path.open("rb"))


def npz_names(path: Path) -> set[str]:
    """Names of the arrays in a .npz file. Raises DataError where it is damaged."""
    with refusing_damage(str(path)):
        require_plain_file(path)
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    return {name.removesuffix(".npy") for name in names if name.endswith(".npy")}


def npz_array(path: Path, name: str) -> ArrayStream:
    """One array of a .npz file; no other is touched. Raises DataError like `npy_array`."""
    member, where = f"{name}.npy", f"'{name}' in {path}"

    @contextmanager
    def open_member() -> Iterator[Readable]:
        with zipfile.ZipFile(path) as archive, archive.open(member) as file:
            yield file

    with refusing_damage(str(path)):
        require_plain_file(path)
        with zipfile.ZipFile(path) as archive:
            size = _member_size(where, archive.getinfo(member), path.stat().st_size)
    return _stream(where, size, open_member)


def _member_size(where: str, member: zipfile.ZipInfo, size_of_file: int) -> int:
    """Bytes of an unpacked member; those of other methods than numpy's are not unpacked at all."""
    ratio = {zipfile.ZIP_STORED: 1, zipfile.ZIP_DEFLATED: MOST_DEFLATED}.get(member.compress_type)
    if ratio is None:
        raise DataError(
            f"{where} is packed by a method that numpy never uses; save it with "
            "numpy.savez_compressed."
        )
    require_held(member.file_size, ratio * min(member.compress_size, size_of_file))
    return member.file_size


def _stream(
    where: str, size: int, opened: Callable[[], AbstractContextManager[Readable]]
) -> ArrayStream:
    """An array in numpy's own format. size: bytes that the file claims to hold."""
    with refusing_damage(where), opened() as file:
        shape, column_major, dtype, start = _read_header(file)
    if dtype.hasobject:
        raise DataError(
            f"{where} holds pickled Python objects, which are never loaded; "
            "save it as a plain array of numbers."
        )
    if min(shape, default=0) < 0 or start + prod(shape) * dtype.itemsize != size:
        raise DataError(
            f"{where} cannot be read (its length does not match its header): it may be damaged "
            "or cut short, so copy or download it again."
        )

    def chunks() -> Iterator[Array]:
        if column_major:
            require_memory(where, size)
        with refusing_damage(where), opened() as file:
            file.read(start)
            if column_major:
                whole, rows = _filled(file, shape[::-1], dtype).T, rows_at_once(shape, dtype)
                yield from (whole[i : i + rows] for i in range(0, shape[0], rows))
            else:
                yield from rows_of(file, shape or (1,), dtype)

    return ArrayStream(where, shape, dtype, chunks)


def _read_header(file: Readable) -> tuple[tuple[int, ...], bool, np.dtype[Any], int]:
    """Shape, whether it is stored column after column, dtype, and where the data begin."""
    # A header may claim to be gigabytes long: no more is read than numpy would parse.
    head = BytesIO(file.read(_LONGEST_HEADER))
    version = np.lib.format.read_magic(head)
    read = (
        np.lib.format.read_array_header_1_0
        if version == (1, 0)
        else np.lib.format.read_array_header_2_0
    )
    try:
        return *read(head), head.tell()
    except MemoryError:  # Python's own over expressions nested too deeply.
        raise ValueError("its header is nested too deeply") from None


def _filled(file: Readable, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
    """An array read in pieces, so that a packed file is never unpacked beside it as a whole."""
    array = np.empty(shape, dtype)
    content = array.reshape(-1).view(np.uint8).data
    while content:
        piece = file.read(min(len(content), _CHUNK_BYTES))
        if not piece:
            raise EOFError("it ends before its array does")
        content[: len(piece)] = piece
        content = content[len(piece) :]
    return array
