"""Bit-packed data sets in the user's cache: written once, whole, and mapped into memory.

One file in the safetensors format: `factors` (N, F) float64, `images` (N, bytes) uint8, and a
header that holds a key (what the file was made from), a checksum and the shape. A file that is
damaged, half written or made from something else is made anew.
"""

import json
import os
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import BinaryIO

import numpy as np
import torch
from filelock import FileLock, Timeout
from numpy.typing import NDArray
from platformdirs import user_cache_path
from safetensors import SafetensorError, safe_open

from core.capacity import lack_of_disk
from core.data.errors import DataError
from core.data.progress import Progress

FORMAT_VERSION = 1
_NO_CHECKSUM = "0" * 8
_BLOCK = 1 << 20
_SECONDS_BETWEEN_LOOKS = 0.1


@dataclass(frozen=True, eq=False)
class PackedContent:
    """What goes into a cache file; `chunks` yields (n, C*H*W / 8) uint8, count rows in all."""

    count: int
    shape: tuple[int, int, int]
    factors: NDArray[np.float64]
    factor_names: tuple[str, ...]
    chunks: Iterator[NDArray[np.uint8]]


@dataclass(frozen=True, eq=False)
class PackedSet:
    """A cache file, mapped. bits: (N, C*H*W / 8) uint8; factors: (N, F) float64."""

    bits: torch.Tensor
    shape: tuple[int, int, int]
    factors: NDArray[np.float64]
    factor_names: tuple[str, ...]


def cache_path(name: str) -> Path:
    """Where the prepared data of that name lies, whether it is there or not."""
    folder = user_cache_path("icdrl", appauthor=False) / "data"
    return folder / f"{name}-v{FORMAT_VERSION}.safetensors"


def is_cached(path: Path, key: str) -> bool:
    """Whether a complete file made from `key` lies there; its content is not read."""
    return _metadata(path).get("key") == key


def cached_set(
    path: Path, key: str, make: Callable[[], PackedContent], progress: Progress | None = None
) -> PackedSet:
    """Map the cache file, and make it first unless a sound one made from `key` lies there.

    progress: told (images done, images in all) while the file is made; (0, 0) while it is checked
    or made by somebody else, for of two processes that ask at once one makes the file and the
    other waits for it. Raises DataError where the file cannot be written.
    """
    found = _read(path, key, progress)
    if found is not None:
        return found
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _acquired(FileLock(path.with_name(path.name + ".lock")), progress):
            found = _read(path, key, progress)
            if found is None:
                _write(path, key, make(), progress)
                found = _read(path, key, progress)
    except OSError as error:
        raise DataError(
            f"The prepared data could not be written to {path} ({error.strerror or error}); "
            "make room there or permit writing, then try again."
        ) from error
    if found is None:
        raise DataError(
            f"The prepared data at {path} is damaged right after it was written; check the disk."
        )
    return found


def _acquired(lock: FileLock, progress: Progress | None) -> AbstractContextManager[object]:
    """Await the lock, which the context frees; `progress` may give up waiting."""
    if progress is None:
        return lock.acquire()
    while True:
        with suppress(Timeout):
            return lock.acquire(timeout=_SECONDS_BETWEEN_LOOKS)
        progress(0, 0)


def _write(path: Path, key: str, content: PackedContent, progress: Progress | None) -> None:
    size = content.count * _row_bytes(content) + content.factors.nbytes
    if lack := lack_of_disk(size, path.parent):
        raise DataError(f"The prepared data {lack}; make room in {path.parent}.")
    part = path.with_name(path.name + ".part")
    try:
        with part.open("wb") as file:
            file.write(_header(key, content, _NO_CHECKSUM))
            factors = np.ascontiguousarray(content.factors, dtype="<f8").tobytes()
            file.write(factors)
            checksum = zlib.crc32(factors)
            done = 0
            for chunk in content.chunks:
                packed = chunk.tobytes()
                file.write(packed)
                checksum = zlib.crc32(packed, checksum)
                done += len(chunk)
                if progress is not None:
                    progress(done, content.count)
            file.seek(0)
            file.write(_header(key, content, f"{checksum:08x}"))
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _header(key: str, content: PackedContent, checksum: str) -> bytes:
    """The safetensors header; equally long for every checksum."""
    in_factors = content.factors.size * 8
    row = _row_bytes(content)
    header = {
        "__metadata__": {
            "key": key,
            "crc32": checksum,
            "shape": json.dumps(content.shape),
            "factor_names": json.dumps(content.factor_names),
        },
        "factors": {
            "dtype": "F64",
            "shape": content.factors.shape,
            "data_offsets": (0, in_factors),
        },
        "images": {
            "dtype": "U8",
            "shape": (content.count, row),
            "data_offsets": (in_factors, in_factors + content.count * row),
        },
    }
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text


def _row_bytes(content: PackedContent) -> int:
    return prod(content.shape) // 8


def _metadata(path: Path) -> dict[str, str]:
    """What the header says; empty unless the file is there and as long as its header tells."""
    try:
        with safe_open(path, framework="pt") as file:
            return dict(file.metadata() or {})
    except (OSError, SafetensorError):
        return {}


def _read(path: Path, key: str, progress: Progress | None) -> PackedSet | None:
    """The mapped file, or None where it is missing, unsound or made from something else."""
    metadata = _metadata(path)
    if metadata.get("key") != key:
        return None
    with path.open("rb") as file:
        if f"{_payload_checksum(file, progress):08x}" != metadata.get("crc32"):
            return None
    with safe_open(path, framework="pt") as tensors:
        return PackedSet(
            bits=tensors.get_tensor("images"),
            shape=tuple(json.loads(metadata["shape"])),
            # Copied, so that keeping the factors alone does not keep the images mapped.
            factors=tensors.get_tensor("factors").numpy().copy(),
            factor_names=tuple(json.loads(metadata["factor_names"])),
        )


def _payload_checksum(file: BinaryIO, progress: Progress | None) -> int:
    """CRC-32 of everything after the header, read in blocks so that no memory stays in use."""
    file.seek(8 + int.from_bytes(file.read(8), "little"))
    checksum = 0
    while block := file.read(_BLOCK):
        checksum = zlib.crc32(block, checksum)
        if progress is not None:
            progress(0, 0)
    return checksum
