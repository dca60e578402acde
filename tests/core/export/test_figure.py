import shutil
import subprocess
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import cast
from xml.etree import ElementTree

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from core.curves.growing import Growing
from core.curves.plot import INKS, Band, Curve, Level, Plot
from core.curves.smoothing import MovingAverage
from core.export import FIGURE_SUFFIXES, CurvesRecipe, ExportError, Figure, read_recipe, save_figure
from core.export.canvas import pixels_of

Pixels = NDArray[np.uint8]
Curves = Callable[..., Plot]

SVG = "{http://www.w3.org/2000/svg}"

# A picture of another program is the same where squares of so many pixels have the same mean
# colour, give or take so much of 255; letters are of another font, so a few may differ.
SQUARE, TOLERANCE, SAME = 16, 24, 0.96


@pytest.fixture
def curves() -> Curves:
    """A plot with a noisy curve of each run, smoothed; the second run is half as long."""
    numbers = np.random.default_rng(0)

    def curves(
        title: str = "Generator",
        rows: int = 400,
        runs: int = 2,
        marks: int = 1,
        factor: float = 0.9,
        banded: bool = False,
    ) -> Plot:
        drawn, bands = [], []
        for i in range(runs):
            steps = Growing(20.0 * np.arange(1, rows // (i + 1) + 1))
            raw = Growing(1 + i + numbers.normal(0, 0.2, len(steps)))
            smooth = MovingAverage(raw, factor).values if factor else None
            changes = [(4000.0 + 40 * j, "independence.enabled: off") for j in range(marks)]
            name = f"run <{i + 1}> & more"
            drawn.append(Curve(name, i + 1, i, steps, steps, raw, smooth, () if i else changes))
            if banded:
                low, high = (Growing(raw.values + apart) for apart in (-0.4, 0.4))
                bands.append(Band(i, steps, low, high, [(steps, high)]))
        level = Level(1.386, "at chance")
        return Plot(title, drawn, level, runs > 1, "not reported", bands)

    return curves


def texts(path: Path) -> list[str]:
    return [element.text or "" for element in ElementTree.parse(path).iter(f"{SVG}text")]


def arguments_of(program: str, figure: Figure, folder: Path) -> list[str]:
    """Of a program of this machine: what lets it draw the figure into seen.png, twice as large."""
    seen, svg = str(folder / "seen.png"), folder / "figure.svg"
    match program:
        case "chromium":
            return [
                *("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"),
                *("--force-device-scale-factor=2", f"--window-size={figure.width},{figure.height}"),
                *(f"--user-data-dir={folder / 'home'}", f"--screenshot={seen}", svg.as_uri()),
            ]
        case "rsvg-convert":
            return ["--zoom", "2", "--output", seen, str(svg)]
        case _:
            pdf = str(folder / "figure.pdf")
            return ["-r", "192", "-png", "-singlefile", pdf, seen.removesuffix(".png")]


def squares(picture: Pixels) -> NDArray[np.float64]:
    """The mean colour of each square (rows, columns, 3)."""
    rows, columns = (side // SQUARE for side in picture.shape[:2])
    cut = picture[: rows * SQUARE, : columns * SQUARE].astype(float)
    means: NDArray[np.float64] = cut.reshape(rows, SQUARE, columns, SQUARE, 3).mean(axis=(1, 3))
    return means


def assert_same(figure: Figure, seen: Pixels) -> None:
    """The same plots in the same places, with as much ink of the same colours."""
    expected = pixels_of(figure, scale=2)
    assert seen.shape == expected.shape
    for left, top, right, bottom in figure.areas:
        frame = (
            seen[2 * top : 2 * bottom, 2 * left - 2 : 2 * left].mean(),
            seen[2 * bottom : 2 * bottom + 2, 2 * left : 2 * right].mean(),
        )
        assert max(frame) < 110, "no axes"
        around = np.s_[2 * top : 2 * bottom, 2 * left : 2 * right]
        apart = np.abs(squares(seen[around]) - squares(expected[around])).max(axis=2)
        assert (apart <= TOLERANCE).mean() >= SAME
        ink = [(255.0 - picture[around]).sum() for picture in (seen, expected)]
        assert ink[0] == pytest.approx(ink[1], rel=0.05)
    apart = np.abs(squares(seen) - squares(expected)).max(axis=2)
    assert (apart <= TOLERANCE).mean() >= SAME


def save_all(figure: Figure, folder: Path, recipe: CurvesRecipe) -> None:
    for suffix in FIGURE_SUFFIXES:
        save_figure(folder / f"figure{suffix}", figure, recipe)


@pytest.mark.parametrize("program", ["chromium", "rsvg-convert", "pdftoppm"])
@pytest.mark.parametrize(("log_y", "banded"), [(False, False), (True, False), (False, True)])
def test_that_other_programs_draw_the_same_plots_as_the_png(
    tmp_path: Path,
    curves: Curves,
    curves_recipe: CurvesRecipe,
    program: str,
    log_y: bool,
    banded: bool,
) -> None:
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed: what it makes of exported curves is not known")
    titles = ("Discriminator", "Generator", "Information", "TC")
    plots = [curves(title, banded=banded) for title in titles]
    figure = Figure(plots, log_y=log_y, smoothing=0.9)
    save_all(figure, tmp_path, curves_recipe)
    command = [program, *arguments_of(program, figure, tmp_path)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    with Image.open(tmp_path / "seen.png") as picture:
        assert_same(figure, np.array(picture.convert("RGB")))


def test_that_outliers_end_where_their_plot_ends(
    tmp_path: Path, curves: Curves, curves_recipe: CurvesRecipe
) -> None:
    plot = curves(runs=1, marks=0)
    plot.curves[0].raw.values[::40] = 1e6
    figure = Figure([plot, plot])
    picture = pixels_of(figure, scale=2)
    outside = np.ones(picture.shape[:2], bool)
    for left, top, right, bottom in figure.areas:
        outside[2 * top : 2 * bottom, 2 * left : 2 * right] = False
    outside[: 2 * figure.areas[0].top - 40] = False  # The legend.
    red, green, blue = bytes.fromhex(INKS[0][1:])
    is_ink = np.abs(picture.astype(int) - (red, green, blue)).max(axis=2) < 40
    assert is_ink[~outside].any()
    assert not is_ink[outside].any()


def test_that_a_figure_names_what_a_reader_must_know(
    tmp_path: Path, curves: Curves, curves_recipe: CurvesRecipe
) -> None:
    figure = Figure([curves("Generator"), curves("Total corr.")], "step", smoothing=0.98)
    save_figure(tmp_path / "figure.svg", figure, curves_recipe)
    written = texts(tmp_path / "figure.svg")
    assert written[:5] == [
        "1 run <1> & more",
        "2 run <2> & more",
        "as reported",
        "moving average, EMA 0.98",
        "1 step 4,000: independence.enabled: off",
    ]
    assert {"Generator", "Total corr.", "at chance", "step", "0", "8000"} <= set(written)
    assert written.count("2") >= 2


def test_that_curves_of_one_run_that_are_not_smoothed_have_a_short_legend(
    tmp_path: Path, curves: Curves, curves_recipe: CurvesRecipe
) -> None:
    plot = curves(runs=1, marks=0, factor=0.0)
    save_figure(tmp_path / "figure.svg", Figure([plot], "trained_s"), curves_recipe)
    written = texts(tmp_path / "figure.svg")
    assert written[0] == "run <1> & more"
    assert {"as reported", "step", "1"}.isdisjoint(written[:2])
    assert {"training time", "1:00:00"} <= set(written)


def test_that_all_changes_are_marked_but_not_all_told(
    tmp_path: Path, curves: Curves, curves_recipe: CurvesRecipe
) -> None:
    save_figure(tmp_path / "figure.svg", Figure([curves(marks=20)]), curves_recipe)
    told = [text for text in texts(tmp_path / "figure.svg") if "independence" in text]
    assert len(told) == 8
    assert "and 12 more changes" in texts(tmp_path / "figure.svg")


def test_that_a_name_without_end_keeps_its_ends(
    tmp_path: Path, curves: Curves, curves_recipe: CurvesRecipe
) -> None:
    plot = curves("begin" + "n" * 10_000 + "end")
    figure = Figure([plot])
    save_figure(tmp_path / "figure.svg", figure, curves_recipe)
    (title,) = (text for text in texts(tmp_path / "figure.svg") if text.startswith("begin"))
    assert title.endswith("end")
    assert "..." in title
    assert figure.width == 880


def test_that_a_million_reports_make_a_small_file(
    tmp_path: Path, curves: Curves, curves_recipe: CurvesRecipe
) -> None:
    plots = [curves(f"Plot {i}", rows=1_000_000) for i in range(3)]
    save_all(Figure(plots, smoothing=0.9), tmp_path, curves_recipe)
    assert all(path.stat().st_size < 500_000 for path in tmp_path.iterdir())


def test_that_a_single_report_is_a_dot_and_gaps_stay_open(
    tmp_path: Path, curves_recipe: CurvesRecipe
) -> None:
    x = Growing([0.0, 10.0, 20.0, 30.0, 40.0])
    gap = Curve("a", 1, 0, x, x, Growing([1.0, np.nan, 2.0, 3.0, np.nan]))
    alone = Curve("b", 2, 1, x, x, Growing([np.nan, np.nan, 5.0, np.nan, np.nan]))
    save_figure(tmp_path / "figure.svg", Figure([Plot("t", [gap, alone])]), curves_recipe)
    paths = [
        (path.get("stroke"), path.get("stroke-width"), (path.get("d") or "").count(","))
        for group in list(ElementTree.parse(tmp_path / "figure.svg").iter(f"{SVG}g"))[-1:]
        for path in group.iter(f"{SVG}path")
    ]
    assert paths == [(INKS[0], "1.6", 2), (INKS[0], "4", 2), (INKS[1], "4", 2)]


def test_that_a_plot_without_numbers_says_why(tmp_path: Path, curves_recipe: CurvesRecipe) -> None:
    save_figure(tmp_path / "figure.svg", Figure([Plot("t", empty="not reported")]), curves_recipe)
    assert "not reported" in texts(tmp_path / "figure.svg")


def test_that_a_band_stands_behind_its_mean_and_single_runs_are_faint(
    tmp_path: Path, curves_recipe: CurvesRecipe
) -> None:
    x, mean = Growing([0.0, 10.0, 20.0]), Growing([1.0, 2.0, 3.0])
    low, high = Growing([0.5, 1.0, np.nan]), Growing([1.5, 3.0, np.nan])
    plot = Plot("t", [Curve("arm", 1, 1, x, x, mean)], bands=[Band(1, x, low, high, [(x, high)])])
    save_figure(tmp_path / "figure.svg", Figure([plot]), curves_recipe)
    paths = list(ElementTree.parse(tmp_path / "figure.svg").iter(f"{SVG}path"))
    (area,) = (path for path in paths if path.get("fill"))
    assert (area.get("fill"), area.get("fill-opacity")) == (INKS[1], "0.18")
    assert (area.get("d") or "").count(",") == 4
    strokes = [path.get("stroke") for path in paths if path.get("stroke")]
    assert strokes[-2:] == ["#f0c7a6", INKS[1]]
    assert {"single runs", "shaded: 95 % interval of the mean"} <= set(
        texts(tmp_path / "figure.svg")
    )


def test_that_a_band_of_a_pdf_is_seen_through(
    tmp_path: Path, curves: Curves, curves_recipe: CurvesRecipe
) -> None:
    save_figure(tmp_path / "f.pdf", Figure([curves(banded=True)]), curves_recipe)
    (page,) = PdfReader(tmp_path / "f.pdf").pages
    resources = cast(DictionaryObject, page["/Resources"])
    states = cast(DictionaryObject, resources["/ExtGState"])
    assert [float(state.get_object()["/ca"]) for state in states.values()] == [0.18]


def test_that_plots_stand_in_rows_of_three_none_over_another(curves: Curves) -> None:
    plot = curves(rows=4)
    for count, rows in ((1, 1), (2, 1), (3, 1), (4, 2), (5, 2), (7, 3)):
        areas = Figure([plot] * count).areas
        assert len({area.top for area in areas}) == rows
        assert all(a.right <= b.left or a.bottom <= b.top for a, b in pairwise(areas))
        assert all(area.right <= 880 for area in areas)


def test_that_a_figure_of_a_pdf_is_real_text_on_one_page(
    tmp_path: Path, curves: Curves, curves_recipe: CurvesRecipe
) -> None:
    figure = Figure([curves("Generator")])
    save_figure(tmp_path / "figure.pdf", figure, curves_recipe)
    (page,) = PdfReader(tmp_path / "figure.pdf").pages
    assert (page.mediabox.width, page.mediabox.height) == (660, figure.height * 0.75)
    text = page.extract_text()
    assert all(words in text for words in ("Generator", "1 run <1> & more", "step"))


@pytest.mark.parametrize("suffix", FIGURE_SUFFIXES)
def test_that_a_figure_knows_what_it_was_made_from(
    tmp_path: Path, curves: Curves, curves_recipe: CurvesRecipe, suffix: str
) -> None:
    save_figure(tmp_path / f"f{suffix}", Figure([curves()]), curves_recipe)
    assert read_recipe(tmp_path / f"f{suffix}") == curves_recipe


def test_that_curves_do_not_move(
    tmp_path: Path, curves: Curves, curves_recipe: CurvesRecipe
) -> None:
    with pytest.raises(ExportError, match=r"choose \.png, \.svg or \.pdf"):
        save_figure(tmp_path / "f.gif", Figure([curves()]), curves_recipe)
    assert not list(tmp_path.iterdir())
