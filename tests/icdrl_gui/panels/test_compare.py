"""Compare, with an explorer that answers by script."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.export import Recipe, read_recipe
from core.runs import RunFolder
from icdrl_gui.models.comparison import ComparisonModel
from icdrl_gui.panels.compare import ComparePanel

if TYPE_CHECKING:
    from tests.icdrl_gui.conftest import ScriptedExplorer

MakeRun = Callable[..., RunFolder]


@pytest.fixture
def model(qtbot: QtBot, explorer: "ScriptedExplorer") -> ComparisonModel:
    return ComparisonModel(explorer)


@pytest.fixture
def panel(qtbot: QtBot, model: ComparisonModel) -> ComparePanel:
    panel = ComparePanel(model)
    qtbot.addWidget(panel)
    panel.resize(700, 480)
    panel.show()
    return panel


@pytest.fixture
def both(make_run: MakeRun) -> tuple[Path, Path]:
    on = make_run("on", steps=(0, 500, 1000))
    off = make_run("off", steps=(0, 500), settings={"method.independence.enabled": False})
    return on.path, off.path


def test_that_without_two_runs_it_says_what_to_do(panel: ComparePanel) -> None:
    assert "Retrain ⇄" in panel.placeholder.sentence.text()


def test_that_each_side_says_what_it_is(
    panel: ComparePanel,
    model: ComparisonModel,
    explorer: "ScriptedExplorer",
    both: tuple[Path, Path],
) -> None:
    model.show(*both)
    explorer.answer_all()
    left, right = panel.sides["left"], panel.sides["right"]
    assert left.title.text() == "on · TC-GAN · constraint on"
    assert left.title.toolTip() == "on · TC-GAN · constraint on (gaussian, weight 0.1)"
    assert right.title.text() == "off · TC-GAN · constraint off"
    assert left.step.currentText() == "step 500 (both)"
    assert left.dependence.text() == "TC 0.500 · latest – nats"
    assert left.grid.isVisible()
    assert right.grid.isVisible()


def test_that_headings_end_with_on_or_off_however_narrow_they_are(
    panel: ComparePanel, model: ComparisonModel, make_run: MakeRun
) -> None:
    name = "dsprites-quick-tc_gan-density_ratio-seed-7-20261124-1112"
    on = make_run(f"{name}-1").path
    off = make_run(f"{name}-2", settings={"method.independence.enabled": False}).path
    model.show(on, off)
    panel.resize(700, 480)
    QApplication.processEvents()
    left, right = (panel.sides[side].title.drawn for side in ("left", "right"))
    assert "…" in left
    assert left.endswith("-1 · TC-GAN · constraint on")
    assert right.endswith("-2 · TC-GAN · constraint off")
    panel.resize(1600, 480)
    QApplication.processEvents()
    assert panel.sides["left"].title.drawn == f"{name}-1 · TC-GAN · constraint on"


def test_that_the_settings_that_differ_stand_in_the_table(
    panel: ComparePanel, model: ComparisonModel, both: tuple[Path, Path]
) -> None:
    model.show(*both)
    table = panel.differences
    texts = [
        [item.text() for column in range(3) if (item := table.item(row, column))]
        for row in range(table.rowCount())
    ]
    assert texts == [["method.independence.enabled", "on", "off"]]


def test_that_the_dependence_of_both_is_a_heat_map(
    panel: ComparePanel,
    model: ComparisonModel,
    explorer: "ScriptedExplorer",
    both: tuple[Path, Path],
) -> None:
    model.show(*both)
    explorer.answer_all()
    for heat_map in panel.heat_maps.values():
        assert heat_map.sentence(0, 0) == "c1 and c1: 1.000"


def test_that_the_cursor_stands_at_the_same_cell_on_both_sides(
    qtbot: QtBot,
    panel: ComparePanel,
    model: ComparisonModel,
    explorer: "ScriptedExplorer",
    both: tuple[Path, Path],
) -> None:
    model.show(*both)
    explorer.answer_all()
    QTest.keyClick(panel.sides["left"].grid, Qt.Key.Key_Down)
    QTest.keyClick(panel.sides["left"].grid, Qt.Key.Key_Right)
    assert panel.sides["right"].grid.current == (1, 1)


def test_that_another_step_of_a_side_is_asked_for(
    panel: ComparePanel,
    model: ComparisonModel,
    explorer: "ScriptedExplorer",
    both: tuple[Path, Path],
) -> None:
    model.show(*both)
    step = panel.sides["left"].step
    step.setCurrentText("step 1,000")
    step.activated.emit(step.currentIndex())
    assert explorer.last("compare left traversal").step == 1000
    assert explorer.last("compare right traversal").step == 500
    assert step.currentText() == "step 1,000"


def test_that_what_was_drawn_of_other_runs_is_not_left_on_show(
    panel: ComparePanel,
    model: ComparisonModel,
    explorer: "ScriptedExplorer",
    both: tuple[Path, Path],
    make_run: MakeRun,
) -> None:
    model.show(*both)
    explorer.answer_all()
    model.show(both[0], make_run("third", steps=()).path)
    assert "No snapshot yet" in panel.sides["right"].placeholder.sentence.text()
    assert panel.sides["right"].grid.cells is None


def test_that_a_grid_dragged_out_is_of_its_side(
    panel: ComparePanel,
    model: ComparisonModel,
    explorer: "ScriptedExplorer",
    both: tuple[Path, Path],
) -> None:
    model.show(*both)
    explorer.answer_all()
    mime = panel.sides["right"].grid.drag_contents()
    recipe = read_recipe(Path(mime.urls()[0].toLocalFile()))
    assert isinstance(recipe, Recipe)
    assert recipe.run == "off"


def test_that_a_refusal_is_said_where_its_answer_would_be(
    panel: ComparePanel,
    model: ComparisonModel,
    explorer: "ScriptedExplorer",
    both: tuple[Path, Path],
) -> None:
    model.show(*both)
    left, heat_map = panel.sides["left"], panel.heat_maps["left"]
    assert heat_map.accessibleDescription() == "Encoding real images …"
    explorer.refuse("compare left traversal", "The snapshot is damaged.")
    explorer.refuse("compare left correlation", "The data is gone.")
    assert left.placeholder.sentence.text() == "The snapshot is damaged."
    assert heat_map.accessibleDescription() == "The data is gone."
    assert left.dependence.text() == "TC – · latest – nats"
    panel.hide()
    panel.show()
    assert left.placeholder.sentence.text() == "Drawing …"
    assert heat_map.accessibleDescription() == "Encoding real images …"
    explorer.answer_all()
    assert left.grid.isVisible()


def test_that_a_grid_of_another_step_does_not_stay_after_a_refusal(
    panel: ComparePanel,
    model: ComparisonModel,
    explorer: "ScriptedExplorer",
    both: tuple[Path, Path],
) -> None:
    model.show(*both)
    explorer.answer_all()
    model.choose_step("left", 1000)
    explorer.refuse("compare left traversal", "The snapshot is damaged.")
    assert panel.sides["left"].placeholder.sentence.text() == "The snapshot is damaged."
    assert panel.sides["left"].grid.cells is None
    assert panel.sides["right"].grid.isVisible()


def test_that_a_deleted_run_is_no_longer_compared(
    panel: ComparePanel,
    model: ComparisonModel,
    explorer: "ScriptedExplorer",
    both: tuple[Path, Path],
) -> None:
    model.show(*both)
    explorer.answer_all()
    model.forget(both[1])
    assert "No two runs" in panel.placeholder.sentence.text()


def test_that_the_rows_of_both_sides_say_which_factor_their_codes_follow(
    panel: ComparePanel,
    model: ComparisonModel,
    explorer: "ScriptedExplorer",
    both: tuple[Path, Path],
) -> None:
    model.show(*both)
    explorer.answer_all()
    grid = panel.sides["left"].grid
    grid.set_current(1, 1)
    assert grid.accessibleDescription().startswith("c1 posX .81 = ")
    exported = model.sides["left"].exported()
    assert exported is not None
    assert exported[0].row_labels == ("k1 shape 1", "c1 posX .81", "c2", "c3 posX .50")
