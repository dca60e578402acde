"""A traversal in motion: a frame for each value, all codes moving at once."""

from math import ceil, sqrt

import numpy as np

from core.export.canvas import FAINT_INK, SOFT_INK, Box, Canvas, check_size
from core.export.grid import Pixels, TraversalGrid, choose_scale
from core.export.lettering import Lettering, letter_size, lettering

TILE_TARGET = 96
ONLY_TILE_TARGET = 256
"""Pixels; a code on its own is shown large."""

TITLE_LETTERS = letter_size(TILE_TARGET)
"""Not larger where tiles are: the title is wider than they are anyway."""


def animate(grid: TraversalGrid, scale: int | None = None) -> Pixels:
    """The traversal forth and back as frames (2 T - 2, H, W, 3) uint8; one frame where T is 1.

    Every row is a tile, and a mark runs along a line below them. A row of fewer images takes as
    long as the others and says which of its images is shown.

    Args:
        grid: what to show.
        scale: how many times each image is enlarged, a whole number; None: so that a tile is
            some 96 pixels wide, or 256 where there is only one.

    Raises:
        ExportError: the scale is less than 1, or so large that the picture gets too big.
    """
    target = TILE_TARGET if len(grid.images) > 1 else ONLY_TILE_TARGET
    stage = _Stage(grid, choose_scale(grid, scale, target))
    moments = [*range(grid.columns), *range(grid.columns - 2, 0, -1)]
    check_size(stage.width * stage.height * len(moments))
    return np.stack([stage.still(moment) for moment in range(grid.columns)])[moments]


class _Stage:
    """Where everything stands: the same at every moment, so that only the images change."""

    def __init__(self, grid: TraversalGrid, scale: int) -> None:
        self.grid, self.scale = grid, scale
        self.cell_height, self.cell_width = (side * scale for side in grid.image_shape)
        self.letters = letter_size(self.cell_height)
        self.margin, self.space = self.letters, self.letters // 3

        captions = [text for moment in range(grid.columns) for text in self._captions(moment)]
        self.caption_height = max(text.height + self.space * bool(text.lines) for text in captions)
        self.tile_width = max(self.cell_width, *(text.width for text in captions))
        self.across = ceil(sqrt(len(grid.images)))
        self.row_pitch = self.caption_height + self.cell_height + self.margin
        room = self.across * (self.tile_width + self.margin) - self.margin

        self.title = lettering(grid.title, TITLE_LETTERS, room)
        self.values = [lettering(label, self.letters, room) for label in grid.column_labels]
        widest = max(room, self.title.width, *(text.width for text in self.values))
        self.width = self.margin + widest + self.margin
        self.tiles_top = self.margin + self.title.height + self.margin * bool(self.title.lines)
        self.track = self.tiles_top + ceil(len(grid.images) / self.across) * self.row_pitch
        value_height = max((text.height for text in self.values), default=0)
        self.height = self.track + 2 * self.space + value_height + self.margin

    def still(self, moment: int) -> Pixels:
        """The picture (height, width, 3) of all codes at their value number `moment`."""
        canvas = Canvas(self.width, self.height)
        canvas.write(self.title, self.margin, self.margin, colour=SOFT_INK)
        for row, caption in enumerate(self._captions(moment)):
            down, right = divmod(row, self.across)
            centre = self.margin + right * (self.tile_width + self.margin) + self.tile_width / 2
            top = self.tiles_top + down * self.row_pitch + self.caption_height
            image = self.grid.images[row, self._position(moment, self.grid.count(row))]
            canvas.write(caption, centre, top - self.space - caption.height, "centre")
            canvas.paste(image, self.scale, round(centre - self.cell_width / 2), top)
        if self.grid.columns > 1:
            self._draw_track(canvas, moment)
        if self.values:
            value = self.values[self._position(moment, len(self.values))]
            canvas.write(value, self.width / 2, self.track + 2 * self.space, "centre")
        return canvas.pixels()

    def _captions(self, moment: int) -> list[Lettering]:
        """What stands above each tile."""
        texts = list(self.grid.row_labels)
        for row, text in enumerate(texts):
            count = self.grid.count(row)
            if self.grid.column_labels and not self.grid.is_described(row):
                texts[row] = f"{text} · {self._position(moment, count) + 1} of {count}"
        return [lettering(text, self.letters, self.cell_width) for text in texts]

    def _position(self, moment: int, count: int) -> int:
        """Which of `count` things is shown, each for about as long as the others."""
        return moment * count // self.grid.columns

    def _draw_track(self, canvas: Canvas, moment: int) -> None:
        """A line with a mark that shows how far between the ends the values are."""
        left, right = self.margin, self.width - self.margin
        radius = self.space
        mark = left + radius + round((right - left - 2 * radius) * moment / (self.grid.columns - 1))
        canvas.bar(Box(left, self.track - 1, right, self.track + 1), FAINT_INK)
        top, bottom = self.track - radius, self.track + radius
        canvas.bar(Box(mark - radius, top, mark + radius, bottom), SOFT_INK)
