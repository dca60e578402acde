"""Read an image file that a person wants to encode."""

import struct
import threading
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError
from PySide6.QtCore import QObject, Signal, Slot

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


class ImageReader(QObject):
    """Reads files beside the GUI thread, since a large photograph takes a second to decode.

    Signals:
        got_image: uint8 (H, W, 3), as `read_image` gives it.
        trouble: why there is none.
    """

    got_image = Signal(object)
    trouble = Signal(str)
    _done = Signal(int, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._wanted = 0
        self._done.connect(self._take)

    def start(self, path: Path) -> None:
        """Read a file; of one that is still being read nothing will be heard."""
        self._wanted += 1
        threading.Thread(
            target=self._read, args=(self._wanted, path), name="image", daemon=True
        ).start()

    def cancel(self) -> None:
        """Nothing will be heard of what is being read."""
        self._wanted += 1

    def _read(self, number: int, path: Path) -> None:
        result: NDArray[np.uint8] | ImageFileError
        try:
            result = read_image(path)
        except ImageFileError as error:
            result = error
        with suppress(RuntimeError):  # The window is gone, and this object with it.
            self._done.emit(number, result)

    @Slot(int, object)
    def _take(self, number: int, result: NDArray[np.uint8] | ImageFileError) -> None:
        if number != self._wanted:
            return
        if isinstance(result, ImageFileError):
            self.trouble.emit(str(result))
        else:
            self.got_image.emit(result)


def read_image(path: Path) -> NDArray[np.uint8]:
    """uint8 (H, W, 3): the first frame, upright, 16 bits cut to 8, transparency over black.

    Sides above 2048 pixels are shrunk to that.

    Raises:
        ImageFileError: it cannot be read, or is too large; the sentence says why.
    """
    with _opened(path) as image:
        return _pixels(image)


def check_image(path: Path) -> None:
    """Check by its first bytes that `read_image` can begin; quick.

    Raises:
        ImageFileError: it is no image, or is too large; the sentence says why.
    """
    with _opened(path):
        pass


@contextmanager
def _opened(path: Path) -> Iterator[Image.Image]:
    """The image, not decoded yet; what goes wrong with it becomes an `ImageFileError`."""
    try:
        size = path.stat().st_size
    except OSError as error:
        raise ImageFileError(f"Cannot read {path}: {error.strerror}.") from None
    if size > LARGEST_FILE:
        raise ImageFileError(
            f"{path.name} is too large to encode: {size / 2**20:,.0f} MiB, at most "
            f"{LARGEST_FILE // 2**20} are read."
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path) as image:
                _require_few_pixels(path, image)
                yield image
    except UnidentifiedImageError:
        raise ImageFileError(
            f"{path.name} is no image that can be read: try PNG, JPEG or WebP."
        ) from None
    except _UNREADABLE as error:
        raise ImageFileError(f"{path.name} is damaged, or no image: {error}.") from None


def _require_few_pixels(path: Path, image: Image.Image) -> None:
    width, height = image.size
    if width * height > MOST_PIXELS:
        raise ImageFileError(
            f"{path.name} is too large to encode: {width:,} x {height:,} pixels, at most "
            f"{MOST_PIXELS // 1_000_000} million are read."
        )


def _pixels(image: Image.Image) -> NDArray[np.uint8]:
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
