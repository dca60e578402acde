"""Files that carry their recipe: pictures, animations, pages, tables."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.export.animation import animate
from core.export.canvas import Layout, pixels_of
from core.export.errors import ExportError
from core.export.grid import ImageGrid, Pixels, TraversalGrid, check_pixels
from core.export.raster import gif, png, recipe_in_raster, webp
from core.export.recipe import AnyRecipe, CurvesRecipe, Recipe, recipe_from_json
from core.export.score_sheet import ScoreSheet, scores_csv, scores_latex
from core.export.sheet import Sheet, compose
from core.export.svg import recipe_in_svg, svg_of
from core.export.table import PREFIX, losses_table, matrix_table, recipe_in_table
from core.files.atomic import write_atomically
from core.files.plain import require_plain_file

# pypdf takes 60 ms to import, so what needs it does so when called: the app's start is counted.

STILL_SUFFIXES = (".png", ".svg", ".pdf", ".webp")
TRAVERSAL_SUFFIXES = (".png", ".svg", ".pdf", ".gif", ".webp")
"""What `save_picture` can write of grids and of traversals, of which .gif and .webp move."""

FIGURE_SUFFIXES = (".png", ".svg", ".pdf")

FIGURE_SCALE = 2
"""Pixels of a .png per pixel of a figure, so that it is sharp in print."""


def save_picture(path: Path, grid: ImageGrid, recipe: Recipe, scale: int | None = None) -> None:
    """Write the grid to `path`, as its suffix says.

    A .png, .svg or .pdf is a still sheet with labels, which are real text in the latter two. A
    traversal as .gif or .webp goes forth and back, without loss of colours in the latter; any
    other grid is a still .webp.

    Args:
        path: the file; its suffix chooses the format.
        grid: what to show.
        recipe: what it was made from; goes into the file.
        scale: how many times each image is enlarged, a whole number; None: a legible size.

    Raises:
        ExportError: another suffix, a picture too large, a recipe with numbers that are not
            finite, or a file that cannot be written; the file then stays as it was.
    """
    check_suffix(path, TRAVERSAL_SUFFIXES if isinstance(grid, TraversalGrid) else STILL_SUFFIXES)
    match path.suffix.lower():
        case ".gif":
            content = gif(_frames(grid, scale), recipe)
        case ".webp":
            content = webp(_frames(grid, scale), recipe)
        case _:
            content = _page(path.suffix, Sheet(grid, scale), recipe)
    _write(path, content)


def save_figure(path: Path, figure: Layout, recipe: CurvesRecipe) -> None:
    """Write a figure to `path`, .png, .svg or .pdf.

    Raises:
        ExportError: another suffix, or a file that cannot be written; it then stays as it was.
    """
    check_suffix(path, FIGURE_SUFFIXES)
    _write(path, _page(path.suffix, figure, recipe, FIGURE_SCALE))


def save_png(path: Path, image: Pixels, recipe: AnyRecipe | None) -> None:
    """Write one image (H, W, C) uint8, C 1, 3 or 4 (with opacity), as it is.

    Raises:
        ExportError: the file cannot be written, and stays as it was; or the recipe has numbers
            that are not finite.
    """
    check_pixels(image, ndim=3, channels=(1, 3, 4))
    _write(path, png(image, recipe))


def save_losses_csv(path: Path, rows: Sequence[Mapping[str, object]], recipe: CurvesRecipe) -> None:
    """Write rows such as those of losses.csv, below the recipe as a comment that begins with #.

    Raises:
        ExportError: there are no rows, or as `save_png`.
    """
    check_suffix(path, (".csv",))
    _write(path, losses_table(rows, recipe))


def save_scores(path: Path, sheet: ScoreSheet, recipe: CurvesRecipe) -> None:
    """Write a table of scores, .csv or .tex, below the recipe as a comment.

    Raises:
        ExportError: there are no lines, or as `save_png`.
    """
    check_suffix(path, (".csv", ".tex"))
    written = scores_csv if path.suffix.lower() == ".csv" else scores_latex
    _write(path, written(sheet, recipe).encode())


def save_matrix_csv(
    path: Path,
    matrix: NDArray[np.float64],
    rows: Sequence[str],
    columns: Sequence[str],
    recipe: CurvesRecipe,
) -> None:
    """Write a matrix (R, C) with names of its rows and columns, below the recipe as a comment.

    Raises:
        ExportError: as `save_png`.
    """
    check_suffix(path, (".csv",))
    _write(path, matrix_table(matrix, rows, columns, recipe))


def read_recipe(path: Path) -> AnyRecipe:
    """The recipe inside a file that icdrl exported, whatever the file is called.

    Raises:
        ExportError: the file cannot be read, is of no type that icdrl exports, has no recipe, or
            has one that is damaged or of a newer schema.
    """
    try:
        text = _recipe_in(path)
    except OSError as error:
        raise ExportError(f"{path} cannot be read: {error.strerror or error}.") from error
    except ExportError as error:
        raise ExportError(f"{path} cannot be read: {error}.") from error
    if text is None:
        raise ExportError(f"{path} has no recipe inside: only files exported by icdrl have one.")
    try:
        return recipe_from_json(text)
    except ExportError as error:
        raise ExportError(f"{path}: {error}") from error


def check_suffix(path: Path, suffixes: tuple[str, ...]) -> None:
    """Let pass a file with one of these suffixes, in small letters or capitals.

    Raises:
        ExportError: it has another one; the message lists them.
    """
    if path.suffix.lower() not in suffixes:
        *others, last = suffixes
        choice = f"{', '.join(others)} or {last}" if others else last
        raise ExportError(
            f"{path.name} cannot be written as {path.suffix or 'a file without a suffix'}: "
            f"choose {choice}."
        )


def _page(suffix: str, layout: Layout, recipe: AnyRecipe, scale: int = 1) -> bytes:
    """A still page: .svg, .pdf, or as pixels."""
    match suffix.lower():
        case ".svg":
            return svg_of(layout, recipe)
        case ".pdf":
            from core.export.pdf import pdf_of

            return pdf_of(layout, recipe)
        case _:
            return png(pixels_of(layout, scale), recipe)


def _frames(grid: ImageGrid, scale: int | None) -> Pixels:
    """What there is to see of the grid (F, H, W, 3): one frame if it is no traversal."""
    return animate(grid, scale) if isinstance(grid, TraversalGrid) else compose(grid, scale)[None]


def _recipe_in(path: Path) -> str | None:
    require_plain_file(path)
    with path.open("rb") as file:
        # No export is nearly as large; a film dropped by mistake must not fill the memory.
        content = file.read(_LARGEST)
    if content.startswith(PREFIX.encode()):
        return recipe_in_table(content)
    if content.startswith(b"%PDF-"):
        from core.export.pdf import recipe_in_pdf

        return recipe_in_pdf(content)
    if content.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<"):
        return recipe_in_svg(content)
    return recipe_in_raster(content)


def _write(path: Path, content: bytes) -> None:
    try:
        write_atomically(path, lambda file: file.write(content))
    except OSError as error:
        if not path.parent.is_dir():
            remedy = f"there is no folder {path.parent}; create it or choose another"
        else:
            remedy = f"{error.strerror or error}; make room or choose another folder"
        raise ExportError(f"{path.name} cannot be written: {remedy}.") from error


_LARGEST = 256 * 2**20
