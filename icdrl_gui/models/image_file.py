"""Read an image file that a person wants to encode."""

import struct
import warnings
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from core.errors import IcdrlError

LARGEST_FILE = 64 * 2**20
MOST_PIXELS = 60_000_000
# Runs see images of 512 pixels at most; more need not cross the pipe.
_LARGEST_SIDE = 2048

# Everything that Pillow's decoders raise over damaged or hostile files.
_UNREADABLE = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    IndexError,
    KeyError,
    TypeError,
    OverflowError,
    MemoryError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
)


class ImageFileError(IcdrlError):
    """A file that is no image, or one too large."""


def read_image(path: Path) -> NDArray[np.uint8]:
    """uint8 (H, W, 3): the first frame, upright, 16 bits cut to 8, transparency over black.

    Sides above 2048 pixels are shrunk to that.

    Raises:
        ImageFileError: it cannot be read, or is too large; the sentence says why.
    """
    try:
        size = path.stat().st_size
    except OSError as error:
        raise ImageFileError(f"Cannot read {path}: {error.strerror}.") from None
    if size > LARGEST_FILE:
        raise ImageFileError(
            f"{path.name} is too large to encode: {size / 2**20:,.0f} MB, at most "
            f"{LARGEST_FILE // 2**20} are read."
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path) as image:
                return _pixels(path, image)
    except UnidentifiedImageError:
        raise ImageFileError(
            f"{path.name} is no image that can be read: try PNG, JPEG or WebP."
        ) from None
    except _UNREADABLE as error:
        raise ImageFileError(f"{path.name} is damaged, or no image: {error}.") from None


def _pixels(path: Path, image: Image.Image) -> NDArray[np.uint8]:
    width, height = image.size
    if width * height > MOST_PIXELS:
        raise ImageFileError(
            f"{path.name} is too large to encode: {width:,} x {height:,} pixels, at most "
            f"{MOST_PIXELS // 1_000_000} million are read."
        )
    image.draft("RGB", (_LARGEST_SIDE, _LARGEST_SIDE))  # Photographs are decoded at this scale.
    upright = ImageOps.exif_transpose(image)
    if upright.mode.startswith("I"):
        upright = Image.fromarray((np.asarray(upright) >> 8).clip(0, 255).astype(np.uint8))
    if upright.has_transparency_data:
        black = Image.new("RGBA", upright.size, "black")
        upright = Image.alpha_composite(black, upright.convert("RGBA"))
    upright = upright.convert("RGB")
    upright.thumbnail((_LARGEST_SIDE, _LARGEST_SIDE), reducing_gap=2.0)
    return np.asarray(upright)
