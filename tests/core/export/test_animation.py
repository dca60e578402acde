from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from core.export import Recipe, TraversalGrid, read_recipe, save_picture

Frames = list[npt.NDArray[np.uint8]]
ReadFrames = Callable[[Path], Frames]

GREEN = (0, 255, 0)


@pytest.fixture(params=[".gif", ".webp"])
def path(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A file of each type that moves."""
    return tmp_path / f"sweep{request.param}"


def test_that_an_animation_goes_forth_and_back_at_a_steady_pace(
    path: Path, recipe: Recipe, read_frames: ReadFrames
) -> None:
    greys = np.array([0, 60, 120, 180], np.uint8)
    images = np.broadcast_to(greys[None, :, None, None, None], (1, 4, 8, 8, 1))
    save_picture(path, TraversalGrid(images, ("c1",), ("a", "b", "c", "d"), ""), recipe)
    frames = read_frames(path)
    height, width, _ = frames[0].shape
    assert [frame[height // 2, width // 2, 0] for frame in frames] == [0, 60, 120, 180, 120, 60]
    with Image.open(path) as picture:
        picture.load()
        assert picture.info["loop"] == 0
        assert picture.info["duration"] == 80


def test_that_an_animation_shows_every_grey_exactly(
    path: Path, recipe: Recipe, read_frames: ReadFrames
) -> None:
    greys = np.random.default_rng(0).permutation(256).astype(np.uint8)
    images = np.stack([np.roll(greys, 7 * t).reshape(16, 16, 1) for t in range(5)])
    save_picture(path, TraversalGrid(images[None], ("c1",), (), ""), recipe, scale=1)
    for frame, image in zip(read_frames(path)[:5], images, strict=True):
        windows = np.lib.stride_tricks.sliding_window_view(frame[..., 0], (16, 16))
        assert (windows == image[..., 0]).all(axis=(-1, -2)).sum() == 1


def test_that_a_webp_keeps_more_colours_than_a_gif_can(
    tmp_path: Path, recipe: Recipe, read_frames: ReadFrames
) -> None:
    images = np.random.default_rng(0).integers(0, 256, (1, 2, 32, 32, 3), np.uint8)
    grid = TraversalGrid(images, ("c1",), (), "")
    save_picture(tmp_path / "a.webp", grid, recipe, scale=1)
    shown = {tuple(pixel) for pixel in read_frames(tmp_path / "a.webp")[0].reshape(-1, 3).tolist()}
    assert {tuple(pixel) for pixel in images[0, 0].reshape(-1, 3).tolist()} <= shown


def test_that_a_shorter_row_takes_as_long_as_the_others(
    path: Path, recipe: Recipe, read_frames: ReadFrames
) -> None:
    images = np.zeros((2, 6, 8, 8, 1), np.uint8)
    images[0, :3] = np.array([10, 20, 30]).reshape(3, 1, 1, 1)
    grid = TraversalGrid(images, ("k1", "c1"), tuple("abcdef"), "", counts=(3, 6))
    save_picture(path, grid, recipe)
    forth = read_frames(path)[:6]
    shown = [[g for g in (10, 20, 30) if (frame == g).all(axis=-1).sum() > 99] for frame in forth]
    assert shown == [[10], [10], [20], [20], [30], [30]]


def test_that_padding_never_moves_into_sight(
    path: Path, ragged_grid: TraversalGrid, recipe: Recipe, read_frames: ReadFrames
) -> None:
    save_picture(path, ragged_grid, recipe)
    assert not any((frame == GREEN).all(axis=-1).any() for frame in read_frames(path))


def test_that_the_value_of_a_single_code_is_written_in_the_animation(
    tmp_path: Path, recipe: Recipe, read_frames: ReadFrames
) -> None:
    images = np.zeros((1, 2, 8, 8, 1), np.uint8)
    for name, labels in {"same.gif": ("1", "1"), "other.gif": ("1", "2")}.items():
        save_picture(tmp_path / name, TraversalGrid(images, ("c1",), labels, ""), recipe)
    same, other = (read_frames(tmp_path / name) for name in ("same.gif", "other.gif"))
    assert (same[0] == other[0]).all()
    assert (same[1] != other[1]).any()


def test_that_one_value_gives_an_animation_that_stands_still(
    path: Path, recipe: Recipe, read_frames: ReadFrames
) -> None:
    grid = TraversalGrid(np.zeros((3, 1, 8, 8, 3), np.uint8), ("c1", "c2", "c3"), ("0",), "")
    save_picture(path, grid, recipe)
    assert len(read_frames(path)) == 1
    assert read_recipe(path) == recipe
