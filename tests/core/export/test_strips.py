from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from core.curves.plot import INKS
from core.export import CurvesRecipe, save_figure
from core.export.canvas import Area, Box, Canvas, pixels_of
from core.export.strips import Strip, StripFigure, StripPlot

SVG = "{http://www.w3.org/2000/svg}"


def plot(title: str = "MIG ↑", arms: int = 3, published: float | None = None) -> StripPlot:
    strips = [
        Strip(f"arm {i}", i, [0.1 * i, 0.1 * i + 0.05], 0.1 * i + 0.02, (0.1 * i, 0.1 * i + 0.05))
        for i in range(arms)
    ]
    strips[0] = Strip("arm 0", 0, strips[0].scores, 0.02, None, published)
    return StripPlot(title, strips)


def texts(path: Path) -> list[str]:
    return [element.text or "" for element in ElementTree.parse(path).iter(f"{SVG}text")]


def test_that_every_score_arm_and_line_is_named(
    tmp_path: Path, curves_recipe: CurvesRecipe
) -> None:
    figure = StripFigure([plot(published=0.3), plot("SAP ↑")], "Scores of s", "Wang et al.")
    save_figure(tmp_path / "f.svg", figure, curves_recipe)
    written = texts(tmp_path / "f.svg")
    assert {"MIG ↑", "SAP ↑", "arm 0", "arm 1", "arm 2", "× Wang et al."} <= set(written)
    assert "mean with its 95 % interval" in written
    assert (ElementTree.parse(tmp_path / "f.svg").findtext(f"{SVG}title")) == "Scores of s"


def test_that_the_legend_names_no_publication_where_nothing_was_published(
    tmp_path: Path, curves_recipe: CurvesRecipe
) -> None:
    save_figure(tmp_path / "f.svg", StripFigure([plot()], "c", "Wang et al."), curves_recipe)
    assert not any("Wang" in text for text in texts(tmp_path / "f.svg"))


def test_that_each_run_is_a_dot_and_each_mean_a_mark_in_the_colour_of_its_arm(
    tmp_path: Path, curves_recipe: CurvesRecipe
) -> None:
    save_figure(tmp_path / "f.svg", StripFigure([plot()], "c"), curves_recipe)
    group = list(ElementTree.parse(tmp_path / "f.svg").iter(f"{SVG}g"))[-1]
    lines = [(path.get("stroke"), path.get("stroke-width")) for path in group]
    dots = [path for path in group if path.get("stroke-width") == "5"]
    assert [(path.get("d") or "").count("M") for path in dots] == [2, 2, 2]
    for colour in INKS[:3]:
        assert (colour, "2.4") in lines
    # The first arm has no interval.
    assert [colour for colour, width in lines if width == "2"] == [*INKS[1:3]]


def test_that_plots_of_many_scores_stand_beside_and_below_each_other() -> None:
    for count, rows in ((1, 1), (3, 1), (4, 2), (9, 3)):
        figure = StripFigure([plot() for _ in range(count)], "c")
        areas = figure.areas
        assert len({area.top for area in areas}) == rows
        assert all(a.right <= b.left or a.bottom <= b.top for a, b in pairwise(areas))
        assert all(area.right <= figure.width and area.bottom < figure.height for area in areas)


def test_that_long_names_leave_room_for_the_strips() -> None:
    strips = [Strip("n" * 64, 0, [0.5], 0.5)]
    (area,) = StripFigure([StripPlot("t", strips)], "c").areas
    assert area.width > 400


@pytest.mark.parametrize("scores", [[], [0.5], [0.0, 0.0], [-1e9, 1e9]])
def test_that_any_scores_can_be_drawn(scores: list[float]) -> None:
    figure = StripFigure([StripPlot("t", [Strip("a", 0, scores)])], "c")
    assert pixels_of(figure).shape == (figure.height, figure.width, 3)


def test_that_a_region_is_blended_with_what_lies_below_and_clipped() -> None:
    canvas = Canvas(10, 10, (255, 255, 255))
    square = np.array([(2.0, 2.0), (20.0, 2.0), (20.0, 6.0), (2.0, 6.0)])
    canvas.fill([Area(square, (0, 0, 0), 0.5)], Box(0, 0, 8, 10))
    pixels = canvas.pixels()
    assert abs(int(pixels[4, 4, 0]) - 127) <= 2
    assert pixels[4, 9].tolist() == pixels[8, 4].tolist() == pixels[0, 0].tolist() == [255] * 3
