"""`ImageGrid`, `TraversalGrid`: images in rows with everything that is written around them."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.export.errors import ExportError

Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class ImageGrid:
    """Finished images in rows and columns.

    Attributes:
        images: (R, T, H, W, C) uint8, C 1 or 3. Rows may differ in length: what lies beyond a
            row's count is padding and never shown.
        row_labels: R texts, such as "c1 posX"; they may be empty.
        column_labels: none, or a text for each value, such as "-1.0". They describe the rows of
            just that length: shorter ones (a categorical code among continuous ones) have values
            of another kind.
        title: one sentence, such as "step 5,000 · anchor random:0"; may be empty.
        counts: how many images each row has, each from 1 to T; empty where all rows have T.

    Raises:
        ValueError: the parts do not fit each other.
    """

    images: Pixels
    row_labels: tuple[str, ...]
    column_labels: tuple[str, ...]
    title: str
    counts: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        check_pixels(self.images, ndim=5)
        rows, columns = len(self.images), self.columns
        if len(self.row_labels) != rows:
            raise ValueError(f"{len(self.row_labels)} row labels for {rows} rows")
        if len(self.column_labels) > columns:
            raise ValueError(f"{len(self.column_labels)} column labels for {columns} columns")
        if self.counts and len(self.counts) != rows:
            raise ValueError(f"{len(self.counts)} counts for {rows} rows")
        if any(not 1 <= count <= columns for count in self.counts):
            raise ValueError(f"counts {self.counts} for {columns} columns")

    @property
    def columns(self) -> int:
        """T, the images of the longest row."""
        return int(self.images.shape[1])

    @property
    def image_shape(self) -> tuple[int, int]:
        """(H, W) of each image."""
        return int(self.images.shape[2]), int(self.images.shape[3])

    def count(self, row: int) -> int:
        """How many images row `row` has."""
        return self.counts[row] if self.counts else self.columns

    def rows(self) -> Iterator[Pixels]:
        """The images of each row (count, H, W, C), without padding."""
        return (row[: self.count(i)] for i, row in enumerate(self.images))

    def is_described(self, row: int) -> bool:
        """Whether the column labels are the values of row `row`."""
        return self.count(row) == len(self.column_labels)


class TraversalGrid(ImageGrid):
    """The cells of a traversal: a row per code, a column per value, so that it can move."""


def crossed_out(images: Pixels) -> Pixels:
    """Images (N, H, W, C), darkened under a grey cross: they do not show what they should."""
    height, width = images.shape[1:3]
    y, x = np.mgrid[:height, :width]
    rising = np.abs(y * (width - 1) - x * (height - 1)) < max(height, width)
    cross = rising | rising[:, ::-1]
    dark = images // 3
    dark[:, cross] = 160
    return dark


def check_pixels(pixels: Pixels, ndim: int, channels: tuple[int, ...] = (1, 3)) -> None:
    """Let pass (..., H, W, C) uint8 of `ndim` axes, C one of `channels`, none of them empty.

    Raises:
        ValueError: any other array.
    """
    fits = pixels.ndim == ndim and pixels.dtype == np.uint8 and pixels.shape[-1] in channels
    if not fits or not pixels.size:
        raise ValueError(f"no picture: an array {pixels.shape} {pixels.dtype}")


def choose_scale(grid: ImageGrid, scale: int | None, target: int) -> int:
    """`scale`; where it is None the whole number that makes an image about `target` pixels large.

    Raises:
        ExportError: `scale` is less than 1.
    """
    if scale is None:
        return max(1, round(target / max(grid.image_shape)))
    if scale < 1:
        raise ExportError(
            f"A picture cannot be enlarged {scale} times: choose a scale of 1 or more."
        )
    return scale


def enlarged(image: Pixels, scale: int) -> Pixels:
    """The image (H, W, C) as (H * scale, W * scale, 3), each pixel a square."""
    coloured = np.broadcast_to(image, (*image.shape[:2], 3))
    return coloured.repeat(scale, axis=0).repeat(scale, axis=1)
