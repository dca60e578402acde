"""What every metric asks of factors and codes, checked and told in one sentence."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.counts import counted
from core.metrics.errors import MetricError

Matrix = NDArray[np.float64]

# Squares and sums of these still fit into a float64.
_LARGEST = 1e150
# A range below this part of the values is rounding, not variation: networks compute codes in
# float32, whose neighbours are 1.2e-7 apart, and may sum in another order for another batch. A
# range below the other has no reciprocal.
_ROUNDING = 1e-6
_SMALLEST = 1e-300


def checked_codes(codes: ArrayLike) -> Matrix:
    """Codes (N, D), or (N,) for a single one, as float64 (N, D).

    Raises:
        MetricError: another shape, fewer than two rows, no column, not numbers, or not finite.
    """
    return _checked("codes", codes)


def checked_pair(factors: ArrayLike, codes: ArrayLike) -> tuple[Matrix, Matrix]:
    """Factors (N, F) and codes (N, D) as float64; a single column may be (N,).

    Raises:
        MetricError: as `checked_codes`; different lengths; or no factor that varies.
    """
    factors, codes = checked_rows(factors, codes)
    if not varies(factors).any():
        raise MetricError("Every factor is constant: a score needs a factor with two values.")
    return factors, codes


def checked_rows(factors: ArrayLike, codes: ArrayLike) -> tuple[Matrix, Matrix]:
    """As `checked_pair`, but the factors may all be constant.

    Raises:
        MetricError: as `checked_codes`; or different lengths.
    """
    factors, codes = _checked("factors", factors), _checked("codes", codes)
    if len(factors) != len(codes):
        raise MetricError(
            f"There are {counted(len(factors), 'row')} of factors and {len(codes):,} of codes: "
            "row i of both must be about the same image."
        )
    return factors, codes


def varies(values: Matrix) -> NDArray[np.bool_]:
    """(K,) whether each column of values (N, K) has more than one value, rounding apart.

    Values that lie within a millionth of the largest of them count as one, whatever their scale.
    """
    low, high = values.min(0), values.max(0)
    rounding = _ROUNDING * np.maximum(np.abs(low), np.abs(high))
    varying: NDArray[np.bool_] = high - low > np.maximum(rounding, _SMALLEST)
    return varying


def rescaled(values: Matrix) -> Matrix:
    """Values (N, K) with every column stretched to [0, 1]; a constant one becomes 0."""
    low, high = values.min(0), values.max(0)
    # Rounded as scikit-learn's minmax_scale rounds: a value on the edge of a bin falls into the
    # bin that published scores count it in.
    scale = 1 / np.where(varies(values), high - low, np.inf)
    stretched: Matrix = np.clip(values * scale - low * scale, 0.0, 1.0)
    return stretched


def standardised(values: Matrix) -> Matrix:
    """Values (N, K) with zero mean and unit variance in every column; a constant one becomes 0."""
    scaled = rescaled(values)
    centred = scaled - scaled.mean(0)
    divided: Matrix = centred / np.where(varies(values), centred.std(0), np.inf)
    return divided


def placed(values: Matrix, places: NDArray[np.bool_]) -> Matrix:
    """(K,) the values at their places, in order; NaN elsewhere."""
    filled = np.full(len(places), np.nan)
    filled[places] = values
    return filled


def _checked(name: str, values: ArrayLike) -> Matrix:
    try:
        array = np.asarray(values)
    except ValueError:
        raise MetricError(f"The {name} have rows of different lengths.") from None
    if array.dtype.kind not in "biuf":
        raise MetricError(f"The {name} hold {_called(array.dtype)}; they must be numbers.")
    if array.ndim not in (1, 2):
        raise MetricError(
            f"The {name} have shape {array.shape}; they must be (rows, columns) or (rows,)."
        )
    matrix = array.reshape(len(array), -1) if array.size else array.reshape(len(array), 0)
    if len(matrix) < 2 or not matrix.shape[1]:
        raise MetricError(
            f"The {name} have shape {array.shape}: give at least two rows and one column."
        )
    matrix = matrix.astype(np.float64)
    if not np.isfinite(matrix).all():
        raise MetricError(f"The {name} hold NaN or infinity; leave those rows out.")
    largest = np.abs(matrix).max()
    if largest > _LARGEST:
        raise MetricError(f"The {name} reach {largest:g}; scale them below {_LARGEST:g}.")
    return matrix


def _called(dtype: np.dtype[np.generic]) -> str:
    return "text" if dtype.kind in "SUT" else f"{dtype}"
