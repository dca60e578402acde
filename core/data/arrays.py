"""Images in .npy and .npz files: layouts, value ranges, and factors that lie beside them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.data.array_stream import ArrayStream, npy_array, npz_array, npz_names
from core.data.errors import DataError
from core.data.factors import read_factors
from core.data.memory import require_memory
from core.data.raw import RawDataset, Values
from core.files.images import obstacle_to

Factors = NDArray[np.float64]

_SMALLEST = 28 * 28


def open_npy(path: Path) -> RawDataset:
    """The images of a .npy file; see `raw_from_stream` for shapes, dtypes and errors."""
    return raw_from_stream(path.name, "npy", npy_array(path))


def open_npz(path: Path) -> RawDataset:
    """The arrays `images`, and where present `factors` and `factor_names`, of a .npz file.

    factors: (N, F) or (N,) numbers; factor_names: F strings. Raises DataError like
    `raw_from_stream`, and where factors or names do not fit.
    """
    names = npz_names(path)
    if "images" not in names:
        raise DataError(
            f"{path} holds no array 'images' but {', '.join(sorted(names)) or 'nothing'}; "
            "save it with numpy.savez(path, images=...)."
        )
    stream = npz_array(path, "images")
    if "factors" not in names:
        return raw_from_stream(path.name, "npz", stream)
    factors = read_factors(npz_array(path, "factors"), checked_count(stream))
    factor_names = tuple(f"factor_{number}" for number in range(1, factors.shape[1] + 1))
    if "factor_names" in names:
        factor_names = _checked_names(npz_array(path, "factor_names"), factors.shape[1])
    return raw_from_stream(path.name, "npz", stream, factors, factor_names)


def raw_from_stream(
    name: str,
    layout: str,
    stream: ArrayStream,
    factors: Factors | None = None,
    factor_names: tuple[str, ...] = (),
) -> RawDataset:
    """View an array of images as a raw data set.

    stream: (N, H, W), (N, H, W, C) or (N, C, H, W) with C 1 or 3; bool, uint8 (0 to 255, or 0 and
    1 alone) or floats in [0, 1]. It is read once, chunk by chunk, to see the range of its values.
    Raises DataError where the shape, the dtype or a value is wrong, there is no image, or the
    images are too large.
    """
    count = checked_count(stream)
    height, width, channels = _checked_size(stream)

    def chunks() -> Iterator[NDArray[np.uint8]]:
        return (_as_bytes(_nhwc(chunk)) for chunk in stream.chunks())

    return RawDataset(
        name=name,
        layout=layout,
        count=count,
        height=height,
        width=width,
        channels=channels,
        values=_checked_values(stream),
        chunks=chunks,
        factors=factors,
        factor_names=factor_names,
    )


def checked_count(stream: ArrayStream) -> int:
    """Number of images, at least one. Raises DataError where the shape is not that of images."""
    shape = stream.shape
    has_channels = len(shape) == 4 and (shape[3] in (1, 3) or shape[1] in (1, 3))
    if not (len(shape) == 3 or has_channels) or 0 in shape[1:]:
        raise DataError(
            f"{stream.where} has shape {shape}; images must be (N, height, width), "
            "(N, height, width, channels) or (N, channels, height, width) with 1 or 3 channels."
        )
    if shape[0] == 0:
        raise DataError(f"{stream.where} holds no images; give it at least one.")
    return shape[0]


def _checked_size(stream: ArrayStream) -> tuple[int, int, int]:
    """Height, width and channels of images that can be read one by one."""
    height, width, *last = stream.shape[1:]
    channels = last[0] if last else 1
    if channels not in (1, 3):
        channels, height, width = stream.shape[1:]
    if obstacle := obstacle_to(width, height):
        raise DataError(f"{stream.where} cannot be read: {obstacle}.")
    # All of them as the smallest that are trained on, a bit a pixel; others need more.
    require_memory(stream.where, stream.shape[0] * _SMALLEST // 8)
    # One of them as read, and as it is brought to size.
    require_memory(stream.where, height * width * channels * (stream.dtype.itemsize + 8))
    return height, width, channels


def _nhwc(images: NDArray[Any]) -> NDArray[Any]:
    if images.ndim == 3:
        return images[..., None]
    return images if images.shape[3] in (1, 3) else images.transpose(0, 2, 3, 1)


def _as_bytes(images: NDArray[Any]) -> NDArray[np.uint8]:
    if images.dtype.kind == "f":
        scaled = images.astype(np.float32)
        scaled *= 255
        return np.rint(scaled, out=scaled).astype(np.uint8)
    return images.astype(np.uint8, copy=False)


def _checked_values(stream: ArrayStream) -> Values:
    if stream.dtype == np.bool_:
        return "0 or 1"
    if stream.dtype == np.uint8:
        binary = all(chunk.max() <= 1 for chunk in stream.chunks())
        return "0 or 1" if binary else "0 to 255"
    if stream.dtype.kind != "f":
        raise DataError(
            f"{stream.where} holds {stream.dtype}; images must be bool, uint8 (0 to 255) or "
            "floats in [0, 1]."
        )
    for chunk in stream.chunks():
        smallest, largest = float(chunk.min()), float(chunk.max())
        # Negated, because every comparison with NaN is false.
        if not (smallest >= 0 and largest <= 1):
            raise DataError(
                f"{stream.where} holds values from {smallest:g} to {largest:g}; floats must lie "
                "in [0, 1] and none may be NaN."
            )
    return "floats in [0, 1]"


def _checked_names(stream: ArrayStream, count: int) -> tuple[str, ...]:
    if stream.dtype.kind != "U" or stream.shape != (count,):
        raise DataError(
            f"{stream.where} has shape {stream.shape} and holds {stream.dtype}; "
            f"it must hold {count} strings, one for each factor."
        )
    return tuple(str(name) for name in stream.read())
