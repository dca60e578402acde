"""Samples and reconstructions side by side, as grids."""

from math import ceil, sqrt

import numpy as np

from core.counts import named_step
from core.export.grid import ImageGrid, Pixels, check_pixels
from core.export.recipe import Recipe


def samples_grid(
    images: Pixels, recipe: Recipe, columns: int | None = None, name: str = ""
) -> ImageGrid:
    """Images (N, H, W, C) uint8 in rows of `columns`; None: a square as nearly as can be.

    name: what a person calls the run, for the title; that of its folder if not given.
    """
    rows, counts = _in_rows(images, columns or ceil(sqrt(len(images))))
    return ImageGrid(rows, ("",) * len(rows), (), _title(recipe, name), counts)


def reconstructions_grid(
    originals: Pixels,
    reconstructions: Pixels,
    recipe: Recipe,
    columns: int | None = None,
    name: str = "",
) -> ImageGrid:
    """A row of originals (N, H, W, C) uint8, below it their reconstructions, and so on.

    name: as in `samples_grid`.
    """
    if originals.shape != reconstructions.shape:
        raise ValueError(f"originals {originals.shape}, reconstructions {reconstructions.shape}")
    columns = columns or ceil(sqrt(2 * len(originals)))
    above, counts = _in_rows(originals, columns)
    below, _ = _in_rows(reconstructions, columns)
    pairs = np.stack([above, below], axis=1).reshape(-1, *above.shape[1:])
    labels = ("original", "reconstruction") * len(above)
    twice = tuple(count for count in counts for _ in range(2))
    return ImageGrid(pairs, labels, (), _title(recipe, name), twice)


def _in_rows(images: Pixels, columns: int) -> tuple[Pixels, tuple[int, ...]]:
    """(R, T, H, W, C), T at most `columns`, the last row padded; and how many each row has."""
    check_pixels(images, ndim=4)
    count = len(images)
    columns = min(columns, count)
    rows = ceil(count / columns)
    cells = np.zeros((rows * columns, *images.shape[1:]), np.uint8)
    cells[:count] = images
    counts = (*(columns,) * (rows - 1), count - columns * (rows - 1))
    return cells.reshape(rows, columns, *images.shape[1:]), counts


def _title(recipe: Recipe, name: str) -> str:
    return f"{name or recipe.run} · {named_step(recipe.step)} · {recipe.kind} {recipe.anchor}"
