from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF
from PySide6.QtGui import QHelpEvent, QImage, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from core.curves.growing import Growing
from core.curves.plot import Curve, Level, Plot
from icdrl_gui.theme import DARK, LIGHT, Theme
from icdrl_gui.widgets.curves.grid import CurveGrid
from icdrl_gui.widgets.curves.plot import CurvePlot

COUNT = 500
STEPS = Growing(20.0 * np.arange(1, COUNT + 1))


def curve(number: int = 1, values: np.ndarray | None = None, **parts: object) -> Curve:
    raw = Growing(np.full(COUNT, float(number)) if values is None else values)
    fields = {"steps": STEPS, "x": STEPS, "raw": raw, "smooth": raw} | parts
    return Curve(f"run-{number}", number, number - 1, **fields)  # type: ignore[arg-type]


@pytest.fixture
def theme(qapp: QApplication) -> Theme:
    return Theme(qapp, "light")


@pytest.fixture
def grid(qtbot: QtBot, theme: Theme) -> CurveGrid:
    grid = CurveGrid()
    qtbot.addWidget(grid)
    grid.resize(700, 220)
    grid.show()
    return grid


@pytest.fixture
def show(grid: CurveGrid, qtbot: QtBot) -> Callable[..., CurvePlot]:
    """Return a function that shows plots and returns the first one's widget."""

    def show(*plots: Plot, **look: object) -> CurvePlot:
        grid.show_plots(plots, **look)  # type: ignore[arg-type]
        QApplication.processEvents()
        grid.redraw()
        return grid.shown[0]

    return show


Show = Callable[..., CurvePlot]


def colours_in(grid: CurveGrid) -> set[str]:
    image = grid.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(image.constBits(), np.uint32)
    return {f"#{colour & 0xFFFFFF:06x}" for colour in np.unique(pixels).tolist()}


def point_at(plot: CurvePlot, x: float, y: float) -> None:
    """Move the pointer to a place of the plot, as its scene tells it."""
    box = plot._box
    scene = box.mapViewToScene(QPointF(x, y))
    plot._move((scene,))


def y_range(plot: CurvePlot) -> tuple[float, float]:
    (_, (low, high)) = plot._box.viewRange()
    return low, high


def test_that_a_sentence_stands_where_there_is_nothing_to_see_yet(
    grid: CurveGrid, show: Show
) -> None:
    assert grid._empty.isVisible()
    empty = curve(steps=Growing(), x=Growing(), values=np.empty(0))
    show(Plot("Generator", [empty]))
    assert grid._empty.isVisible()
    show(Plot("Generator", [curve()]))
    assert not grid._empty.isVisible()


def test_that_raw_is_faint_smoothed_is_strong_and_each_run_has_its_colour(
    grid: CurveGrid, show: Show
) -> None:
    noise = np.random.default_rng(0).normal(size=COUNT)
    flat = [Growing(np.full(COUNT, float(i))) for i in (1, 2)]
    show(Plot("Generator", [curve(i + 1, noise + i, smooth=flat[i]) for i in (0, 1)]))
    found = colours_in(grid)
    assert set(LIGHT.curves[:2]) <= found
    assert "#a6cee4" in found


def test_that_plots_follow_the_theme_while_they_are_shown(
    grid: CurveGrid, show: Show, theme: Theme
) -> None:
    show(Plot("Generator", [curve()]))
    theme.choose("dark")
    QApplication.processEvents()
    found = colours_in(grid)
    assert {DARK.surface, DARK.curves[0]} <= found
    assert not {LIGHT.surface, LIGHT.curves[0]} & found


def test_that_an_outlier_does_not_press_the_curve_flat_unless_it_is_looked_at(
    grid: CurveGrid, show: Show
) -> None:
    values = np.linspace(1.0, 2.0, COUNT)
    values[0] = 100.0
    plot = show(Plot("Generator", [curve(values=values)]))
    assert y_range(plot)[1] < 3
    grid.show_range(0, 200)
    grid.redraw()
    assert y_range(plot)[1] > 100


def test_that_a_logarithmic_axis_leaves_out_what_is_not_above_zero(show: Show) -> None:
    values = np.linspace(-1.0, 99.0, COUNT)
    plot = show(Plot("Generator", [curve(values=values)]), log_y=True)
    low, high = y_range(plot)
    assert low < 0.5
    assert 1.9 < high < 2.5


