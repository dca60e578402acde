"""Samples and reconstructions side by side."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from core.export import Recipe, read_recipe
from core.protocol import Sample
from core.runs import RunFolder
from icdrl_gui.models.pictures.pictures import PicturesModel
from icdrl_gui.models.runs.shown_run import ShownRun
from icdrl_gui.panels.reconstructions import ReconstructionsPanel

if TYPE_CHECKING:
    from tests.icdrl_gui.conftest import ScriptedExplorer


@pytest.fixture
def shown(qtbot: QtBot) -> ShownRun:
    return ShownRun()


@pytest.fixture
def panel(qtbot: QtBot, explorer: "ScriptedExplorer", shown: ShownRun) -> ReconstructionsPanel:
    panel = ReconstructionsPanel(PicturesModel(explorer, shown))
    qtbot.addWidget(panel)
    panel.resize(700, 480)
    return panel


def test_that_without_a_run_both_halves_say_what_to_do(panel: ReconstructionsPanel) -> None:
    panel.show()
    for half in (panel.samples, panel.reconstructions):
        assert "No run is open" in half.placeholder.sentence.text()


def test_that_it_asks_once_it_is_seen(
    panel: ReconstructionsPanel,
    explorer: "ScriptedExplorer",
    shown: ShownRun,
    make_run: Callable[..., RunFolder],
) -> None:
    shown.show(make_run().path)
    assert explorer.asked == []
    panel.show()
    assert "takes a moment" in panel.reconstructions.placeholder.sentence.text()
    explorer.answer_all()
    assert panel.samples.title.text() == "Samples · first · step 1,000"
    assert panel.reconstructions.title.text().startswith("Reconstructions · error 0.0400 · first")
    assert panel.samples.grid.cells is not None
    assert (panel.samples.grid.cells.rows, panel.samples.grid.cells.columns) == (8, 8)
    panel.reconstructions.grid.set_current(1, 0)
    assert panel.reconstructions.grid.accessibleDescription() == "reconstruction = error 0.0400"
    panel.hide()
    shown.show_step(500)
    assert len(explorer.asked) == 2


def test_that_another_seed_is_asked_for(
    qtbot: QtBot,
    panel: ReconstructionsPanel,
    explorer: "ScriptedExplorer",
    shown: ShownRun,
    make_run: Callable[..., RunFolder],
) -> None:
    shown.show(make_run().path)
    panel.show()
    panel.samples.seed.setValue(12)
    QTest.mouseClick(panel.samples.another, Qt.MouseButton.LeftButton)
    request = explorer.last("samples")
    assert isinstance(request, Sample)
    assert request.seed == panel.samples.seed.value()


def test_that_what_is_dragged_out_has_its_recipe_inside(
    panel: ReconstructionsPanel,
    explorer: "ScriptedExplorer",
    shown: ShownRun,
    make_run: Callable[..., RunFolder],
) -> None:
    shown.show(make_run().path)
    panel.show()
    explorer.answer_all()
    for half, kind in ((panel.samples, "samples"), (panel.reconstructions, "reconstructions")):
        recipe = read_recipe(Path(half.grid.drag_contents().urls()[0].toLocalFile()))
        assert isinstance(recipe, Recipe)
        assert recipe.kind == kind


def test_that_a_refusal_is_said_where_its_answer_would_be(
    panel: ReconstructionsPanel,
    explorer: "ScriptedExplorer",
    shown: ShownRun,
    make_run: Callable[..., RunFolder],
) -> None:
    shown.show(make_run().path)
    panel.show()
    explorer.refuse("samples", "The snapshot is damaged.")
    assert panel.samples.placeholder.sentence.text() == "The snapshot is damaged."
    assert "takes a moment" in panel.reconstructions.placeholder.sentence.text()
    explorer.refuse("reconstructions", "The data is gone.")
    assert panel.reconstructions.placeholder.sentence.text() == "The data is gone."
    panel.samples.seed.setValue(3)
    assert panel.samples.placeholder.sentence.text() == "Drawing …"
    explorer.answer_all()
    assert panel.samples.grid.isVisible()


def test_that_no_snapshot_yet_is_said_only_where_there_is_none(
    panel: ReconstructionsPanel, shown: ShownRun, make_run: Callable[..., RunFolder]
) -> None:
    shown.show(make_run("without", steps=()).path)
    sentence = panel.samples.placeholder.sentence
    assert "no snapshot yet" in sentence.text()
    shown.show(make_run("with").path)
    assert "no snapshot yet" not in sentence.text()
    panel.show()
    assert sentence.text() == "Drawing …"
