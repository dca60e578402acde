"""The published dSprites files, .npz and .hdf5, and subsets in their layout.

The 3 GB of bytes are streamed once into a bit-packed file in the cache; the pickled `metadata` of
the .npz file is never touched.
"""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.data.array_stream import ArrayStream, npz_array, refusing_damage
from core.data.dsprites import FACTOR_NAMES
from core.data.errors import DataError
from core.data.factors import read_factors
from core.data.hdf5_stream import hdf5_array
from core.data.packed_cache import PackedContent, cache_path, cached_set
from core.data.progress import Progress
from core.data.raw import RawDataset, raw_from_packed
from core.errors import printable
from core.files.images import obstacle_to
from core.files.plain import require_plain_file

NPZ_ARRAYS = {"imgs", "latents_values"}


def open_official_npz(path: Path, progress: Progress | None = None) -> RawDataset:
    """Arrays `imgs` (N, H, W) uint8 of 0 and 1, `latents_values` (N, F) float64.

    Six factors are dSprites' own with the constant colour, which is dropped; five are those
    without it. Raises DataError where an array is damaged or of another kind.
    """
    return _open(path, "dSprites npz", "imgs", "latents_values", progress)


def open_official_hdf5(path: Path, progress: Progress | None = None) -> RawDataset:
    """Data sets `imgs` and `latents/values`; shapes and errors like `open_official_npz`."""
    return _open(path, "dSprites hdf5", "imgs", "latents/values", progress)


def _open(
    path: Path, layout: str, images_name: str, factors_name: str, progress: Progress | None
) -> RawDataset:
    with refusing_damage(str(path)):
        require_plain_file(path)
        source = path.resolve()
        state = source.stat()
    place = hashlib.sha256(os.fsencode(source)).hexdigest()[:16]
    key = f"{printable(str(source))} {state.st_size} {state.st_mtime_ns}"
    read = hdf5_array if layout.endswith("hdf5") else npz_array

    def make() -> PackedContent:
        return _content(read(path, images_name), read(path, factors_name))

    packed = cached_set(cache_path(f"dsprites-{place}"), key, make, progress)
    return raw_from_packed(path.name, layout, packed)


def _content(images: ArrayStream, latents: ArrayStream) -> PackedContent:
    shape = images.shape
    if len(shape) != 3 or 0 in shape or shape[1] * shape[2] % 8 != 0:
        raise DataError(
            f"{images.where} has shape {shape}; this layout needs (N, 64, 64) with N at least 1."
        )
    if images.dtype != np.uint8:
        raise DataError(f"{images.where} holds {images.dtype}; this layout needs uint8 0 and 1.")
    if obstacle := obstacle_to(shape[2], shape[1]):
        raise DataError(f"{images.where} cannot be read: {obstacle}.")
    factors = read_factors(latents, shape[0])
    if factors.shape[1] == 1 + len(FACTOR_NAMES):
        factors = factors[:, 1:]
    names: tuple[str, ...] = FACTOR_NAMES
    if factors.shape[1] != len(names):
        names = tuple(f"factor_{number}" for number in range(1, factors.shape[1] + 1))
    return PackedContent(shape[0], (1, shape[1], shape[2]), factors, names, _packed(images))


def _packed(images: ArrayStream) -> Iterator[NDArray[np.uint8]]:
    for chunk in images.chunks():
        if chunk.max() > 1:
            raise DataError(
                f"{images.where} holds {chunk.max()}; this layout needs 0 and 1, so save other "
                "images with numpy.savez(path, images=..., factors=...)."
            )
        yield np.packbits(chunk.reshape(len(chunk), -1), axis=1)
