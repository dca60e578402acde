import json
from collections.abc import Callable
from pathlib import Path
from typing import cast

import numpy as np
import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, StreamObject

from core.export import ExportError, Recipe, TraversalGrid, compose, read_recipe, save_picture


def test_that_a_pdf_is_one_page_as_large_as_the_picture(
    tmp_path: Path, make_grid: Callable[..., TraversalGrid], recipe: Recipe
) -> None:
    save_picture(tmp_path / "t.pdf", make_grid(), recipe)
    (page,) = PdfReader(tmp_path / "t.pdf").pages
    height, width, _ = compose(make_grid()).shape
    assert (page.mediabox.width, page.mediabox.height) == (width * 0.75, height * 0.75)


def test_that_title_labels_and_values_are_text(
    tmp_path: Path, make_grid: Callable[..., TraversalGrid], recipe: Recipe
) -> None:
    grid = make_grid(row_labels=("c1 (größe)",), title="r · mean ± 2 sd")
    save_picture(tmp_path / "t.pdf", grid, recipe)
    reader = PdfReader(tmp_path / "t.pdf")
    text = reader.pages[0].extract_text()
    for part in ("r · mean ± 2 sd", "c1 (grosse)", "-1.0", "0.0", "1.0"):
        assert part in text
    assert reader.metadata is not None
    assert reader.metadata.title == "r · mean ± 2 sd"


def test_that_the_font_is_inside_so_that_texts_look_the_same_everywhere(
    tmp_path: Path, make_grid: Callable[..., TraversalGrid], recipe: Recipe
) -> None:
    save_picture(tmp_path / "t.pdf", make_grid(), recipe)
    resources = cast(DictionaryObject, PdfReader(tmp_path / "t.pdf").pages[0]["/Resources"])
    for font in cast(DictionaryObject, resources["/Font"]).values():
        descriptor = cast(DictionaryObject, font.get_object()["/FontDescriptor"])
        program = cast(StreamObject, descriptor["/FontFile2"]).get_data()
        assert program[:4] == b"\0\1\0\0"


@pytest.mark.parametrize("channels", [1, 3])
def test_that_images_keep_their_own_pixels_and_are_not_interpolated(
    tmp_path: Path, recipe: Recipe, channels: int
) -> None:
    images = np.random.default_rng(0).integers(0, 256, (1, 2, 5, 7, channels), np.uint8)
    save_picture(tmp_path / "t.pdf", TraversalGrid(images, ("",), (), ""), recipe, scale=3)
    (page,) = PdfReader(tmp_path / "t.pdf").pages
    for found, image in zip(page.images, images[0], strict=True):
        assert found.image is not None
        assert (np.array(found.image).reshape(image.shape) == image).all()
    resources = cast(DictionaryObject, page["/Resources"])
    for each in cast(DictionaryObject, resources["/XObject"]).values():
        assert "/Interpolate" not in each.get_object()


def test_that_the_recipe_is_a_file_that_any_reader_can_save(
    tmp_path: Path, make_grid: Callable[..., TraversalGrid], recipe: Recipe
) -> None:
    save_picture(tmp_path / "t.pdf", make_grid(), recipe)
    (content,) = PdfReader(tmp_path / "t.pdf").attachments["recipe.json"]
    assert json.loads(content) == json.loads(recipe.to_json())


def test_that_no_page_is_longer_than_readers_show(tmp_path: Path, recipe: Recipe) -> None:
    grid = TraversalGrid(np.zeros((1, 100, 64, 64, 1), np.uint8), ("",), (), "")
    save_picture(tmp_path / "t.pdf", grid, recipe, scale=4)
    assert PdfReader(tmp_path / "t.pdf").pages[0].mediabox.width == 14_400


def test_that_names_with_foreign_or_broken_letters_stop_no_export(
    tmp_path: Path, make_grid: Callable[..., TraversalGrid], recipe: Recipe
) -> None:
    save_picture(tmp_path / "t.pdf", make_grid(title="运行 \udce9"), recipe)
    assert read_recipe(tmp_path / "t.pdf") == recipe


def test_that_a_pdf_made_elsewhere_has_no_recipe_and_a_locked_one_says_so(tmp_path: Path) -> None:
    writer = PdfWriter()
    writer.add_blank_page(10, 10)
    writer.write(tmp_path / "foreign.pdf")
    with pytest.raises(ExportError, match=r"foreign\.pdf has no recipe inside"):
        read_recipe(tmp_path / "foreign.pdf")
    writer.encrypt("secret", algorithm="RC4-128")
    writer.write(tmp_path / "locked.pdf")
    with pytest.raises(ExportError, match=r"locked\.pdf cannot be read: .* password\.$"):
        read_recipe(tmp_path / "locked.pdf")
