"""Read an image file that a person wants to encode."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PySide6.QtCore import QObject, Signal, Slot

from core.files.images import ImageFileError, grey_or_rgb, opened_image

# Runs see images of 512 pixels at most; more need not cross the pipe.
_LARGEST_SIDE = 2048


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
        image.draft("RGB", (_LARGEST_SIDE, _LARGEST_SIDE))  # Photographs are decoded at this scale.
        shown = grey_or_rgb(image).convert("RGB")
        shown.thumbnail((_LARGEST_SIDE, _LARGEST_SIDE), reducing_gap=2.0)
        return np.asarray(shown)


def check_image(path: Path) -> None:
    """Check by its first bytes that `read_image` can begin; quick.

    Raises:
        ImageFileError: it is no image, or is too large; the sentence says why.
    """
    with _opened(path):
        pass


@contextmanager
def _opened(path: Path) -> Iterator[Image.Image]:
    """The image, not decoded yet; what is wrong with it is told with the file's name."""
    try:
        with opened_image(path) as image:
            yield image
    except ImageFileError as error:
        raise ImageFileError(f"{path.name} cannot be encoded: {error}.") from None
