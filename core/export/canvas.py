"""`Canvas` and `Lettering`: the paper that pictures are laid out on, and the words on it."""

import unicodedata
from dataclasses import dataclass
from functools import cache
from math import ceil
from typing import Literal

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from core.export.errors import ExportError
from core.export.grid import Pixels

# Not quite white, so that an image with a white background still shows its edges.
PAPER = (246, 246, 246)
INK = (32, 32, 32)
SOFT_INK = (88, 88, 88)
FAINT_INK = (200, 200, 200)

MOST_PIXELS = 80_000_000
"""A quarter of a gigabyte of RGB; Pillow warns of a bomb when it opens much larger pictures."""

Align = Literal["left", "centre", "right"]

# Pillow's own font has ASCII and little else.
_SUBSTITUTES = str.maketrans({"–": "-", "—": "-", "−": "-", "→": ">", "×": "x", "ß": "ss"})


@dataclass(frozen=True)
class Lettering:
    """A text broken into lines; its size is known before there is a canvas."""

    lines: tuple[str, ...]
    size: int

    @property
    def width(self) -> int:
        """Pixels from edge to edge of the longest line; 0 for an empty text."""
        font = _font(self.size)
        return max((ceil(font.getlength(line)) for line in self.lines), default=0)

    @property
    def height(self) -> int:
        """Pixels from above the first line to below the last; 0 for an empty text."""
        return len(self.lines) * _line_height(self.size)


def lettering(text: str, size: int, width: int) -> Lettering:
    """`text` in letters of `size` pixels, in lines of `width` pixels.

    Lines break at the dots between parts (a · b) first, then between words. A word that is wider
    than a line stays whole: what is laid out makes room for it.
    """
    font = _font(size)
    lines: list[str] = []
    for part in _printable(text).split(" · "):
        broken = _broken(part, font, width)
        joined = " · ".join([*lines[-1:], *broken])
        if lines and len(broken) == 1 and font.getlength(joined) <= width:
            lines[-1] = joined
        else:
            lines += broken
    return Lettering(tuple(lines), size)


def letter_size(cell_height: int) -> int:
    """Pixels of the letters around cells of a height: always legible, larger on a poster."""
    return min(max(13, cell_height // 12), 64)


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
        self,
        text: Lettering,
        x: float,
        y: float,
        align: Align = "left",
        colour: tuple[int, int, int] = INK,
    ) -> None:
        """Write `text` below `y`: to the right of `x`, around it, or to its left."""
        anchor = {"left": "la", "centre": "ma", "right": "ra"}[align]
        for i, line in enumerate(text.lines):
            top = y + i * _line_height(text.size)
            self._draw.text((round(x), round(top)), line, colour, _font(text.size), anchor)

    def paste(self, image: Pixels, x: int, y: int) -> None:
        """Put an image (H, W, 3) with its upper left corner at (x, y)."""
        self._image.paste(Image.fromarray(image), (x, y))

    def bar(
        self, left: int, top: int, right: int, bottom: int, colour: tuple[int, int, int]
    ) -> None:
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


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size=size)
    assert isinstance(font, ImageFont.FreeTypeFont), "this Pillow was built without FreeType"
    return font


def _broken(text: str, font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    """The lines of `text`, broken between words."""
    lines: list[str] = []
    for word in text.split():
        joined = " ".join([*lines[-1:], word])
        if lines and font.getlength(joined) <= width:
            lines[-1] = joined
        else:
            lines.append(word)
    return lines


def _line_height(size: int) -> int:
    return sum(_font(size).getmetrics())


def _printable(text: str) -> str:
    """`text` with letters that the font lacks replaced by kindred ones, accents dropped."""
    decomposed = unicodedata.normalize("NFKD", text.translate(_SUBSTITUTES))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
