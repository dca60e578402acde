"""What the tests of export share: grids, recipes, and files read back."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from core.export import CurvesRecipe, Recipe, TraversalGrid

Pixels = npt.NDArray[np.uint8]

RED, GREEN = (255, 0, 0), (0, 255, 0)


@pytest.fixture
def make_grid() -> Callable[..., TraversalGrid]:
    """Red squares, three to a row."""

    def make_grid(
        side: int = 8,
        row_labels: tuple[str, ...] = ("c1 posX", "c2 posY"),
        column_labels: tuple[str, ...] = ("-1.0", "0.0", "1.0"),
        title: str = "step 5,000 · anchor random:0",
    ) -> TraversalGrid:
        images = np.full((len(row_labels), 3, side, side, 3), RED, np.uint8)
        return TraversalGrid(images, row_labels, column_labels, title)

    return make_grid


@pytest.fixture
def ragged_grid() -> TraversalGrid:
    """A red row of two and a red row of five; the padding is green."""
    images = np.full((2, 5, 8, 8, 3), RED, np.uint8)
    images[0, 2:] = GREEN
    values = ("-1", "-0.5", "0", "0.5", "1")
    return TraversalGrid(images, ("k1", "c1"), values, "", counts=(2, 5))


@pytest.fixture
def recipe() -> Recipe:
    """Ten codes at eleven values, in a run whose name is not ASCII."""
    numbers = np.random.default_rng(0)
    return Recipe(
        kind="traversal",
        run="größe-运行-1",
        step=5000,
        seed=7,
        anchor="random:0",
        anchor_latent=tuple(numbers.normal(size=72).tolist()),
        range_rule="fixed:-2,2",
        codes=tuple(f"c{i + 1}" for i in range(10)),
        values=tuple(tuple(row) for row in numbers.normal(size=(10, 11)).tolist()),
        preset="dsprites-infogan",
    )


@pytest.fixture
def samples_recipe() -> Recipe:
    """Seven samples."""
    return Recipe("samples", "größe-运行-1", 5000, 7, "random:3", count=7)


@pytest.fixture
def curves_recipe() -> CurvesRecipe:
    """Two losses of two runs, smoothed."""
    return CurvesRecipe(
        kind="curves",
        runs=("größe-运行-1", "b"),
        steps=(5000, 4000),
        scalars=("generator", "information"),
        x_axis="trained_s",
        smoothing=0.9,
        log_y=True,
    )


@pytest.fixture
def read_frames() -> Callable[[Path], list[Pixels]]:
    """All frames of a picture (H, W, 3)."""

    def read_frames(path: Path) -> list[Pixels]:
        with Image.open(path) as picture:
            frames = []
            for i in range(getattr(picture, "n_frames", 1)):
                picture.seek(i)
                frames.append(np.array(picture.convert("RGB")))
            return frames

    return read_frames
