"""`Paper`: what pictures are laid out on; `Canvas`: paper of pixels."""

from typing import Literal, Protocol

import numpy as np
from PIL import Image, ImageDraw

from core.export.errors import ExportError
from core.export.grid import Pixels, enlarged
from core.export.lettering import Lettering, font, line_height, printable

# Not quite white, so that an image with a white background still shows its edges.
PAPER = (246, 246, 246)
INK = (32, 32, 32)
SOFT_INK = (88, 88, 88)
FAINT_INK = (200, 200, 200)

MOST_PIXELS = 80_000_000
"""A quarter of a gigabyte of RGB; Pillow warns of a bomb when it opens much larger pictures."""

Align = Literal["left", "centre", "right"]

Colour = tuple[int, int, int]
"""Red, green, blue from 0 to 255."""


class Paper(Protocol):
    """What a sheet is drawn on, in pixels from the upper left corner."""

    def write(
        self, text: Lettering, x: float, y: float, align: Align = "left", colour: Colour = INK
    ) -> None:
        """Write `text` below `y`: to the right of `x`, around it, or to its left."""

    def paste(self, image: Pixels, scale: int, x: int, y: int) -> None:
        """Put an image (H, W, C), enlarged `scale` times, with its upper left corner at (x, y)."""


class Canvas:
    """An RGB picture of `width` x `height` pixels to draw on, at first blank paper."""

    def __init__(self, width: int, height: int) -> None:
        """Lay out the paper.

        Raises:
            ExportError: it would have more than `MOST_PIXELS`.
        """
        check_size(width * height)
        self._image = Image.new("RGB", (width, height), PAPER)
        self._draw = ImageDraw.Draw(self._image)

    def write(
        self, text: Lettering, x: float, y: float, align: Align = "left", colour: Colour = INK
    ) -> None:
        """Write `text` as `Paper` does; letters that the font lacks become their plain kin."""
        anchor = {"left": "la", "centre": "ma", "right": "ra"}[align]
        for i, line in enumerate(text.lines):
            spot = round(x), round(y + i * line_height(text.size))
            self._draw.text(spot, printable(line), colour, font(text.size), anchor)

    def paste(self, image: Pixels, scale: int, x: int, y: int) -> None:
        """Put an image as `Paper` does, its pixels as squares."""
        self._image.paste(Image.fromarray(enlarged(image, scale)), (x, y))

    def bar(self, left: int, top: int, right: int, bottom: int, colour: Colour) -> None:
        """Fill a rectangle; right and bottom are the first pixels beyond it."""
        self._draw.rectangle((left, top, right - 1, bottom - 1), colour)

    def pixels(self) -> Pixels:
        """The picture (H, W, 3)."""
        return np.array(self._image)


def check_size(pixels: int) -> None:
    """Let pass a picture of so many pixels, all frames together.

    Raises:
        ExportError: they are more than `MOST_PIXELS`.
    """
    if pixels > MOST_PIXELS:
        raise ExportError(
            f"The picture would have {pixels / 1e6:,.0f} million pixels and the most is "
            f"{MOST_PIXELS / 1e6:,.0f}: choose a smaller scale or fewer codes."
        )
