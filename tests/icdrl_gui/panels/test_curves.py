import csv
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from core.config import RunConfig
from core.export import FIGURE_SUFFIXES, CurvesRecipe, ExportError, read_recipe
from core.protocol import Losses, SettingChanged, Started
from core.runs import RunFolder
from icdrl_gui.models.runs.histories import HistoryModel
from icdrl_gui.panels.curves import CurvesPanel
from icdrl_gui.theme import DARK, LIGHT, Theme

USUAL = ("discriminator", "generator", "information", "tc_gaussian", "images_per_s")


def values(step: int) -> dict[str, float]:
    return {
        "discriminator": 1.3,
        "generator": 0.8 + 10 / step,
        "information": 5.0,
        "tc_gaussian": 0.01,
        "code_error.c1": 0.5,
    }


def make_run(path: Path, count: int = 0) -> Path:
    run = RunFolder.create(path, RunConfig())
    for step in range(20, 20 * count + 1, 20):
        times = {"step": step, "trained_s": step / 10, "wall_time": 1000.0 + step}
        run.record_row(run.losses, times | values(step) | {"images_per_s": 640.0})
    return path


def report(step: int, **more: float) -> Losses:
    return Losses(step, step / 10, 1000.0 + step, 640.0, values(step) | more)


@pytest.fixture
def theme(qapp: QApplication) -> Theme:
    return Theme(qapp, "light")


@pytest.fixture
def history(qtbot: QtBot) -> Iterator[HistoryModel]:
    history = HistoryModel()
    yield history
    history.close()


@pytest.fixture
def panel(qtbot: QtBot, history: HistoryModel, theme: Theme) -> CurvesPanel:
    panel = CurvesPanel(history)
    qtbot.addWidget(panel)
    panel.resize(900, 260)
    panel.show()
    return panel


@pytest.fixture
def two_runs(qtbot: QtBot, history: HistoryModel, panel: CurvesPanel, tmp_path: Path) -> None:
    paths = [make_run(tmp_path / "with", 50), make_run(tmp_path / "without", 40)]
    RunFolder(paths[0]).save_labels({"name": "<mine>"})
    history.show_runs(paths)
    qtbot.waitUntil(lambda: not history.reading)


def colours_in(widget: QWidget) -> set[str]:
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(image.constBits(), np.uint32)
    return {f"#{colour & 0xFFFFFF:06x}" for colour in np.unique(pixels).tolist()}


def titles(panel: CurvesPanel) -> list[str]:
    return [plot.plot.title for plot in panel.grid.shown]


def test_that_the_panel_is_a_dock_that_says_what_it_waits_for(panel: CurvesPanel) -> None:
    assert (panel.objectName(), panel.windowTitle()) == ("curves", "Losses")
    assert not panel.has_data()
    with pytest.raises(ExportError, match="no losses to write yet"):
        panel.export(Path("losses.csv"))


def test_that_a_training_is_drawn_from_its_first_report_on(
    qtbot: QtBot, history: HistoryModel, panel: CurvesPanel, tmp_path: Path
) -> None:
    history.take_start(Started(str(make_run(tmp_path / "live")), 0, resumed=False))
    qtbot.waitUntil(lambda: not history.reading)
    for step in (20, 40):
        history.take_losses(report(step))
    assert panel.has_data()
    assert titles(panel) == [
        "Discriminator",
        "Generator",
        "Information",
        "Total corr.",
        "Images/s",
    ]
    assert len(panel.grid.shown[0].plot.curves[0].raw) == 2
    assert "live" in panel.legend.accessibleName()


def test_that_a_change_while_training_leaves_its_mark(
    qtbot: QtBot, history: HistoryModel, panel: CurvesPanel, tmp_path: Path
) -> None:
    history.take_start(Started(str(make_run(tmp_path / "live", 3)), 60, resumed=True))
    qtbot.waitUntil(lambda: not history.reading)
    history.take_change(SettingChanged(61, "method.independence.enabled", False))
    history.take_losses(report(80))
    marks = panel.grid.shown[0].plot.curves[0].marks
    assert list(marks) == [(61.0, "independence.enabled: off")]


def test_that_the_legend_names_every_run_and_the_smoothing(
    two_runs: None, panel: CurvesPanel
) -> None:
    panel.controls.smoothing.setValue(6)
    first, second, smoothing = panel.legend.accessibleName().splitlines()
    assert (first, second) == ("1 — <mine>", "2 — without")
    assert "strong: EMA 0.98" in smoothing
    assert set(LIGHT.curves[:2]) <= colours_in(panel.legend)


def test_that_the_legend_follows_the_theme(
    two_runs: None, panel: CurvesPanel, theme: Theme
) -> None:
    theme.choose("dark")
    QApplication.processEvents()
    assert DARK.curves[1] in colours_in(panel.legend)


def test_that_smoothing_can_be_switched_off(two_runs: None, panel: CurvesPanel) -> None:
    panel.controls.smoothing.setValue(0)
    assert "EMA" not in panel.legend.accessibleName()
    assert panel.grid.shown[0].plot.curves[0].smooth is None
    assert panel.controls.smoothing.accessibleName() == "smoothing, none"


