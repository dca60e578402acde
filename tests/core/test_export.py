"""Pictures and the recipes inside them, as they come back from disk."""

import errno
import json
import os
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from core.export import (
    ExportError,
    Recipe,
    TraversalGrid,
    compose,
    read_recipe,
    save_picture,
    save_png,
)

Pixels = npt.NDArray[np.uint8]

RED, GREEN = (255, 0, 0), (0, 255, 0)
BOTH_FORMATS = pytest.mark.parametrize("name", ["traversal.png", "traversal.gif"])


def plain_grid(
    side: int = 8,
    row_labels: tuple[str, ...] = ("c1 posX", "c2 posY"),
    column_labels: tuple[str, ...] = ("-1.0", "0.0", "1.0"),
    title: str = "step 5,000 · anchor random:0",
) -> TraversalGrid:
    """Red squares, three to a row."""
    images = np.full((len(row_labels), 3, side, side, 3), RED, np.uint8)
    return TraversalGrid(images, row_labels, column_labels, title)


def ragged_grid() -> TraversalGrid:
    """A red row of two and a red row of five; the padding is green."""
    images = np.full((2, 5, 8, 8, 3), RED, np.uint8)
    images[0, 2:] = GREEN
    values = ("-1", "-0.5", "0", "0.5", "1")
    return TraversalGrid(images, ("k1", "c1"), values, "", counts=(2, 5))


def long_recipe() -> Recipe:
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


def is_colour(picture: Pixels, colour: tuple[int, int, int]) -> npt.NDArray[np.bool_]:
    return np.asarray((picture == colour).all(axis=-1))


def read_frames(path: Path) -> list[Pixels]:
    with Image.open(path) as picture:
        frames = []
        for i in range(getattr(picture, "n_frames", 1)):
            picture.seek(i)
            frames.append(np.array(picture.convert("RGB")))
        return frames


def bands(mask: npt.NDArray[np.bool_], axis: int) -> list[tuple[int, int]]:
    """Starts and ends of the stretches along `axis` that hold anything True."""
    edges = np.flatnonzero(np.diff(np.pad(mask.any(axis=1 - axis), 1)))
    return [(int(start), int(end)) for start, end in edges.reshape(-1, 2)]


# Recipes


@BOTH_FORMATS
def test_that_a_long_recipe_survives_the_round_trip_through_a_picture(
    tmp_path: Path, name: str
) -> None:
    recipe = long_recipe()
    save_picture(tmp_path / name, plain_grid(), recipe)
    assert read_recipe(tmp_path / name) == recipe


def test_that_a_recipe_names_the_version_that_made_it() -> None:
    assert long_recipe().version.split(".")[0].isdigit()
    assert json.loads(long_recipe().to_json())["schema"] == 1


def test_that_a_newer_schema_is_refused_even_with_fields_we_cannot_know() -> None:
    content = json.loads(long_recipe().to_json()) | {"schema": 2, "mood": "blue"}
    with pytest.raises(ExportError, match=r"schema 2, newer than the 1 .* update icdrl\.$"):
        Recipe.from_json(json.dumps(content))


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"mood": "blue"}, "mood"),
        ({"step": "5000"}, "step"),
        ({"values": [[0.0]]}, "10 codes but 1 rows"),
        ({"anchor_latent": [float("nan")]}, "anchor_latent"),
        ({"schema": None}, "schema"),
    ],
)
def test_that_a_recipe_with_wrong_content_is_refused_by_name(
    changes: dict[str, object], complaint: str
) -> None:
    content = json.loads(long_recipe().to_json()) | changes
    with pytest.raises(ExportError, match=complaint):
        Recipe.from_json(json.dumps(content))


def test_that_a_recipe_without_a_version_does_not_pretend_to_be_of_today() -> None:
    content = json.loads(long_recipe().to_json())
    del content["version"]
    with pytest.raises(ExportError, match="it has no version"):
        Recipe.from_json(json.dumps(content))


@pytest.mark.parametrize("text", ["", "[]", "{", "null", "[" * 100_000])
def test_that_text_which_is_no_recipe_is_refused(text: str) -> None:
    with pytest.raises(ExportError, match="damaged"):
        Recipe.from_json(text)


@BOTH_FORMATS
def test_that_numbers_which_are_not_finite_are_refused_before_anything_is_written(
    tmp_path: Path, name: str
) -> None:
    recipe = replace(long_recipe(), anchor_latent=(0.0, float("inf")))
    with pytest.raises(ExportError, match="not finite"):
        save_picture(tmp_path / name, plain_grid(), recipe)
    assert not list(tmp_path.iterdir())


def test_that_a_picture_without_a_recipe_says_so(tmp_path: Path) -> None:
    save_png(tmp_path / "plain.png", np.zeros((4, 4, 1), np.uint8), None)
    Image.new("L", (4, 4)).save(tmp_path / "foreign.gif", comment=b"made elsewhere")
    for name in ("plain.png", "foreign.gif"):
        with pytest.raises(ExportError, match=f"{name} has no recipe"):
            read_recipe(tmp_path / name)


