from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from core.export import FIGURE_SUFFIXES, ExportError, read_recipe
from core.protocol import Evaluated
from core.runs import RunFolder
from icdrl_gui.models.runs.histories import HistoryModel
from icdrl_gui.models.runs.shown_run import ShownRun
from icdrl_gui.models.scores.codes import CodesModel
from icdrl_gui.models.scores.scores import ScoresModel
from icdrl_gui.panels.scores import ScoresPanel

Evaluation = Callable[..., Evaluated]


class Desk:
    """The panel with the models that it follows."""

    def __init__(self, qtbot: QtBot, explorer: Any) -> None:
        self.qtbot, self.explorer = qtbot, explorer
        self.history, self.shown = HistoryModel(), ShownRun()
        self.scores = ScoresModel(explorer, self.history, self.shown)
        self.codes = CodesModel(explorer, self.shown)
        self.panel = ScoresPanel(self.scores, self.codes)
        qtbot.addWidget(self.panel)
        self.panel.resize(900, 300)
        self.panel.show()

    def show(self, *runs: RunFolder) -> None:
        self.history.show_runs([run.path for run in runs])
        self.shown.show(runs[0].path)
        self.qtbot.waitUntil(lambda: not self.history.reading)

    def cells(self, row: int) -> list[str]:
        table = self.panel.table.table
        shown = [each for each in range(table.columnCount()) if not table.isColumnHidden(each)]
        return [str(table.model().index(row, each).data()) for each in shown]


@pytest.fixture
def desk(qtbot: QtBot, explorer: Any) -> Iterator[Desk]:
    desk = Desk(qtbot, explorer)
    yield desk
    desk.history.close()


@pytest.fixture
def pair(make_run: Callable[..., RunFolder]) -> tuple[RunFolder, RunFolder]:
    """Two runs that differ in the constraint, with scores at step 1,000."""
    runs = [
        make_run(name, settings={"method.independence.enabled": name == "on"})
        for name in ("on", "off")
    ]
    for run, mig in zip(runs, (0.5, 0.25), strict=True):
        for mode, images in (("live", 2000), ("full", 20_000)):
            row = {"step": 1000, "images": images, "protocol": mode, "mig": mig}
            run.record_row(run.scores, row | {"total_correlation": 0.125})
    return runs[0], runs[1]


def test_that_without_scores_it_says_how_to_get_them(desk: Desk) -> None:
    panel = desk.panel
    assert "Scores come while a run trains" in panel.table.placeholder.sentence.text()
    assert panel.table.placeholder.currentIndex() == 1
    assert not panel.evaluate.isEnabled()
    assert not panel.has_scores()
    with pytest.raises(ExportError, match="There are no scores to write yet"):
        panel.export_table(Path("scores.csv"))


def test_that_runs_stand_in_a_table_with_the_difference_that_the_constraint_makes(
    desk: Desk, pair: tuple[RunFolder, RunFolder]
) -> None:
    desk.show(*pair)
    assert [desk.cells(row) for row in range(3)] == [
        ["1 on", "on", "0", "0.500", "0.125"],
        ["2 off", "off", "0", "0.250", "0.125"],
        ["difference 1 − 2", "on − off", "1 seed", "+0.250", "+0.000"],
    ]
    table = desk.panel.table
    assert table.note.text() == (
        "Step 1,000, the newest that all 2 runs have: full evaluation, 20,000 images."
    )
    heading = table.table.horizontalHeaderItem(5)
    assert heading is not None
    assert heading.text() == "MIG ↑"
    assert "Higher is better; range: 0 to 1." in heading.toolTip()


def test_that_the_evaluations_to_compare_can_be_chosen(
    desk: Desk, pair: tuple[RunFolder, RunFolder]
) -> None:
    desk.show(*pair)
    table = desk.panel.table
    table.mode.setCurrentIndex(1)
    table.mode.activated.emit(1)
    assert table.note.text().endswith("while training, 2,000 images.")
    table.step.activated.emit(1)
    assert table.note.text().startswith("The newest step of each run: ")


