from base64 import b64decode
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from core.export import (
    ExportError,
    Recipe,
    TraversalGrid,
    compose,
    read_recipe,
    save_picture,
)

SVG = "{http://www.w3.org/2000/svg}"
HREF = "{http://www.w3.org/1999/xlink}href"


def texts(path: Path) -> list[str | None]:
    return [element.text for element in ElementTree.parse(path).iter(f"{SVG}text")]


def test_that_title_labels_and_values_are_text_with_all_their_letters(
    tmp_path: Path, make_grid: Callable[..., TraversalGrid], recipe: Recipe
) -> None:
    grid = make_grid(row_labels=("c1 <größe> & 运行",), title="mean ± 2 sd · r")
    save_picture(tmp_path / "t.svg", grid, recipe)
    assert {"mean ± 2 sd · r", "c1 <größe> & 运行", "-1.0", "0.0", "1.0"} == set(
        texts(tmp_path / "t.svg")
    )


def test_that_letters_no_xml_can_hold_are_left_out(
    tmp_path: Path, make_grid: Callable[..., TraversalGrid], recipe: Recipe
) -> None:
    grid = make_grid(row_labels=("b\x07ell\udce9",), title="a\x00b")
    save_picture(tmp_path / "t.svg", grid, recipe)
    assert {"bell", "ab"} <= set(texts(tmp_path / "t.svg"))


def test_that_images_keep_their_own_pixels_and_ask_for_no_smoothing(
    tmp_path: Path, recipe: Recipe
) -> None:
    images = np.random.default_rng(0).integers(0, 256, (1, 2, 5, 7, 3), np.uint8)
    save_picture(tmp_path / "t.svg", TraversalGrid(images, ("",), (), ""), recipe, scale=3)
    elements = list(ElementTree.parse(tmp_path / "t.svg").iter(f"{SVG}image"))
    for element, image in zip(elements, images[0], strict=True):
        assert (element.get("width"), element.get("height")) == ("21", "15")
        assert element.get("style") == "image-rendering: pixelated"
        content = b64decode((element.get(HREF) or "").removeprefix("data:image/png;base64,"))
        with Image.open(BytesIO(content)) as picture:
            assert (np.array(picture) == image).all()


@pytest.mark.usefixtures("qapp")
def test_that_an_svg_looks_like_the_png(
    tmp_path: Path, ragged_grid: TraversalGrid, recipe: Recipe
) -> None:
    save_picture(tmp_path / "t.svg", ragged_grid, recipe)
    assert QGuiApplication.instance() is not None
    renderer = QSvgRenderer(str(tmp_path / "t.svg"))
    canvas = QImage(renderer.defaultSize(), QImage.Format.Format_RGB888)
    painter = QPainter(canvas)
    renderer.render(painter)
    painter.end()
    expected = compose(ragged_grid)
    height, width, _ = expected.shape
    assert (canvas.width(), canvas.height()) == (width, height)
    lines = np.frombuffer(canvas.constBits(), np.uint8).reshape(height, canvas.bytesPerLine())
    shown = lines[:, : 3 * width].reshape(height, width, 3)
    assert (shown[0, 0] == expected[0, 0]).all()
    is_red = [(picture == (255, 0, 0)).all(axis=-1) for picture in (shown, expected)]
    assert (is_red[0] == is_red[1]).all()


def test_that_an_svg_made_elsewhere_has_no_recipe(tmp_path: Path) -> None:
    (tmp_path / "foreign.svg").write_text(
        '<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"><metadata>x</metadata></svg>'
    )
    with pytest.raises(ExportError, match=r"foreign\.svg has no recipe inside"):
        read_recipe(tmp_path / "foreign.svg")