def test_that_a_file_that_is_no_picture_or_not_there_says_so(tmp_path: Path) -> None:
    (tmp_path / "notes.png").write_text("not a picture")
    with pytest.raises(ExportError, match=r"notes\.png cannot be read as a picture"):
        read_recipe(tmp_path / "notes.png")
    with pytest.raises(ExportError, match=r"missing\.gif cannot be read .* No such file"):
        read_recipe(tmp_path / "missing.gif")


@BOTH_FORMATS
def test_that_a_picture_cut_short_is_a_sentence_unless_its_recipe_is_whole(
    tmp_path: Path, name: str
) -> None:
    save_picture(tmp_path / name, plain_grid(), long_recipe())
    content = (tmp_path / name).read_bytes()
    for length in range(0, len(content), 97):
        (tmp_path / name).write_bytes(content[:length])
        if length > content.rindex(b'"schema"') + 100:
            assert read_recipe(tmp_path / name) == long_recipe()
        elif length < content.rindex(b'"schema"'):
            with pytest.raises(ExportError, match=name):
                read_recipe(tmp_path / name)


# The still picture


@pytest.mark.parametrize("side", [8, 28, 32, 40, 64, 96])
def test_that_cells_are_enlarged_by_a_whole_number_to_a_legible_size(side: int) -> None:
    red = is_colour(compose(plain_grid(side)), RED)
    rows, columns = bands(red, axis=0), bands(red, axis=1)
    assert (len(rows), len(columns)) == (2, 3)
    sizes = {end - start for start, end in rows + columns}
    assert len(sizes) == 1
    assert 64 <= sizes.pop() <= 96
    assert all(2 <= right[0] - left[1] <= 4 for left, right in pairwise(columns))


def test_that_pixels_become_squares_of_the_scale_that_was_asked_for() -> None:
    image = np.arange(12, dtype=np.uint8).reshape(3, 4, 1) * 10
    picture = compose(TraversalGrid(image[None, None], ("",), (), ""), scale=5)
    expected = np.kron(image[..., 0], np.ones((5, 5), np.uint8))
    margin = (picture.shape[0] - 15) // 2
    shown = picture[margin : margin + 15, margin : margin + 20]
    assert (shown == expected[..., None]).all()


@pytest.mark.parametrize("scale", [1, None, 12])
def test_that_no_text_is_clipped_or_covers_an_image(scale: int | None) -> None:
    grid = plain_grid(
        row_labels=("c1 a name that its owner found helpful", "Donaudampfschifffahrtsgesellschaft"),
        column_labels=("-1.000000000", "undecided as yet", "1"),
        title="step 5,000 · anchor data:12 · a_very_long_word_that_cannot_be_broken · range prior",
    )
    picture = compose(grid, scale)
    paper = picture[0, 0]
    edge = [picture[:4], picture[-4:], picture[:, :4].swapaxes(0, 1), picture[:, -4:]]
    assert all((strip == paper).all() for strip in edge)
    side = 8 * (scale or 10)
    assert is_colour(picture, RED).sum() == 6 * side * side


def test_that_padding_is_never_shown(tmp_path: Path) -> None:
    picture = compose(ragged_grid(), scale=4)
    assert is_colour(picture, RED).sum() == 7 * 32 * 32
    save_picture(tmp_path / "ragged.gif", ragged_grid(), long_recipe())
    for shown in [picture, *read_frames(tmp_path / "ragged.gif")]:
        assert not is_colour(shown, GREEN).any()


def test_that_values_stand_above_the_rows_they_belong_to() -> None:
    picture = compose(ragged_grid(), scale=4)
    red = is_colour(picture, RED)
    first, second = bands(red, axis=0)
    cells = slice(bands(red, axis=1)[0][0], None)
    is_ink = picture.max(axis=-1) < 128
    assert not is_ink[: first[0], cells].any()
    assert is_ink[first[1] : second[0], cells].any()


def test_that_letters_the_font_lacks_become_their_plain_kin() -> None:
    plain, accented = (plain_grid(row_labels=(label,)) for label in ("Grosse - e", "Größe − é"))
    assert (compose(plain) == compose(accented)).all()


def test_that_a_picture_too_large_is_refused_before_it_fills_the_memory(tmp_path: Path) -> None:
    for name in ("huge.png", "huge.gif"):
        with pytest.raises(ExportError, match="million pixels"):
            save_picture(tmp_path / name, plain_grid(), long_recipe(), scale=100_000)
    with pytest.raises(ExportError, match="1 or more"):
        compose(plain_grid(), scale=0)


@pytest.mark.parametrize(
    ("shape", "labels", "counts"),
    [
        ((1, 2, 8, 8), ("c1",), ()),
        ((1, 2, 8, 8, 2), ("c1",), ()),
        ((1, 0, 8, 8, 1), ("c1",), ()),
        ((1, 2, 8, 8, 1), ("c1", "c2"), ()),
        ((1, 2, 8, 8, 1), ("c1",), (3,)),
    ],
)
def test_that_a_grid_whose_parts_do_not_fit_is_a_defect(
    shape: tuple[int, ...], labels: tuple[str, ...], counts: tuple[int, ...]
) -> None:
    with pytest.raises(ValueError, match=r"columns|rows|no picture"):
        TraversalGrid(np.zeros(shape, np.uint8), labels, (), "", counts)


