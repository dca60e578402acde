"""A grid as one still picture: a traversal has a row for each code, a column for each value."""

from core.export.canvas import PAPER, SOFT_INK, Paper, check_size, pixels_of
from core.export.grid import ImageGrid, Pixels, choose_scale
from core.export.lettering import letter_size, lettering

CELL_TARGET = 80
"""Pixels; scales are whole numbers, so most cells end between 64 and 96."""


def compose(grid: ImageGrid, scale: int | None = None) -> Pixels:
    """The whole grid as one picture (H, W, 3) uint8, with its labels and title.

    Args:
        grid: what to show.
        scale: how many times each image is enlarged, a whole number; None: so that a cell is
            some 80 pixels wide.

    Raises:
        ExportError: the scale is less than 1, or so large that the picture gets too big.
    """
    return pixels_of(Sheet(grid, scale))


class Sheet:
    """Where everything stands, worked out from the texts' sizes before there is paper.

    A `Layout`.
    """

    paper = PAPER

    def __init__(self, grid: ImageGrid, scale: int | None) -> None:
        """Lay out `grid`; `scale` and what is raised as in `compose`."""
        self.caption = grid.title
        self.grid, self.scale = grid, choose_scale(grid, scale, CELL_TARGET)
        self.cell_height, self.cell_width = (side * self.scale for side in grid.image_shape)
        self.gap = max(3, self.cell_height // 32)  # Readers of PDF may lose two.
        letters = letter_size(self.cell_height)
        self.margin, self.space = letters, letters // 2

        self.row_labels = [lettering(label, letters, 12 * letters) for label in grid.row_labels]
        self.values = [lettering(label, letters, self.cell_width) for label in grid.column_labels]
        self.column_width = max([self.cell_width, *(v.width + self.space for v in self.values)])
        self.row_heights = [max(self.cell_height, label.height) for label in self.row_labels]
        self.header_height = max((v.height + self.gap for v in self.values), default=0)
        # The values stand above the first row they belong to, not above categories before it.
        described = (row for row in range(len(self.row_labels)) if grid.is_described(row))
        self.header_row = next(described, 0)
        self.header_space = self.space if self.values and self.header_row else 0

        labels_width = max(label.width for label in self.row_labels)
        self.left = self.margin + labels_width + (self.space if labels_width else 0)
        right = self.left + grid.columns * (self.column_width + self.gap) - self.gap
        self.title = lettering(grid.title, letters, right - self.margin)
        self.top = self.margin + (self.title.height + self.space if self.title.lines else 0)
        self.width = max(right, self.margin + self.title.width) + self.margin
        self.height = self.top + self.header_space + self.header_height + self.margin
        self.height += sum(self.row_heights) + self.gap * (len(self.row_labels) - 1)
        check_size(self.width * self.height)

    def draw_on(self, paper: Paper) -> None:
        """Write and paste everything onto paper of this width and height."""
        paper.write(self.title, self.margin, self.margin, colour=SOFT_INK)
        y = self.top
        for row, images in enumerate(self.grid.rows()):
            if row == self.header_row:
                y += self.header_space + self.header_height
                for column, value in enumerate(self.values):
                    top = y - self.gap - value.height
                    paper.write(value, self._centre(column), top, "centre", SOFT_INK)
            middle = y + self.row_heights[row] / 2
            label = self.row_labels[row]
            paper.write(label, self.left - self.space, middle - label.height / 2, "right")
            for column, image in enumerate(images):
                corner = self._centre(column) - self.cell_width / 2, middle - self.cell_height / 2
                paper.paste(image, self.scale, round(corner[0]), round(corner[1]))
            y += self.row_heights[row] + self.gap

    def _centre(self, column: int) -> float:
        return self.left + column * (self.column_width + self.gap) + self.column_width / 2
