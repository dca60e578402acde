"""Ground-truth factors that came with images, checked."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.counts import counted
from core.data.errors import DataError


def checked_factors(where: str, values: NDArray[Any], count: int) -> NDArray[np.float64]:
    """Check factors against the images that they belong to.

    where: names the array in messages; values: (N, F) or (N,) numbers; count: number of images.
    Returns (N, F) float64. Raises DataError where the shape, the length or the dtype is wrong or
    a value is not finite.
    """
    if values.ndim not in (1, 2) or (values.ndim == 2 and values.shape[1] == 0):
        raise DataError(
            f"{where} has shape {values.shape}; factors must be (images, factors) or (images,)."
        )
    if len(values) != count:
        raise DataError(
            f"{where} has {counted(len(values), 'row')} for {counted(count, 'image')}; give every "
            "image one row."
        )
    if values.dtype.kind not in "biuf":
        raise DataError(f"{where} holds {values.dtype}; factors must be numbers.")
    factors = values.reshape(count, -1).astype(np.float64)
    if not np.isfinite(factors).all():
        raise DataError(f"{where} holds NaN or infinity; give every image a known value.")
    return factors