# The animation


def test_that_an_animation_goes_forth_and_back_at_a_steady_pace(tmp_path: Path) -> None:
    greys = np.array([0, 60, 120, 180], np.uint8)
    images = np.broadcast_to(greys[None, :, None, None, None], (1, 4, 8, 8, 1))
    grid = TraversalGrid(images, ("c1",), ("a", "b", "c", "d"), "")
    save_picture(tmp_path / "sweep.gif", grid, long_recipe())
    frames = read_frames(tmp_path / "sweep.gif")
    height, width, _ = frames[0].shape
    assert [frame[height // 2, width // 2, 0] for frame in frames] == [0, 60, 120, 180, 120, 60]
    with Image.open(tmp_path / "sweep.gif") as picture:
        assert picture.info["loop"] == 0
        assert picture.info["duration"] == 80


def test_that_an_animation_shows_every_grey_exactly(tmp_path: Path) -> None:
    greys = np.random.default_rng(0).permutation(256).astype(np.uint8)
    images = np.stack([np.roll(greys, 7 * t).reshape(16, 16, 1) for t in range(5)])
    grid = TraversalGrid(images[None], ("c1",), (), "")
    save_picture(tmp_path / "greys.gif", grid, long_recipe(), scale=1)
    for frame, image in zip(read_frames(tmp_path / "greys.gif")[:5], images, strict=True):
        windows = np.lib.stride_tricks.sliding_window_view(frame[..., 0], (16, 16))
        assert (windows == image[..., 0]).all(axis=(-1, -2)).sum() == 1


def test_that_a_shorter_row_takes_as_long_as_the_others(tmp_path: Path) -> None:
    images = np.zeros((2, 6, 8, 8, 1), np.uint8)
    images[0, :3] = np.array([10, 20, 30]).reshape(3, 1, 1, 1)
    grid = TraversalGrid(images, ("k1", "c1"), tuple("abcdef"), "", counts=(3, 6))
    save_picture(tmp_path / "mixed.gif", grid, long_recipe())
    forth = read_frames(tmp_path / "mixed.gif")[:6]
    shown = [[g for g in (10, 20, 30) if (frame == g).all(axis=-1).sum() > 99] for frame in forth]
    assert shown == [[10], [10], [20], [20], [30], [30]]


def test_that_the_value_of_a_single_code_is_written_in_the_animation(tmp_path: Path) -> None:
    images = np.zeros((1, 2, 8, 8, 1), np.uint8)
    for name, labels in {"same.gif": ("1", "1"), "other.gif": ("1", "2")}.items():
        save_picture(tmp_path / name, TraversalGrid(images, ("c1",), labels, ""), long_recipe())
    same, other = (read_frames(tmp_path / name) for name in ("same.gif", "other.gif"))
    assert (same[0] == other[0]).all()
    assert (same[1] != other[1]).any()


def test_that_one_value_gives_a_gif_that_stands_still(tmp_path: Path) -> None:
    grid = TraversalGrid(np.zeros((3, 1, 8, 8, 3), np.uint8), ("c1", "c2", "c3"), ("0",), "")
    save_picture(tmp_path / "still.gif", grid, long_recipe())
    assert len(read_frames(tmp_path / "still.gif")) == 1
    assert read_recipe(tmp_path / "still.gif") == long_recipe()


# Files


@pytest.mark.parametrize("channels", [1, 3])
def test_that_a_plain_picture_keeps_its_pixels_and_channels(tmp_path: Path, channels: int) -> None:
    image = np.random.default_rng(0).integers(0, 256, (5, 7, channels), np.uint8)
    save_png(tmp_path / "plain.png", image, long_recipe())
    with Image.open(tmp_path / "plain.png") as picture:
        assert picture.mode == ("L" if channels == 1 else "RGB")
        assert (np.array(picture).reshape(image.shape) == image).all()
    assert read_recipe(tmp_path / "plain.png") == long_recipe()


def test_that_an_unknown_suffix_is_answered_with_those_there_are(tmp_path: Path) -> None:
    for name in ("picture.bmp", "picture"):
        with pytest.raises(ExportError, match=r"choose \.png or \.gif"):
            save_picture(tmp_path / name, plain_grid(), long_recipe())
    save_picture(tmp_path / "LOUD.PNG", plain_grid(), long_recipe())
    assert read_recipe(tmp_path / "LOUD.PNG") == long_recipe()


@BOTH_FORMATS
def test_that_a_full_disk_is_one_sentence_and_leaves_the_old_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    path = tmp_path / name
    save_picture(path, plain_grid(), long_recipe())
    before = path.read_bytes()

    def fsync(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(ExportError, match=f"^{name} cannot be written: No space left"):
        save_picture(path, plain_grid(side=16), long_recipe())
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_that_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"there is no folder .*nowhere; create it"):
        save_picture(tmp_path / "nowhere" / "a.png", plain_grid(), long_recipe())
