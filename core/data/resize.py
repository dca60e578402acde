"""Images of any size made square, of one size, and grey or RGB as asked for."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.config.data import Fit
from core.files.images import obstacle_to

Bytes = NDArray[np.uint8]

_PADDED_AT_ONCE = 1 << 24  # pixels


def obstacle(height: int, width: int, fit: Fit) -> str:
    """What stands against bringing images of that size to another; empty where nothing does."""
    if found := obstacle_to(width, height):
        return found
    side = max(height, width)
    if fit == "pad" and (found := obstacle_to(side, side)):
        return f"padded to a square, {found}; crop or stretch it instead"
    return ""


def resize(images: Bytes, size: int, fit: Fit) -> Bytes:
    """Bring images to size x size.

    images: (N, H, W, C) uint8; fit: "crop" cuts the middle out, "pad" adds black on both sides,
    "stretch" changes the proportions. Returns (N, size, size, C) uint8. Shrinking by a whole
    number averages each block of pixels; everything else is resampled (Lanczos).
    """
    if fit == "pad":
        at_once = max(1, _PADDED_AT_ONCE // max(images.shape[1:3]) ** 2)
        parts = [images[i : i + at_once] for i in range(0, len(images), at_once)]
        return np.concatenate([_scaled(_padded(part), size) for part in parts])
    return _scaled(_cropped(images) if fit == "crop" else images, size)


def with_channels(images: Bytes, channels: int) -> Bytes:
    """Turn RGB grey (ITU-R 601 luma) or grey RGB where needed.

    images: (N, H, W, 1 or 3) uint8; channels: 1 or 3. Returns (N, H, W, channels) uint8.
    """
    if images.shape[3] == channels:
        return images
    if channels == 3:
        return np.repeat(images, 3, axis=3)
    weights = np.array([0.299, 0.587, 0.114], dtype=np.float32)
    luma: Bytes = np.rint(images.astype(np.float32) @ weights).astype(np.uint8)
    return luma[..., None]


def _cropped(images: Bytes) -> Bytes:
    height, width = images.shape[1:3]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    return images[:, top : top + side, left : left + side]


def _padded(images: Bytes) -> Bytes:
    height, width = images.shape[1:3]
    rows, columns = max(0, width - height), max(0, height - width)
    border = ((0, 0), (rows // 2, rows - rows // 2), (columns // 2, columns - columns // 2), (0, 0))
    return np.pad(images, border)


def _scaled(images: Bytes, size: int) -> Bytes:
    height, width = images.shape[1:3]
    if height == width == size:
        return images
    if height % size == 0 and width % size == 0:
        return _block_means(images, height // size, width // size)
    return np.stack([_resampled(image, size) for image in images])


def _block_means(images: Bytes, block_height: int, block_width: int) -> Bytes:
    """Mean of every block; the sides must be multiples of the blocks' sides."""
    count, height, width, channels = images.shape
    # One tall picture: no block reaches across a border, and Pillow is called once for all.
    tall = _picture(images.reshape(count * height, width, channels))
    means = np.asarray(tall.reduce((block_width, block_height)))
    return means.reshape(count, height // block_height, width // block_width, channels)


def _resampled(image: Bytes, size: int) -> Bytes:
    """image: (H, W, 1 or 3) uint8. Returns (size, size, 1 or 3) uint8."""
    resampled = np.asarray(_picture(image).resize((size, size), Image.Resampling.LANCZOS))
    return resampled.reshape(size, size, -1)


def _picture(image: Bytes) -> Image.Image:
    return Image.fromarray(image[..., 0] if image.shape[2] == 1 else image)
