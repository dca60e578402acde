"""Files as they come back from disk, whatever their type."""

import errno
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.export import (
    TRAVERSAL_SUFFIXES,
    CurvesRecipe,
    ExportError,
    Recipe,
    TraversalGrid,
    read_recipe,
    save_losses_csv,
    save_picture,
    save_png,
)

MakeGrid = Callable[..., TraversalGrid]

EVERY_SUFFIX = pytest.mark.parametrize("suffix", TRAVERSAL_SUFFIXES)


@EVERY_SUFFIX
def test_that_a_long_recipe_survives_the_round_trip_whatever_the_file_is_called(
    tmp_path: Path, make_grid: MakeGrid, recipe: Recipe, suffix: str
) -> None:
    path = tmp_path / f"t{suffix}"
    save_picture(path, make_grid(), recipe)
    assert read_recipe(path) == recipe
    assert read_recipe(path.rename(tmp_path / "renamed.txt")) == recipe


@EVERY_SUFFIX
def test_that_numbers_which_are_not_finite_are_refused_before_anything_is_written(
    tmp_path: Path, make_grid: MakeGrid, recipe: Recipe, suffix: str
) -> None:
    infinite = replace(recipe, anchor_latent=(0.0, float("inf")))
    with pytest.raises(ExportError, match="not finite"):
        save_picture(tmp_path / f"t{suffix}", make_grid(), infinite)
    assert not list(tmp_path.iterdir())


@EVERY_SUFFIX
def test_that_a_file_cut_short_is_a_sentence_unless_its_recipe_is_whole(
    tmp_path: Path, make_grid: MakeGrid, recipe: Recipe, suffix: str
) -> None:
    path = tmp_path / f"t{suffix}"
    save_picture(path, make_grid(), recipe)
    content = path.read_bytes()
    for length in range(0, len(content) - 8, 97):
        path.write_bytes(content[:length])
        with suppress(ExportError):
            assert read_recipe(path) == recipe


@EVERY_SUFFIX
def test_that_a_damaged_file_is_a_sentence_or_a_recipe(
    tmp_path: Path, make_grid: MakeGrid, recipe: Recipe, suffix: str
) -> None:
    path = tmp_path / f"t{suffix}"
    save_picture(path, make_grid(), recipe)
    content = np.frombuffer(path.read_bytes(), np.uint8)
    dice = np.random.default_rng(0)
    sentences = []
    for _ in range(100):
        damaged = content.copy()
        damaged[dice.integers(len(content), size=20)] = dice.integers(256, size=20)
        path.write_bytes(damaged.tobytes())
        try:
            read_recipe(path)
        except ExportError as error:
            sentences.append(str(error))
    assert sentences
    assert all(each.startswith(str(path)) and each.endswith(".") for each in sentences)


@EVERY_SUFFIX
def test_that_a_picture_too_large_is_refused_before_it_fills_the_memory(
    tmp_path: Path, make_grid: MakeGrid, recipe: Recipe, suffix: str
) -> None:
    with pytest.raises(ExportError, match="million pixels"):
        save_picture(tmp_path / f"huge{suffix}", make_grid(), recipe, scale=100_000)


def test_that_a_webp_wider_than_its_format_allows_is_refused(
    tmp_path: Path, recipe: Recipe
) -> None:
    grid = TraversalGrid(np.zeros((1, 1, 8, 17_000, 1), np.uint8), ("",), (), "")
    with pytest.raises(ExportError, match=r"at most 16,383 .* another format\.$"):
        save_picture(tmp_path / "wide.webp", grid, recipe, scale=1)


@EVERY_SUFFIX
def test_that_a_full_disk_is_one_sentence_and_leaves_the_old_picture(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    make_grid: MakeGrid,
    recipe: Recipe,
    suffix: str,
) -> None:
    path = tmp_path / f"t{suffix}"
    save_picture(path, make_grid(), recipe)
    before = path.read_bytes()

    def fsync(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(ExportError, match=f"^t{suffix} cannot be written: No space left"):
        save_picture(path, make_grid(side=16), recipe)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_that_a_missing_folder_is_named(
    tmp_path: Path, make_grid: MakeGrid, recipe: Recipe
) -> None:
    with pytest.raises(ExportError, match=r"there is no folder .*nowhere; create it"):
        save_picture(tmp_path / "nowhere" / "a.png", make_grid(), recipe)


def test_that_an_unknown_suffix_is_answered_with_those_there_are(
    tmp_path: Path, make_grid: MakeGrid, recipe: Recipe
) -> None:
    for name in ("picture.bmp", "picture"):
        with pytest.raises(ExportError, match=r"choose \.png, \.svg, \.pdf, \.gif or \.webp\.$"):
            save_picture(tmp_path / name, make_grid(), recipe)
    save_picture(tmp_path / "LOUD.PNG", make_grid(), recipe)
    assert read_recipe(tmp_path / "LOUD.PNG") == recipe


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_that_a_plain_picture_keeps_its_pixels_and_channels(
    tmp_path: Path, curves_recipe: CurvesRecipe, channels: int
) -> None:
    image = np.random.default_rng(0).integers(0, 256, (5, 7, channels), np.uint8)
    save_png(tmp_path / "plain.png", image, curves_recipe)
    with Image.open(tmp_path / "plain.png") as picture:
        assert picture.mode == {1: "L", 3: "RGB", 4: "RGBA"}[channels]
        assert (np.array(picture).reshape(image.shape) == image).all()
    assert read_recipe(tmp_path / "plain.png") == curves_recipe


def test_that_a_picture_without_a_recipe_says_so(tmp_path: Path) -> None:
    save_png(tmp_path / "plain.png", np.zeros((4, 4, 1), np.uint8), None)
    Image.new("L", (4, 4)).save(tmp_path / "foreign.gif", comment=b"made elsewhere")
    Image.new("RGB", (4, 4)).save(tmp_path / "foreign.webp")
    for name in ("plain.png", "foreign.gif", "foreign.webp"):
        with pytest.raises(ExportError, match=f"{name} has no recipe"):
            read_recipe(tmp_path / name)


def test_that_a_file_of_another_type_or_none_at_all_says_so(tmp_path: Path) -> None:
    (tmp_path / "notes.png").write_text("not a picture")
    with pytest.raises(ExportError, match=r"notes\.png cannot be read: it is not a PNG, SVG, "):
        read_recipe(tmp_path / "notes.png")
    with pytest.raises(ExportError, match=r"missing\.gif cannot be read: No such file"):
        read_recipe(tmp_path / "missing.gif")
    with pytest.raises(ExportError, match=r"cannot be read: It is a folder, not a file"):
        read_recipe(tmp_path)


def test_that_a_recipe_from_the_future_asks_for_an_update(
    tmp_path: Path, make_grid: MakeGrid, recipe: Recipe, curves_recipe: CurvesRecipe
) -> None:
    save_picture(tmp_path / "t.svg", make_grid(), replace(recipe, schema=3))
    save_losses_csv(tmp_path / "t.csv", [{"step": 1}], replace(curves_recipe, schema=3))
    for name in ("t.svg", "t.csv"):
        with pytest.raises(ExportError, match=rf"{name}: The recipe has schema 3, .* update icdrl"):
            read_recipe(tmp_path / name)


def test_that_importing_export_waits_for_no_library_of_pdf() -> None:
    program = "import sys, core.export; print('pypdf' in sys.modules, 'torch' in sys.modules)"
    answer = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert answer.stdout.split() == ["False", "False"]