def test_that_the_table_is_copied_for_spreadsheets_and_papers(
    desk: Desk, pair: tuple[RunFolder, RunFolder]
) -> None:
    desk.show(*pair)
    desk.panel.table.copy_latex.click()
    assert r"\begin{tabular}" in QGuiApplication.clipboard().text()
    desk.panel.activateWindow()
    desk.panel.table.table.setFocus()
    desk.qtbot.keyClick(desk.panel.table.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text().startswith("kind,run,constraint,")


def test_that_the_curves_show_a_score_each(desk: Desk, pair: tuple[RunFolder, RunFolder]) -> None:
    desk.show(*pair)
    desk.panel.tabs.setCurrentIndex(1)
    grid = desk.panel.curves.grid
    assert [plot.plot.title for plot in grid.shown] == ["MIG ↑"]
    assert [curve.run for curve in grid.shown[0].plot.curves] == ["on", "off"]
    assert "on" in desk.panel.curves.legend.accessibleName()


def test_that_a_live_evaluation_appears_in_all_views(
    desk: Desk, make_run: Callable[..., RunFolder], evaluation: Evaluation
) -> None:
    run = make_run()
    desk.show(run)
    desk.history.follow(run.path)
    desk.qtbot.waitUntil(lambda: not desk.history.reading)
    desk.codes.follow_training(run.path)
    desk.history.take_evaluation(evaluation(2000))
    desk.codes.take_evaluation(evaluation(2000))
    assert desk.cells(0)[-2:] == ["1.000", "2.000"]
    assert len(desk.panel.curves.grid.shown[0].plot.curves[0].x) == 1
    assert desk.panel.maps.information.sentence(1, 1) == "c1 posX .81 and posX: 0.900"


def test_that_the_maps_ask_for_what_is_not_known_and_tell_the_cell_under_the_cursor(
    desk: Desk, pair: tuple[RunFolder, RunFolder]
) -> None:
    desk.show(*pair)
    desk.panel.tabs.setCurrentIndex(2)
    desk.explorer.answer("codes")
    maps = desk.panel.maps
    assert maps.title.text() == "on · step 1,000 · 2,000 real images"
    desk.qtbot.keyClick(maps.information, Qt.Key.Key_Down)
    assert maps.readout.text() == "k1 shape 1 and shape: 1.500"


def test_that_data_without_factors_still_shows_the_dependence_of_the_codes(
    desk: Desk, make_run: Callable[..., RunFolder], evaluation: Evaluation
) -> None:
    run = make_run()
    desk.shown.show(run.path)
    blind = replace(evaluation(1000), factor_names=(), mutual_information=None, matching=None)
    desk.codes.take_scores(run.path, blind)
    maps = desk.panel.maps
    assert "not known" in maps.information.accessibleDescription()
    assert (maps.has("information"), maps.has("correlation")) == (False, True)


def test_that_evaluating_can_be_given_up(desk: Desk, pair: tuple[RunFolder, RunFolder]) -> None:
    desk.show(*pair)
    desk.panel.evaluate.click()
    assert desk.panel.status.text() == "Scoring on on 20,000 images …"
    assert (desk.panel.evaluate.isVisible(), desk.panel.cancel.isVisible()) == (False, True)
    desk.panel.cancel.click()
    assert (desk.panel.evaluate.isVisible(), desk.panel.status.text()) == (True, "")


def test_that_tables_curves_and_maps_become_files_that_know_their_origin(
    desk: Desk, pair: tuple[RunFolder, RunFolder], tmp_path: Path
) -> None:
    desk.show(*pair)
    desk.explorer.answer("codes")
    panel = desk.panel
    panel.export_table(tmp_path / "t.csv")
    for suffix in FIGURE_SUFFIXES:
        panel.curves.figure_writer()(tmp_path / f"c{suffix}")
    for which in ("information", "correlation"):
        for suffix in (".png", ".csv"):
            panel.maps.export(which, tmp_path / f"{which}{suffix}")
    for path in tmp_path.glob("*.*"):
        recipe = read_recipe(path)
        assert recipe.kind == "scores"
    assert "c1,0.1,0.9" in (tmp_path / "information.csv").read_text()


def test_that_a_run_has_its_whole_name_in_the_table_where_there_is_room(
    desk: Desk, make_run: Callable[..., RunFolder], evaluation: Evaluation
) -> None:
    run = make_run("dsprites-quick-tc_gan-density_ratio-20261124-1112")
    run.record_row(run.scores, {"step": 1000, "protocol": "live", "images": 2000, "mig": 0.5})
    desk.show(run)
    table = desk.panel.table.table
    needed = table.sizeHintForColumn(0)
    assert table.columnWidth(0) >= needed
    desk.panel.resize(420, 300)
    assert 190 <= table.columnWidth(0) < needed
