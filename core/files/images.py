"""Image files from anywhere: which are opened, how large they may be, and how they are decoded."""

import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from core.capacity import in_words, lack_of_memory
from core.errors import IcdrlError
from core.files.plain import require_plain_file

IMAGE_SUFFIXES = (".png", ".jpg", ".jpeg", ".webp")
LARGEST_FILE = 256 * 2**20
MOST_PIXELS = 60_000_000

# By content, whatever the file is called: for some of its other formats Pillow starts programs.
_FORMATS = ("PNG", "JPEG", "WEBP")
# At the most, from the decoder to a small image.
_BYTES_PER_PIXEL = 25
_GREY_MODES = {"1", "L", "LA", "La"}
# Everything that Pillow's decoders raise over damaged or hostile files.
_UNREADABLE = (
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
)


class ImageFileError(IcdrlError):
    """A file that is no image that is opened here; completes "a.png cannot be read: ..."."""


@contextmanager
def opened_image(path: Path) -> Iterator[Image.Image]:
    """The image in a file, not decoded yet.

    Raises:
        ImageFileError: it is no PNG, JPEG or WebP by its content, is too large, or turns out to be
            damaged while the context decodes it.
    """
    try:
        require_plain_file(path)
        _require_small_file(path.stat().st_size)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path, formats=_FORMATS) as image:
                if obstacle := obstacle_to(*image.size):
                    raise ImageFileError(obstacle)
                yield image
    except UnidentifiedImageError:
        raise ImageFileError("it is no PNG, JPEG or WebP image, and no other is read") from None
    except Image.DecompressionBombError:
        raise ImageFileError(f"it has too many pixels, {_AT_MOST}") from None
    except OSError as error:
        raise ImageFileError(error.strerror or _damaged(error)) from None
    except _UNREADABLE as error:
        raise ImageFileError(_damaged(error)) from None


def grey_or_rgb(image: Image.Image) -> Image.Image:
    """Decode it to mode L or RGB: upright, 16 bits cut to 8, transparency laid over black.

    `image` itself may change.
    """
    ImageOps.exif_transpose(image, in_place=True)
    if image.mode.startswith("I"):
        return Image.fromarray((np.asarray(image) >> 8).clip(0, 255).astype(np.uint8))
    mode = "L" if image.mode in _GREY_MODES else "RGB"
    if image.has_transparency_data:
        black = Image.new("RGBA", image.size, "black")
        image = Image.alpha_composite(black, image.convert("RGBA"))
    return image if image.mode == mode else image.convert(mode)


def obstacle_to(width: int, height: int) -> str:
    """What stands against decoding an image of that size; empty where nothing does."""
    if width * height > MOST_PIXELS:
        return f"{width:,} x {height:,} pixels are too many, {_AT_MOST}"
    if lack := lack_of_memory(width * height * _BYTES_PER_PIXEL):
        return f"to decode {width:,} x {height:,} pixels {lack}"
    return ""


def _require_small_file(size: int) -> None:
    if size > LARGEST_FILE:
        raise ImageFileError(
            f"{in_words(size)} are too much, at most {in_words(LARGEST_FILE)} are read"
        )


def _damaged(error: Exception) -> str:
    reason = " ".join(str(error).split()) or type(error).__name__
    return f"it is damaged, or no image ({reason.rstrip('.')})"


_AT_MOST = f"at most {MOST_PIXELS // 10**6} million are read"
