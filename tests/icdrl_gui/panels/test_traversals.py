"""The traversals panel, with an explorer that answers by script."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from core.export import Recipe, read_recipe
from core.latents import Matching
from core.protocol import Previewed, Traverse
from core.ranges import RANGES
from core.runs import RunFolder
from icdrl_gui.models.pictures.traversals import TraversalsModel
from icdrl_gui.models.runs.shown_run import ShownRun
from icdrl_gui.panels.traversals import TraversalsPanel
from icdrl_gui.widgets.traversal_controls import RULES

if TYPE_CHECKING:
    from tests.icdrl_gui.conftest import ScriptedExplorer

MakeRun = Callable[..., RunFolder]


@pytest.fixture
def shown(qtbot: QtBot) -> ShownRun:
    return ShownRun()


@pytest.fixture
def model(explorer: "ScriptedExplorer", shown: ShownRun) -> TraversalsModel:
    return TraversalsModel(explorer, shown, lambda watch: None)


@pytest.fixture
def panel(qtbot: QtBot, model: TraversalsModel, shown: ShownRun) -> TraversalsPanel:
    panel = TraversalsPanel(model, shown)
    qtbot.addWidget(panel)
    panel.resize(700, 480)
    panel.show()
    return panel


def asked(explorer: "ScriptedExplorer") -> Traverse:
    request = explorer.last("traversals")
    assert isinstance(request, Traverse)
    return request


def test_that_without_a_run_it_says_what_to_do(panel: TraversalsPanel) -> None:
    assert panel.placeholder.sentence.isVisible()
    assert "Press Train" in panel.placeholder.sentence.text()


def test_that_a_run_without_a_snapshot_is_waited_for(
    panel: TraversalsPanel, shown: ShownRun, make_run: MakeRun
) -> None:
    shown.show(make_run(steps=()).path)
    assert "no snapshot yet" in panel.placeholder.sentence.text()


def test_that_a_refusal_is_said_where_its_grid_would_be(
    panel: TraversalsPanel,
    explorer: "ScriptedExplorer",
    shown: ShownRun,
    make_run: MakeRun,
) -> None:
    shown.show(make_run().path)
    assert panel.placeholder.sentence.text() == "Drawing …"
    explorer.refuse("traversals", "The snapshot is damaged.")
    assert panel.placeholder.sentence.text() == "The snapshot is damaged."
    panel.controls.number.setValue(7)
    assert panel.placeholder.sentence.text() == "Drawing …"
    explorer.answer("traversals")
    assert panel.grid.isVisible()


def test_that_each_code_has_a_row_and_the_title_names_all(
    panel: TraversalsPanel,
    explorer: "ScriptedExplorer",
    shown: ShownRun,
    make_run: MakeRun,
) -> None:
    shown.show(make_run().path)
    explorer.answer("traversals")
    assert panel.grid.isVisible()
    assert panel.grid.cells is not None
    assert panel.grid.cells.rows == 4
    assert panel.title.text() == "first · step 1,000 · anchor random:0 · range prior"
    panel.grid.set_current(2, 0)
    assert panel.grid.accessibleDescription() == "c2 = -1 (unused)"


def test_that_the_controls_ask_for_what_they_say(
    qtbot: QtBot,
    panel: TraversalsPanel,
    explorer: "ScriptedExplorer",
    shown: ShownRun,
    make_run: MakeRun,
) -> None:
    shown.show(make_run().path)
    controls = panel.controls
    controls.number.setValue(7)
    assert asked(explorer).anchor == "random:7"
    QTest.mouseClick(controls.another, Qt.MouseButton.LeftButton)
    assert asked(explorer).anchor == f"random:{controls.number.value()}" != "random:7"
    QTest.keyClicks(controls.anchor, "data")
    QTest.keyClick(controls.anchor, Qt.Key.Key_Return)
    controls.anchor.activated.emit(controls.anchor.currentIndex())
    assert asked(explorer).anchor.startswith("data:")
    controls.columns.setValue(5)
    assert asked(explorer).columns == 5


def test_that_a_fixed_range_has_two_fields_that_must_not_cross(
    panel: TraversalsPanel, explorer: "ScriptedExplorer", shown: ShownRun, make_run: MakeRun
) -> None:
    shown.show(make_run().path)
    controls = panel.controls
    assert not controls.low.isVisible()
    controls.rule.setCurrentText("fixed")
    controls.rule.activated.emit(controls.rule.currentIndex())
    assert controls.low.isVisible()
    assert asked(explorer).rule == "fixed:-2,2"
    controls.high.setValue(0.5)
    assert asked(explorer).rule == "fixed:-2,0.5"
    assert not controls.problem.isVisible()
    controls.low.setValue(3)
    assert asked(explorer).rule == "fixed:-2,0.5"
    assert controls.problem.isVisible()
    assert "must be below" in controls.low.toolTip()
    assert "must be below" in controls.high.accessibleDescription()
    controls.high.setValue(4)
    assert asked(explorer).rule == "fixed:3,4"
    assert not controls.problem.isVisible()
    assert controls.low.toolTip() == "Lowest value"


def test_that_the_ranges_are_those_that_can_be_drawn() -> None:
    assert [rule.partition(":")[0] for rule in RANGES] == list(RULES)


def test_that_the_slider_goes_back_to_a_milestone_and_on_to_the_newest(
    qtbot: QtBot,
    panel: TraversalsPanel,
    explorer: "ScriptedExplorer",
    shown: ShownRun,
    make_run: MakeRun,
) -> None:
    shown.show(make_run().path)
    slider = panel.steps.slider
    assert slider.value() == slider.maximum() == 3
    for _ in range(2):
        QTest.keyClick(slider, Qt.Key.Key_Left)
    assert shown.step == 500
    explorer.answer("traversals")
    assert "step 500" in panel.title.text()
    assert panel.steps.step == 500
    for _ in range(2):
        QTest.keyClick(slider, Qt.Key.Key_Right)
    assert shown.step is None


def test_that_a_live_grid_says_so(
    panel: TraversalsPanel,
    model: TraversalsModel,
    shown: ShownRun,
    make_run: MakeRun,
    preview: Callable[..., Previewed],
) -> None:
    run = make_run()
    shown.show(run.path)
    model.follow_training(run.path)
    model.take_preview(preview(run, 1234))
    assert "step 1,234 (live)" in panel.title.text()
    assert panel.steps.slider.accessibleDescription() == "newest (live)"


def test_that_a_name_given_to_a_row_is_kept_with_the_run(
    panel: TraversalsPanel, explorer: "ScriptedExplorer", shown: ShownRun, make_run: MakeRun
) -> None:
    run = make_run()
    shown.show(run.path)
    explorer.answer("traversals")
    panel.sink_unused.setChecked(True)
    panel.grid.label_edited.emit(2, "rotation")
    assert run.labels()["codes"] == {"c3": "rotation"}
    panel.grid.set_current(2, 0)
    assert panel.grid.accessibleDescription().startswith("c3 rotation = ")


def test_that_a_row_says_which_factor_its_code_follows_until_a_person_names_it(
    panel: TraversalsPanel, explorer: "ScriptedExplorer", shown: ShownRun, make_run: MakeRun
) -> None:
    shown.show(make_run().path)
    explorer.answer("traversals")
    shown.set_matching(Matching(1000, 2000, {"c1": ("posX", 0.81)}))
    panel.grid.set_current(1, 0)
    panel.grid.set_current(1, 1)
    assert panel.grid.accessibleDescription().startswith("c1 posX .81 = ")
    picture = panel.grid._picture
    assert picture is not None
    place = picture.label_place(1).center().toPoint()
    assert (
        panel.grid._tip_at(place)
        .splitlines()[1]
        .startswith("Of the data's known factors it tells most of posX: 81% of all")
    )
    panel.grid.label_edited.emit(1, "to the right")
    panel.grid.set_current(1, 2)
    assert panel.grid.accessibleDescription().startswith("c1 to the right = ")


def test_that_a_name_that_can_not_be_kept_is_told(
    qtbot: QtBot,
    panel: TraversalsPanel,
    model: TraversalsModel,
    explorer: "ScriptedExplorer",
    shown: ShownRun,
    make_run: MakeRun,
) -> None:
    run = make_run()
    shown.show(run.path)
    explorer.answer("traversals")
    (run.path / "labels.json").mkdir()
    with qtbot.waitSignal(model.trouble) as trouble:
        panel.grid.label_edited.emit(0, "shape")
    assert "labels.json" in trouble.args[0]


def test_that_a_chosen_cell_is_a_latent(
    qtbot: QtBot,
    panel: TraversalsPanel,
    explorer: "ScriptedExplorer",
    shown: ShownRun,
    make_run: MakeRun,
) -> None:
    shown.show(make_run().path)
    explorer.answer("traversals")
    panel.grid.set_current(1, 0)
    with qtbot.waitSignal(panel.cell_chosen) as chosen:
        QTest.keyClick(panel.grid, Qt.Key.Key_Return)
    assert np.allclose(chosen.args[0], [0.25] * 6 + [-1, 0.25, 0.25])


def test_that_what_is_dragged_out_has_its_recipe_inside(
    panel: TraversalsPanel, explorer: "ScriptedExplorer", shown: ShownRun, make_run: MakeRun
) -> None:
    shown.show(make_run().path)
    explorer.answer("traversals")
    for row, codes in ((None, ("k1", "c1", "c2", "c3")), (1, ("c1",))):
        url = panel.grid.drag_contents(row).urls()[0]
        recipe = read_recipe(Path(url.toLocalFile()))
        assert isinstance(recipe, Recipe)
        assert recipe.codes == codes


def test_that_settings_restored_are_shown(
    panel: TraversalsPanel,
    model: TraversalsModel,
    shown: ShownRun,
    make_run: MakeRun,
    preview: Callable[..., Previewed],
) -> None:
    run = make_run()
    shown.show(run.path)
    model.restore(preview(run, 500, anchor="data:31", rule="fixed:-3,1.5", columns=9).recipe)
    controls = panel.controls
    assert (controls.anchor.currentText(), controls.number.value()) == ("data image", 31)
    assert (controls.rule.currentText(), controls.low.value(), controls.high.value()) == (
        "fixed",
        -3,
        1.5,
    )
    assert controls.columns.value() == 9