def test_that_other_losses_can_be_chosen(two_runs: None, panel: CurvesPanel) -> None:
    actions = {action.text(): action for action in panel.controls.choose.menu().actions()}
    assert actions["Generator"].isChecked()
    assert not actions["Code error c1"].isChecked()
    actions["Code error c1"].setChecked(True)
    actions["Images/s"].setChecked(False)
    assert titles(panel)[-1] == "Code error c1"
    assert "Images/s" not in titles(panel)


def test_that_unknown_losses_of_another_method_are_shown_as_well(
    qtbot: QtBot, history: HistoryModel, panel: CurvesPanel, tmp_path: Path
) -> None:
    run = RunFolder.create(tmp_path / "vae", RunConfig())
    row = {"step": 20, "trained_s": 1, "wall_time": 1, "reconstruction": 3, "kl": 1}
    run.record_row(run.losses, row)
    history.show_runs([run.path])
    qtbot.waitUntil(lambda: not history.reading)
    assert titles(panel) == ["Reconstruction", "KL"]


def test_that_two_runs_are_drawn_over_any_axis(two_runs: None, panel: CurvesPanel) -> None:
    extents = []
    for i in range(3):
        panel.controls.x_axis.setCurrentIndex(i)
        extents.append(panel.grid.shown[0].x_extent())
    assert extents == [(20.0, 1000.0), (2.0, 100.0), (1020.0, 2000.0)]


@pytest.mark.parametrize("suffix", FIGURE_SUFFIXES)
def test_that_a_picture_brings_the_look_back(
    two_runs: None, panel: CurvesPanel, tmp_path: Path, suffix: str
) -> None:
    panel.controls.log_y.setChecked(True)
    panel.controls.smoothing.setValue(6)
    panel.controls.x_axis.setCurrentIndex(1)
    panel.export(tmp_path / f"curves{suffix}")
    recipe = read_recipe(tmp_path / f"curves{suffix}")
    assert isinstance(recipe, CurvesRecipe)
    assert (recipe.kind, recipe.runs, recipe.steps) == ("curves", ("with", "without"), (1000, 800))
    assert (recipe.scalars, recipe.x_axis) == (USUAL, "trained_s")
    assert (recipe.smoothing, recipe.log_y) == (0.98, True)
    look = panel.controls.look
    panel.controls.log_y.setChecked(False)
    panel.controls.smoothing.setValue(2)
    panel.restore(recipe)
    assert panel.controls.look == look


def test_that_pictures_are_light_in_the_dark_too(
    two_runs: None, panel: CurvesPanel, theme: Theme, tmp_path: Path
) -> None:
    panel.export(tmp_path / "light.png")
    theme.choose("dark")
    panel.export(tmp_path / "dark.png")
    light, dark = (np.asarray(Image.open(tmp_path / f"{name}.png")) for name in ("light", "dark"))
    assert tuple(light[0, 0]) == (255, 255, 255)
    assert (light == dark).all()


def test_that_a_figure_is_drawn_in_another_thread_as_it_was_when_asked_for(
    two_runs: None, history: HistoryModel, panel: CurvesPanel, tmp_path: Path
) -> None:
    panel.export(tmp_path / "now.svg")
    write = panel.figure_writer()
    history.show_runs([])
    with ThreadPoolExecutor(1) as other:
        other.submit(write, tmp_path / "later.svg").result()
    assert (tmp_path / "later.svg").read_bytes() == (tmp_path / "now.svg").read_bytes()


def test_that_a_figure_shows_the_part_that_a_person_looks_at(
    two_runs: None, panel: CurvesPanel, tmp_path: Path
) -> None:
    panel.export(tmp_path / "all.svg")
    panel.grid.show_range(400, 600)
    panel.export(tmp_path / "part.svg")
    assert ">1000<" in (tmp_path / "all.svg").read_text()
    assert ">500<" in (tmp_path / "part.svg").read_text()
    assert ">1000<" not in (tmp_path / "part.svg").read_text()


def test_that_the_table_has_all_runs_and_all_losses(
    two_runs: None, panel: CurvesPanel, tmp_path: Path
) -> None:
    panel.export(tmp_path / "losses.csv")
    recipe = read_recipe(tmp_path / "losses.csv")
    assert isinstance(recipe, CurvesRecipe)
    assert recipe.kind == "losses"
    _, *lines = (tmp_path / "losses.csv").read_text().splitlines()
    rows = list(csv.DictReader(lines))
    assert len(rows) == 90
    assert (rows[0]["run"], rows[-1]["run"]) == ("with", "without")
    assert float(rows[0]["generator"]) == 1.3
    assert float(rows[0]["code_error.c1"]) == 0.5


def test_that_a_table_is_written_in_another_thread_as_it_was_when_asked_for(
    two_runs: None, history: HistoryModel, panel: CurvesPanel, tmp_path: Path
) -> None:
    write = panel.losses_writer()
    history.show_runs([])
    with ThreadPoolExecutor(1) as other:
        other.submit(write, tmp_path / "losses.csv").result()
    assert len((tmp_path / "losses.csv").read_text().splitlines()) == 92


def test_that_no_other_file_is_written(two_runs: None, panel: CurvesPanel, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"choose \.png, \.svg, \.pdf or \.csv"):
        panel.export(tmp_path / "curves.bmp")


def test_that_every_control_can_be_reached_and_heard(panel: CurvesPanel) -> None:
    controls = panel.controls
    named = (controls.x_axis, controls.smoothing, controls.choose)
    assert all(control.accessibleName() for control in named)
    assert all(control.toolTip() for control in (*named, controls.log_y, controls.fit))