def test_that_curves_grow_when_touched_without_new_items(
    qtbot: QtBot, grid: CurveGrid, show: Show
) -> None:
    steps, raw = Growing([20.0]), Growing([1.0])
    plot = show(Plot("Generator", [curve(steps=steps, x=steps, raw=raw, smooth=raw)]))
    items = len(plot._view.scene().items())
    for step in range(40, 2000, 20):
        steps.append(step)
        raw.append(step)
        grid.touch()
    qtbot.waitUntil(lambda: y_range(plot)[1] > 1900)
    assert plot.x_extent() == (20.0, 1980.0)
    assert len(plot._view.scene().items()) == items


def test_that_a_hidden_grid_is_not_drawn(grid: CurveGrid, show: Show) -> None:
    show(Plot("Generator", [curve()]))
    grid.hide()
    grid.touch()
    assert not grid._timer.isActive()


def test_that_hovering_tells_the_value_of_every_run_at_that_step(
    qtbot: QtBot, grid: CurveGrid, show: Show
) -> None:
    plots = Plot("Generator", [curve(1), curve(2)], numbered=True), Plot("Information", [curve(1)])
    plot = show(*plots)
    point_at(plot, 4003, 1.97)
    assert QToolTip.text().splitlines() == [
        "Generator · step 4,000",
        "1 run-1: 1 (EMA 1)",
        "2 run-2: 2 (EMA 2)",
    ]
    assert all(each._cursor.isVisible() for each in grid.shown)
    assert [len(each._dots.points()) for each in grid.shown] == [2, 0]
    plot.leaveEvent(None)  # type: ignore[arg-type]
    qtbot.waitUntil(lambda: not QToolTip.isVisible())
    assert not plot._cursor.isVisible()
    assert len(plot._dots.points()) == 0


