"""`Mosaic`: the images of a grid as one QImage, and `Geometry`: where each of them lies."""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QImage

Pixels = npt.NDArray[np.uint8]

LARGEST_ZOOM = 16
LEGIBLE_CELL = 28
SMALLEST_CELL = 20
"""Logical pixels: how wide cells are at least for all rows, or all columns, to be seen at once."""


@dataclass(frozen=True)
class Geometry:
    """Places in logical pixels; (0, 0) is the corner of the first cell.

    Attributes:
        rows, columns: of cells.
        cell: (height, width) of a cell in pixels of the mosaic: the images' own size, or another
            where they had to be resized.
        gaps: (below, beside) a cell, in the same pixels.
        zoom: device pixels per pixel of the mosaic, a whole number.
        ratio: device pixels per logical pixel.
    """

    rows: int
    columns: int
    cell: tuple[int, int]
    gaps: tuple[int, int]
    zoom: int
    ratio: float

    @property
    def shape(self) -> tuple[int, int]:
        """(height, width) of the mosaic, in its own pixels."""
        return (
            self.rows * (self.cell[0] + self.gaps[0]) - self.gaps[0],
            self.columns * (self.cell[1] + self.gaps[1]) - self.gaps[1],
        )

    @property
    def height(self) -> float:
        """Of all cells."""
        return self.shape[0] * self.zoom / self.ratio

    @property
    def width(self) -> float:
        """Of all cells."""
        return self.shape[1] * self.zoom / self.ratio

    def corner(self, row: int, column: int) -> tuple[int, int]:
        """(y, x) of a cell in the mosaic."""
        return row * (self.cell[0] + self.gaps[0]), column * (self.cell[1] + self.gaps[1])

    def place(self, row: int, column: int) -> QRectF:
        """Of a cell."""
        (y, x), scale = self.corner(row, column), self.zoom / self.ratio
        return QRectF(x * scale, y * scale, self.cell[1] * scale, self.cell[0] * scale)

    def row_at(self, y: float) -> int | None:
        """The row at this height; a gap belongs to the row above it."""
        row = int(y * self.ratio / self.zoom // (self.cell[0] + self.gaps[0]))
        return row if 0 <= row < self.rows else None

    def cell_at(self, point: QPointF) -> tuple[int, int] | None:
        """(row, column) of the cell at this place; None beside the cells."""
        row = self.row_at(point.y())
        column = int(point.x() * self.ratio / self.zoom // (self.cell[1] + self.gaps[1]))
        return None if row is None or not 0 <= column < self.columns else (row, column)


def fitted(
    images: tuple[int, int, int, int],
    room: tuple[float, float],
    ratio: float,
    zoom: int = 0,
    row_height: float = 0,
) -> Geometry:
    """The geometry for images (R, T, H, W) in a room of (height, width) logical pixels.

    zoom: device pixels per pixel of an image; 0: cells as large as the room allows, so that all
    rows are seen as long as cells are legible, and all columns in any case but tiny.
    row_height: the least distance between rows, so that labels do not overlap.
    """
    rows, columns, height, width = images
    high, wide = (side * ratio for side in room)

    def geometry(cell: tuple[int, int], by: int) -> Geometry:
        gap = max(1, cell[0] // 32)
        below = max(gap, int(-(-row_height * ratio // by)) - cell[0])
        return Geometry(rows, columns, cell, (below, gap), by, ratio)

    def of_width(side: int) -> Geometry:
        return geometry((max(1, round(height * side / width)), side), 1)

    def largest(least: int, most: int, is_fitting: Callable[[Geometry], bool]) -> int:
        """The largest width of a cell that fits, and `least - 1` where none does."""
        widths = range(least, most + 1)
        return (
            least - 1 + bisect_left(widths, True, key=lambda side: not is_fitting(of_width(side)))
        )

    if zoom:
        return geometry((height, width), zoom)
    own_size = round(width * ratio)
    legible = min(own_size, round(LEGIBLE_CELL * ratio))
    side = largest(legible, int(wide), lambda one: one.shape[0] <= high and one.shape[1] <= wide)
    if side < legible:
        smallest = min(own_size, round(SMALLEST_CELL * ratio))
        side = max(smallest, largest(smallest, own_size, lambda one: one.shape[1] <= wide))
    return of_width(side)


class Mosaic:
    """A picture of all cells in memory that it shares with numpy, written in place."""

    def __init__(self, geometry: Geometry, background: QColor) -> None:
        self.geometry = geometry
        self._buffer = np.full(geometry.shape, background.rgb() | 0xFF000000, np.uint32)
        height, width = geometry.shape
        self.image = QImage(self._buffer.data, width, height, 4 * width, QImage.Format.Format_RGB32)

    def write(self, images: Pixels, counts: Sequence[int]) -> None:
        """Fill the cells with images (R, T, H, W, C); `counts`: how many of each row are shown."""
        high, wide = self.geometry.cell
        cells = _packed(_resized(images, high, wide))
        for row, count in enumerate(counts):
            for column in range(count):
                y, x = self.geometry.corner(row, column)
                self._buffer[y : y + high, x : x + wide] = cells[row, column]


def _packed(images: Pixels) -> npt.NDArray[np.uint32]:
    """(..., C) uint8 -> (...) as Qt's RGB32."""
    packed = np.full(images.shape[:-1], 0xFF000000, np.uint32)
    for channel, shift in enumerate((16, 8, 0)):
        each = images[..., min(channel, images.shape[-1] - 1)].astype(np.uint32)
        packed |= np.left_shift(each, shift, out=each)
    return packed


def _resized(images: Pixels, high: int, wide: int) -> Pixels:
    """(R, T, H, W, C) of another H and W.

    Made larger, each pixel is the nearest one; smaller, the mean of the area that it stands for.
    """
    return _resized_along(_resized_along(images, 3, wide), 2, high)


def _resized_along(images: Pixels, axis: int, after: int) -> Pixels:
    """One axis resized; in whole numbers, as matrix products would start threads."""
    before = images.shape[axis]
    if before == after:
        return images
    if before < after:
        nearest = (2 * np.arange(after) + 1) * before // (2 * after)
        larger: Pixels = images.take(nearest, axis)
        return larger
    shape = [1] * images.ndim
    shape[axis] = after
    total = np.full((), 128, np.uint16)
    for index, weight in _shares(before, after):
        part = images.take(index, axis).astype(np.uint16)
        part *= weight.reshape(shape)
        total = np.add(total, part, out=part)
    total >>= 8
    return total.astype(np.uint8)


@cache
def _shares(
    before: int, after: int
) -> tuple[tuple[npt.NDArray[np.intp], npt.NDArray[np.uint16]], ...]:
    """Pairs (after,) of which old pixel goes into each new one and by how many 256ths."""
    edges = np.linspace(0, before, after + 1)
    first, until = np.floor(edges[:-1] + 1e-9), edges[1:]
    shares, left = [], np.full(after, 256)
    terms = int((np.ceil(until - 1e-9) - first).max())
    for term in range(terms):
        old = first + term
        shared = (np.minimum(until, old + 1) - np.maximum(edges[:-1], old)).clip(0)
        weight = np.minimum(left, np.rint(shared * after / before * 256).astype(int))
        left -= weight
        if term == terms - 1:
            weight += left
        shares.append((old.astype(np.intp).clip(0, before - 1), weight.astype(np.uint16)))
    return tuple(shares)
