"""`Paper`: what pictures are laid out on; `Canvas`: paper of pixels."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray
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

HALO_PX = 2

# Each pixel of a line is the mean of so many in width and height.
_FINER = 4


class Box(NamedTuple):
    """A part of a paper, in its pixels; right and bottom are the first ones beyond it."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """From left to right."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """From top to bottom."""
        return self.bottom - self.top


@dataclass(frozen=True)
class Stroke:
    """Lines of one colour, `width` pixels thick.

    paths: each (P, 2) points (x, y) to be joined; a single one is a dot.
    """

    paths: Sequence[NDArray[np.float64]]
    colour: Colour
    width: float = 1.0


@dataclass(frozen=True)
class Area:
    """A region of one colour: outline (P, 2) points (x, y); opacity: from 0 to 1."""

    outline: NDArray[np.float64]
    colour: Colour
    opacity: float


class Paper(Protocol):
    """What a sheet is drawn on, in pixels from the upper left corner."""

    def write(
        self,
        text: Lettering,
        x: float,
        y: float,
        align: Align = "left",
        colour: Colour = INK,
        halo: Colour | None = None,
    ) -> None:
        """Write `text` below `y`: to the right of `x`, around it, or to its left.

        halo: a colour around the letters that sets them off from what they stand on.
        """

    def paste(self, image: Pixels, scale: int, x: int, y: int) -> None:
        """Put an image (H, W, C), enlarged `scale` times, with its upper left corner at (x, y)."""

    def bar(self, box: Box, colour: Colour) -> None:
        """Fill a rectangle."""

    def draw(self, strokes: Sequence[Stroke], within: Box) -> None:
        """Draw lines, the last on top; what is not within the box is left out."""

    def fill(self, areas: Sequence[Area], within: Box) -> None:
        """Fill regions, the last on top; what is not within the box is left out."""


class Layout(Protocol):
    """What knows where everything stands on a paper of its size.

    Attributes:
        width, height: pixels that the paper must have; paper: its colour.
        caption: what it shows, in words.
    """

    width: int
    height: int
    paper: Colour
    caption: str

    def draw_on(self, paper: Paper) -> None:
        """Draw everything."""


def pixels_of(layout: Layout, scale: int = 1) -> Pixels:
    """A layout as a picture (H, W, 3) uint8, enlarged `scale` times and as much sharper.

    Raises:
        ExportError: it would have more than `MOST_PIXELS`.
    """
    canvas = Canvas(layout.width, layout.height, layout.paper, scale)
    layout.draw_on(canvas)
    return canvas.pixels()


class Canvas:
    """An RGB picture of `width` x `height` pixels to draw on, at first blank paper."""

    def __init__(self, width: int, height: int, paper: Colour = PAPER, scale: int = 1) -> None:
        """Lay out the paper; `scale`: how many pixels of the picture are one of the paper.

        Raises:
            ExportError: it would have more than `MOST_PIXELS`.
        """
        check_size(width * height * scale**2)
        self._scale = scale
        self._image = Image.new("RGB", (width * scale, height * scale), paper)
        self._draw = ImageDraw.Draw(self._image)

    def write(
        self,
        text: Lettering,
        x: float,
        y: float,
        align: Align = "left",
        colour: Colour = INK,
        halo: Colour | None = None,
    ) -> None:
        """Write `text` as `Paper` does; letters that the font lacks become their plain kin."""
        anchor = {"left": "la", "centre": "ma", "right": "ra"}[align]
        for i, line in enumerate(text.lines):
            top = y + i * line_height(text.size)
            spot = round(x * self._scale), round(top * self._scale)
            letters = font(text.size * self._scale)
            around = HALO_PX * self._scale if halo else 0
            words = printable(line)
            self._draw.text(
                spot, words, colour, letters, anchor, stroke_width=around, stroke_fill=halo
            )

    def paste(self, image: Pixels, scale: int, x: int, y: int) -> None:
        """Put an image as `Paper` does, its pixels as squares."""
        larger = Image.fromarray(enlarged(image, scale * self._scale))
        self._image.paste(larger, (x * self._scale, y * self._scale))

    def bar(self, box: Box, colour: Colour) -> None:
        """Fill a rectangle as `Paper` does."""
        left, top, right, bottom = self._scaled(box)
        self._draw.rectangle((left, top, right - 1, bottom - 1), colour)

    def draw(self, strokes: Sequence[Stroke], within: Box) -> None:
        """Draw lines as `Paper` does, with soft edges: finer first, then reduced."""
        box = self._scaled(within)
        finer = self._image.crop(box).resize(
            (box.width * _FINER, box.height * _FINER), Image.Resampling.NEAREST
        )
        pen, unit = ImageDraw.Draw(finer), self._scale * _FINER
        for stroke in strokes:
            width = max(1, round(stroke.width * unit))
            for path in stroke.paths:
                points = (path - (within.left, within.top)) * unit
                if len(points) == 1:
                    pen.circle(points[0].tolist(), width / 2, stroke.colour)
                else:
                    pen.line(points.ravel().tolist(), stroke.colour, width, joint="curve")
        self._image.paste(finer.reduce(_FINER), box)

    def fill(self, areas: Sequence[Area], within: Box) -> None:
        """Fill regions as `Paper` does, with soft edges."""
        box = self._scaled(within)
        size, unit = (box.width * _FINER, box.height * _FINER), self._scale * _FINER
        for area in areas:
            opacity = Image.new("L", size)
            points = (area.outline - (within.left, within.top)) * unit
            shade = round(255 * area.opacity)
            ImageDraw.Draw(opacity).polygon(points.ravel().tolist(), shade)
            self._image.paste(area.colour, box, opacity.reduce(_FINER))

    def pixels(self) -> Pixels:
        """The picture (H, W, 3)."""
        return np.array(self._image)

    def _scaled(self, box: Box) -> Box:
        return Box(*(edge * self._scale for edge in box))


def check_size(pixels: int) -> None:
    """Let pass a picture of so many pixels, all frames together.

    Raises:
        ExportError: they are more than `MOST_PIXELS`.
    """
    if pixels > MOST_PIXELS:
        raise ExportError(
            f"The picture would have {pixels / 1e6:,.0f} million pixels and the most is "
            f"{MOST_PIXELS / 1e6:,.0f}: choose a smaller scale, or fewer codes or plots."
        )