def test_that_the_value_stays_while_the_pointer_rests(show: Show) -> None:
    plot = show(Plot("Generator", [curve()]))
    heard: list[QEvent.Type] = []

    class Scene(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            heard.append(event.type())
            return False

    ears = Scene()
    plot._view.scene().installEventFilter(ears)
    resting = QHelpEvent(QEvent.Type.ToolTip, QPoint(5, 5), plot.mapToGlobal(QPoint(5, 5)))
    QApplication.sendEvent(plot._view.viewport(), resting)
    # The scene, which knows no tip, would hide the one that is there.
    assert QEvent.Type.GraphicsSceneHelp not in heard


def test_that_a_run_that_ended_before_tells_where_its_value_is_from(show: Show) -> None:
    ended = Growing([20.0, 40.0])
    plot = show(
        Plot("Generator", [curve(1), curve(2, steps=ended, x=ended, raw=ended, smooth=None)])
    )
    point_at(plot, 4000, 1.0)
    assert QToolTip.text().splitlines()[1:] == ["run-1: 1 (EMA 1)", "run-2: 40 at step 40"]


def test_that_the_value_can_be_read_whatever_a_run_is_called(show: Show) -> None:
    named = [replace(curve(1), run="<b>bold</b>"), replace(curve(2), run="x" * 500)]
    plot = show(Plot("Generator", named))
    point_at(plot, 4000, 1.0)
    told = QToolTip.text()
    assert not Qt.mightBeRichText(told)
    assert "<b>bold</b>: 1 (EMA 1)" in told
    assert f"{'x' * 30}…{'x' * 30}: 2 (EMA 2)" in told


def test_that_a_change_is_marked_and_told(grid: CurveGrid, show: Show) -> None:
    plot = show(Plot("Generator", [curve(1, marks=[(4000.0, "independence.enabled: off")])]))
    point_at(plot, 4000, 1.0)
    assert QToolTip.text().endswith("independence.enabled: off")


def test_that_values_can_be_read_by_keyboard(qtbot: QtBot, grid: CurveGrid, show: Show) -> None:
    plot = show(Plot("Generator", [curve(1), curve(2)], numbered=True))
    QTest.keyClick(plot, Qt.Key.Key_End)
    told = plot.accessibleDescription()
    assert told == "Generator · step 10,000\n1 run-1: 1 (EMA 1)\n2 run-2: 2 (EMA 2)"
    assert QToolTip.text() == told
    QTest.keyClick(plot, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert "step 8,9" in QToolTip.text()
    QTest.keyClick(plot, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not QToolTip.isVisible())


def test_that_zooming_one_plot_zooms_all_and_can_be_undone(
    qtbot: QtBot, grid: CurveGrid, show: Show
) -> None:
    first = show(Plot("Generator", [curve()]), Plot("Information", [curve()]))
    second = grid.shown[1]
    with qtbot.waitSignal(grid.zoomed) as zoomed:
        QTest.keyClick(first, Qt.Key.Key_Plus)
    assert zoomed.args == [True]
    assert second._box.viewRange()[0] == pytest.approx(first._box.viewRange()[0])
    assert second._box.viewRange()[0][1] < 8000
    with qtbot.waitSignal(grid.zoomed) as zoomed:
        QTest.keyClick(second, Qt.Key.Key_0)
    assert zoomed.args == [False]
    assert first._box.viewRange()[0][1] > 10_000


def test_that_zooming_out_past_the_ends_follows_the_run_again(grid: CurveGrid, show: Show) -> None:
    show(Plot("Generator", [curve()]))
    grid.show_range(1000, 2000)
    assert grid.x_range == (1000, 2000)
    grid.show_range(-50_000, 50_000)
    assert grid.x_range is None


@pytest.mark.parametrize(("size", "columns"), [((1280, 200), 5), ((700, 220), 3), ((300, 800), 1)])
def test_that_plots_are_laid_out_as_the_room_allows(
    grid: CurveGrid, show: Show, size: tuple[int, int], columns: int
) -> None:
    grid.resize(*size)
    show(*[Plot(f"Plot {i}", [curve()]) for i in range(5)])
    tops = [plot.mapTo(grid, QPoint(0, 0)).y() for plot in grid.shown]
    assert tops.count(tops[0]) == columns


def test_that_fewer_runs_and_plots_leave_nothing_behind(grid: CurveGrid, show: Show) -> None:
    show(Plot("a", [curve(1), curve(2)], Level(1.5, "at chance"), numbered=True), Plot("b"))
    plot = show(Plot("a", [curve(1)]))
    assert len(grid.shown) == 1
    assert not grid.plots[1].isVisible()
    assert LIGHT.curves[1] not in colours_in(grid)
    assert not plot._level.isVisible()


def test_that_a_plot_whose_scalar_nobody_reports_says_so(show: Show) -> None:
    show(Plot("a", [curve()]), Plot("b", empty="not reported"))
    plot = show(Plot("b", [curve(values=np.full(COUNT, np.nan))], empty="not reported"))
    assert plot._empty.isVisible()
    assert plot._empty.toPlainText() == "not reported"


def test_that_a_curve_of_a_single_report_is_a_point(grid: CurveGrid, show: Show) -> None:
    one, other = Growing([5000.0]), Growing([0.4])
    show(Plot("MIG", [curve(steps=one, x=one, raw=other, smooth=None)]))
    assert LIGHT.curves[0] in colours_in(grid)
    one.append(6000.0)
    other.append(0.5)
    grid.redraw()
    items = grid.shown[0]._curves[0]
    assert not items._points.isVisible(), "two reports are joined by a line"


def test_that_a_report_between_two_blanks_is_a_point(grid: CurveGrid, show: Show) -> None:
    values = np.full(COUNT, np.nan)
    values[COUNT // 2] = 1.0
    show(Plot("TC", [curve(values=values, smooth=None)]))
    assert LIGHT.curves[0] in colours_in(grid)


def test_that_a_title_wider_than_its_plot_leaves_the_ends_of_the_curves_in_sight(
    grid: CurveGrid, show: Show
) -> None:
    grid.resize(500, 160)
    titles = [f"JEMMIG of a long name, full protocol {i}" for i in range(5)]
    plot = show(*(Plot(title, [curve()]) for title in titles))
    QApplication.processEvents()
    end = plot._box.mapViewToScene(QPointF(float(STEPS.values[-1]), 0.0))
    assert end.x() <= plot._view.viewport().width()
    assert plot.title.drawn != titles[0]
    assert plot.title.toolTip() == titles[0]


def test_that_a_double_click_enlarges_a_plot_and_brings_the_others_back(
    grid: CurveGrid, show: Show
) -> None:
    show(*(Plot(title, (curve(),)) for title in ("Generator", "Information", "Total corr.")))
    second = grid.shown[1]
    small = second.width()
    QTest.mouseDClick(second._view.viewport(), Qt.MouseButton.LeftButton)
    QApplication.processEvents()
    assert [plot.isVisible() for plot in grid.shown] == [False, True, False]
    assert second.width() > 0.95 * grid.width() > 2 * small
    QTest.mouseDClick(second._view.viewport(), Qt.MouseButton.LeftButton)
    QApplication.processEvents()
    assert all(plot.isVisible() for plot in grid.shown)
    QTest.keyClick(second, Qt.Key.Key_Return)
    assert grid.in_sight == [second]
    QTest.keyClick(second, Qt.Key.Key_Escape)
    assert grid.in_sight == grid.shown


def test_that_other_plots_are_all_in_sight_again(grid: CurveGrid, show: Show) -> None:
    grid.enlarge(show(Plot("Generator", (curve(),)), Plot("Information", (curve(),))))
    show(Plot("Information", (curve(),)), Plot("Total corr.", (curve(),)))
    assert grid.in_sight == grid.shown
