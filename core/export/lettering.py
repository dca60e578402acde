"""`Lettering`: words broken into lines, and the font that they are measured with."""

import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache
from math import ceil, inf

from PIL import ImageFont

# Pillow's own font has ASCII and little else.
_SUBSTITUTES = str.maketrans(
    {"–": "-", "—": "-", "−": "-", "→": ">", "×": "x", "ß": "ss", "∞": "inf"}
    | dict.fromkeys("↑↓", "")
)


@dataclass(frozen=True)
class Lettering:
    """A text broken into lines; its size is known before there is paper."""

    lines: tuple[str, ...]
    size: int

    @property
    def width(self) -> int:
        """Pixels from edge to edge of the longest line; 0 for an empty text."""
        return max((ceil(_length(line, self.size)) for line in self.lines), default=0)

    @property
    def height(self) -> int:
        """Pixels from above the first line to below the last; 0 for an empty text."""
        return len(self.lines) * line_height(self.size)


def lettering(text: str, size: int, width: int) -> Lettering:
    """`text` in letters of `size` pixels, in lines of `width` pixels.

    Lines break at the dots between parts (a · b) first, then between words. A word that is wider
    than a line stays whole: what is laid out makes room for it.
    """
    lines: list[str] = []
    for part in text.split(" · "):
        broken = _broken(part, size, width)
        joined = " · ".join([*lines[-1:], *broken])
        if lines and len(broken) == 1 and _length(joined, size) <= width:
            lines[-1] = joined
        else:
            lines += broken
    return Lettering(tuple(lines), size)


def line(text: str, size: int, width: float = inf) -> Lettering:
    """`text` on one line of `width` pixels, its middle left out where it is longer."""
    text = " ".join(text.split())
    if _length(text, size) <= width:
        return Lettering((text,), size)
    kept = bisect_right(range(len(text)), width, key=lambda kept: _length(_cut(text, kept), size))
    return Lettering((_cut(text, kept - 1),), size)


def letter_size(cell_height: int) -> int:
    """Pixels of the letters around cells of a height: always legible, larger on a poster."""
    return min(max(13, cell_height // 12), 64)


@cache
def font(size: int) -> ImageFont.FreeTypeFont:
    """The font that Pillow brings along, Aileron, `size` pixels high."""
    font = ImageFont.load_default(size=size)
    assert isinstance(font, ImageFont.FreeTypeFont), "this Pillow was built without FreeType"
    return font


def line_height(size: int) -> int:
    """Pixels from one line's top to the next one's, in letters of `size` pixels."""
    return sum(font(size).getmetrics())


def printable(text: str) -> str:
    """`text` with letters that the font lacks replaced by kindred ones, accents dropped."""
    decomposed = unicodedata.normalize("NFKD", text.translate(_SUBSTITUTES))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def _broken(text: str, size: int, width: int) -> list[str]:
    """The lines of `text`, broken between words."""
    lines: list[str] = []
    for word in text.split():
        joined = " ".join([*lines[-1:], word])
        if lines and _length(joined, size) <= width:
            lines[-1] = joined
        else:
            lines.append(word)
    return lines


def _cut(text: str, kept: int) -> str:
    """The text's ends, `kept` letters in all."""
    end = kept // 2
    return f"{text[: kept - end]}...{text[len(text) - end :]}"


def _length(line: str, size: int) -> float:
    return font(size).getlength(printable(line))
