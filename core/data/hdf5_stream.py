"""Data sets of HDF5 files, read front to back in chunks of bounded memory."""

from collections.abc import Iterator
from itertools import accumulate
from math import prod
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from core.data.array_stream import (
    MOST_DEFLATED,
    Array,
    ArrayStream,
    refusing_damage,
    require_held,
    rows_at_once,
)
from core.data.errors import DataError
from core.data.memory import require_memory
from core.files.plain import require_plain_file

_MOST_STORED_ROWS = 1 << 16


def hdf5_array(path: Path, name: str) -> ArrayStream:
    """One data set of an HDF5 file, which must hold it itself.

    Raises DataError where it is damaged, missing, or claims to be larger than its file can hold.
    """
    where = f"'{name}' in {path}"
    with refusing_damage(where):
        require_plain_file(path)
        with h5py.File(path, "r") as file:
            found = _found(file, name)
            if found is None:
                raise DataError(
                    f"{path} has no data set '{name}'; choose one in the layout of dSprites."
                )
            shape, dtype, stored = tuple(found.shape), found.dtype, found.chunks
            held = min(found.id.get_storage_size(), path.stat().st_size)
            require_held(prod(shape) * dtype.itemsize, MOST_DEFLATED * held)
    rows = rows_at_once(shape, dtype)
    if stored and stored[0] < _MOST_STORED_ROWS:
        # Reading across the borders of stored chunks would decompress each of them repeatedly.
        rows = max(1, rows // stored[0]) * stored[0]
    in_memory = rows * prod(shape[1:]) + prod(stored or ())

    def chunks() -> Iterator[Array]:
        require_memory(where, in_memory * dtype.itemsize)
        with refusing_damage(where), h5py.File(path, "r") as file:
            for start in range(0, shape[0], rows):
                yield np.asarray(file[name][start : start + rows])

    return ArrayStream(where, shape, dtype, chunks)


def _found(file: h5py.File, name: str) -> Any:
    """The data set, or None: links into other files, which may be anything, are not followed."""
    for part in accumulate(name.split("/"), "{}/{}".format):
        if not isinstance(file.get(part, getlink=True), h5py.HardLink):
            return None
    found = file[name]
    if not isinstance(found, h5py.Dataset) or found.external or found.is_virtual:
        return None
    return found
