from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from core.export import (
    ExportError,
    Recipe,
    compose,
    read_recipe,
    reconstructions_grid,
    samples_grid,
    save_picture,
)

ReadFrames = Callable[[Path], list[npt.NDArray[np.uint8]]]

# Seven images of one grey each, told apart by it.
GREYS = np.arange(7, dtype=np.uint8) * 10 + 1
IMAGES = np.broadcast_to(GREYS[:, None, None, None], (7, 8, 8, 1))


def greys(rows: npt.NDArray[np.uint8]) -> list[int]:
    return [int(image[0, 0, 0]) for image in rows]


def test_that_samples_fill_rows_in_reading_order(samples_recipe: Recipe) -> None:
    grid = samples_grid(IMAGES, samples_recipe, columns=5)
    assert [greys(row) for row in grid.rows()] == [[1, 11, 21, 31, 41], [51, 61]]
    assert grid.title == "größe-运行-1 · step 5,000 · samples random:3"
    assert (compose(grid, scale=1)[..., 0] == 1).sum() == 64


def test_that_the_title_says_what_a_person_calls_the_run(samples_recipe: Recipe) -> None:
    titles = [
        samples_grid(IMAGES, samples_recipe, name="My sprites").title,
        reconstructions_grid(IMAGES, IMAGES, samples_recipe, name="My sprites").title,
    ]
    assert titles == ["My sprites · step 5,000 · samples random:3"] * 2


@pytest.mark.parametrize(
    ("count", "columns", "shape"),
    [(1, None, (1, 1)), (7, None, (3, 3)), (64, None, (8, 8)), (3, 10, (1, 3)), (4, 2, (2, 2))],
)
def test_that_samples_form_a_square_unless_told_otherwise(
    samples_recipe: Recipe, count: int, columns: int | None, shape: tuple[int, int]
) -> None:
    grid = samples_grid(np.zeros((count, 8, 8, 3), np.uint8), samples_recipe, columns)
    assert grid.images.shape[:2] == shape
    assert sum(len(row) for row in grid.rows()) == count


def test_that_each_reconstruction_stands_below_its_original(samples_recipe: Recipe) -> None:
    recipe = replace(samples_recipe, kind="reconstructions")
    grid = reconstructions_grid(IMAGES, IMAGES + 100, recipe, columns=4)
    assert [greys(row) for row in grid.rows()] == [
        *([1, 11, 21, 31], [101, 111, 121, 131]),
        *([41, 51, 61], [141, 151, 161]),
    ]
    assert grid.row_labels == ("original", "reconstruction") * 2


def test_that_originals_without_their_reconstructions_are_a_defect(samples_recipe: Recipe) -> None:
    with pytest.raises(ValueError, match="originals"):
        reconstructions_grid(IMAGES, IMAGES[1:], samples_recipe)


def test_that_samples_do_not_move(
    tmp_path: Path, samples_recipe: Recipe, read_frames: ReadFrames
) -> None:
    grid = samples_grid(IMAGES, samples_recipe)
    with pytest.raises(ExportError, match=r"as \.gif: choose \.png, \.svg, \.pdf or \.webp\.$"):
        save_picture(tmp_path / "s.gif", grid, samples_recipe)
    save_picture(tmp_path / "s.webp", grid, samples_recipe)
    (frame,) = read_frames(tmp_path / "s.webp")
    assert (frame == compose(grid)).all()
    assert read_recipe(tmp_path / "s.webp") == samples_recipe
