"""Ground-truth factors that came with images, checked."""

from math import prod

import numpy as np
from numpy.typing import NDArray

from core.data.array_stream import ArrayStream
from core.data.errors import DataError
from core.data.memory import require_memory

MOST_FACTORS = 1000


def read_factors(stream: ArrayStream, count: int) -> NDArray[np.float64]:
    """Read factors, once they are known to belong to the images.

    stream: (N, F) or (N,) numbers; count: number of images. Returns (N, F) float64. Raises
    DataError where the shape, the length or the dtype is wrong, there are too many, or a value is
    not finite.
    """
    where, shape, dtype = stream.where, stream.shape, stream.dtype
    if len(shape) not in (1, 2) or 0 in shape[1:]:
        raise DataError(
            f"{where} has shape {shape}; factors must be (images, factors) or (images,)."
        )
    if shape[0] != count:
        raise DataError(
            f"{where} has {shape[0]} rows for {count} images; give every image one row."
        )
    if prod(shape[1:]) > MOST_FACTORS:
        raise DataError(
            f"{where} has {shape[1]:,} factors for each image; give at most {MOST_FACTORS:,}."
        )
    if dtype.kind not in "biuf":
        raise DataError(f"{where} holds {dtype}; factors must be numbers.")
    # As read, as float64, and once more where they are written to the cache.
    require_memory(where, prod(shape) * (dtype.itemsize + 2 * 8))
    factors = stream.read().reshape(count, -1).astype(np.float64, copy=False)
    if not np.isfinite(factors).all():
        raise DataError(f"{where} holds NaN or infinity; give every image a known value.")
    return factors
