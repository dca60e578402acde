"""dSprites, drawn anew: the outlines, the grid of their factors, and the fill of the pixels.

The original images (Matthey et al. 2017, github.com/google-deepmind/dsprites-dataset) were drawn
by a program that was never published. The geometry here reproduces all but about one image in
5,000 bit for bit; the exceptions differ in a single pixel.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import NDArray

SIDE = 64
FACTOR_NAMES = ("shape", "scale", "orientation", "posX", "posY")

_SCALES = np.linspace(0.5, 1, 6)
_ORIENTATIONS = np.linspace(0, 2 * np.pi, 40)  # both ends: the first and the last look the same
_POSITIONS = np.linspace(0, 1, 32)
_VALUES = (np.array([1.0, 2.0, 3.0]), _SCALES, _ORIENTATIONS, _POSITIONS, _POSITIONS)

_MARGIN = 16  # pixels between the border and the outermost position
_RANGE = 32  # pixels between the first and the last position
_UNIT = 9.6  # half a side of the square at scale 1, in pixels
_SNAP = 256  # vertices lie on a lattice of 1/256 pixel

# _FROM[k] has the bits of the columns k, k+1, ..., 63 set, column 0 in the highest bit.
_FROM = np.array([(1 << (SIDE - column)) - 1 for column in range(SIDE + 1)], dtype=np.uint64)


@dataclass(frozen=True)
class Grid:
    """Which orientations and positions a set holds; all combinations, posY changing fastest."""

    orientation_classes: range
    position_classes: range

    @property
    def values(self) -> tuple[NDArray[np.float64], ...]:
        """The values of each of the five factors, in the order of `FACTOR_NAMES`."""
        shapes, scales, orientations, x, y = _VALUES
        positions = list(self.position_classes)
        return (
            shapes,
            scales,
            orientations[list(self.orientation_classes)],
            x[positions],
            y[positions],
        )

    def __len__(self) -> int:
        return prod(len(values) for values in self.values)

    def factors(self) -> NDArray[np.float64]:
        """Returns (N, 5) float64: the factor values of every image."""
        return np.stack(np.meshgrid(*self.values, indexing="ij"), axis=-1).reshape(-1, 5)

    def render(self) -> Iterator[NDArray[np.uint8]]:
        """Yields (n, 512) uint8, bits packed, for each shape, scale and orientation in turn."""
        shapes, scales, orientations, x, y = self.values
        for shape in shapes:
            for scale in scales:
                for orientation in orientations:
                    yield render_sprite(int(shape), float(scale), float(orientation), x, y)


FULL = Grid(range(40), range(32))
SMALL = Grid(range(0, 40, 4), range(0, 32, 2))


def outline(shape: int) -> NDArray[np.float64]:
    """Corners of a sprite at scale 1 and orientation 0.

    shape: 1 square, 2 ellipse, 3 heart. Returns (2, V) float64: x to the right and y down, in
    pixels from the sprite's position.
    """
    if shape == 1:
        return _UNIT * np.array([[-1.0, 1.0, 1.0, -1.0], [-1.0, -1.0, 1.0, 1.0]])
    if shape == 2:
        t = 2 * np.pi * np.arange(100) / 100
        return _UNIT * np.stack([1.33 * np.cos(t), np.sin(t) / 1.33])
    t = 2 * np.pi * np.arange(150) / 150
    lobes = 13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t)
    return _UNIT * np.stack([np.sin(t) ** 3, -(lobes / 14.5 + 0.15)])


def render_sprite(
    shape: int,
    scale: float,
    orientation: float,
    pos_x: NDArray[np.float64],
    pos_y: NDArray[np.float64],
) -> NDArray[np.uint8]:
    """One sprite at every combination of positions.

    shape: 1, 2 or 3; scale: 0.5 to 1; orientation: radians, counter-clockwise; pos_x: (X,) and
    pos_y: (Y,) float64 in [0, 1]. Returns (X * Y, 512) uint8: 64 x 64 bits, packed as by
    `numpy.packbits`, pos_y changing fastest.
    """
    x, y = outline(shape) * scale
    cosine, sine = np.cos(orientation), np.sin(orientation)
    vertex_x = _snap((cosine * x + sine * y)[:, None] + _MARGIN + _RANGE * pos_x)
    # The lattice was laid from the bottom: a half is rounded up there, which is down in rows.
    vertex_y = SIDE - _snap(SIDE - ((cosine * y - sine * x) + _MARGIN + _RANGE * pos_y[:, None]))
    return _fill(vertex_x, vertex_y)


def _snap(coordinates: NDArray[np.float64]) -> NDArray[np.float64]:
    """The nearest multiples of 1/256, halves upwards."""
    snapped: NDArray[np.float64] = np.floor(_SNAP * coordinates + 0.5) / _SNAP
    return snapped


def _fill(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Even-odd fill without anti-aliasing: a pixel is on where its centre lies inside.

    x: (V, X), y: (Y, V). Returns (X * Y, 512) uint8. A crossing's row depends on the vertical
    position alone, so one list of crossings serves every horizontal position; and even-odd is an
    exclusive or: each crossing flips all pixels to the right of it.
    """
    centres = np.arange(SIDE) + 0.5
    below = y[:, None, :] < centres[:, None]
    position, row, start = np.nonzero(below != np.roll(below, -1, axis=2))
    end = (start + 1) % x.shape[0]
    y_start, y_end = y[position, start], y[position, end]
    from_start = (centres[row] - y_start)[:, None]
    crossing = x[start] + from_start * (x[end] - x[start]) / (y_end - y_start)[:, None]
    flips = _FROM[np.clip(np.ceil(crossing - 0.5), 0, SIDE).astype(np.intp)]

    # np.nonzero lists the crossings line by line, so those of one line are neighbours.
    line = position * SIDE + row
    first = np.flatnonzero(np.diff(line, prepend=-1))
    lines = np.zeros((len(y) * SIDE, x.shape[1]), dtype=np.uint64)
    lines[line[first]] = np.bitwise_xor.reduceat(flips, first, axis=0)

    images = lines.reshape(len(y), SIDE, -1).transpose(2, 0, 1)
    packed = images.astype(">u8", order="C").view(np.uint8)
    return packed.reshape(-1, SIDE * SIDE // 8)
