from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from core.runs import RunFolder
from core.runs.concepts import load_concepts
from icdrl_gui.models.concepts.concepts import CHECK_SLOT, FIND_SLOT, MAKE_SLOT, ConceptsModel
from icdrl_gui.models.concepts.moves import ConceptMoves
from icdrl_gui.models.concepts.tagging import TaggingModel
from icdrl_gui.models.exploration import ExplorationModel
from icdrl_gui.models.runs.shown_run import ShownRun
from icdrl_gui.models.scores.codes import CodesModel
from icdrl_gui.panels.concept_controls import ConceptControls
from icdrl_gui.panels.concepts import ConceptsPanel

KEYS = Qt.Key


class Scene:
    """The panel of 900 x 600, and the sliders, over an explorer that answers when told to."""

    def __init__(self, qtbot: QtBot, explorer: Any) -> None:
        self.explorer = explorer
        self.shown = ShownRun()
        self.exploration = ExplorationModel(explorer, self.shown)
        self.codes = CodesModel(explorer, self.shown)
        self.concepts = ConceptsModel(explorer, self.shown)
        self.tagging = TaggingModel(explorer, self.shown, self.concepts)
        self.panel = ConceptsPanel(self.concepts, self.tagging, self.codes, self.shown)
        self.sliders = ConceptControls(ConceptMoves(self.exploration, self.concepts))
        for widget in (self.panel, self.sliders):
            qtbot.addWidget(widget)
            widget.show()
        self.panel.resize(900, 600)

    def type(self, widget: QWidget, text: str) -> None:
        widget.setFocus()
        QTest.keyClicks(widget, text)

    def press(self, key: Qt.Key) -> None:
        """A key where the keyboard is."""
        focus = QApplication.focusWidget()
        assert focus is not None
        QTest.keyClick(focus, key)

    def cells(self) -> list[str]:
        table = self.panel.list.table
        items = [table.item(0, place) for place in range(table.columnCount())]
        return [item.text() if item else "" for item in items]


@pytest.fixture
def scene(qtbot: QtBot, explorer: Any) -> Scene:
    return Scene(qtbot, explorer)


@pytest.fixture
def run(scene: Scene, make_run: Callable[..., RunFolder]) -> RunFolder:
    run = make_run()
    scene.shown.show(run.path)
    scene.explorer.answer_all_but("explore")
    return run


def test_that_without_a_run_it_says_what_to_do(scene: Scene) -> None:
    assert scene.panel.placeholder.sentence.text().startswith("No run is shown.")


def test_that_an_expression_is_made_into_a_concept_with_a_slider(
    scene: Scene, run: RunFolder
) -> None:
    form = scene.panel.form
    assert not form.make.isEnabled()
    form.source.setCurrentIndex(1)
    scene.type(form.name, "right")
    scene.type(form.expression, "c1 - c3")
    form.make.click()
    assert not form.isEnabled()
    scene.explorer.answer(MAKE_SLOT)
    assert form.isEnabled()
    assert form.name.text() == ""
    assert scene.cells()[:2] == ["right", "c1 - c3"]
    assert list(scene.sliders.rows.sliders) == ["right"]
    assert not scene.sliders.rows.isHidden()


def test_that_a_mistake_is_told_with_its_character_and_nothing_is_made(
    scene: Scene, run: RunFolder
) -> None:
    form = scene.panel.form
    form.source.setCurrentIndex(1)
    scene.type(form.name, "right")
    scene.type(form.expression, "c1 - c9")
    assert form.expression.wrong_at == 5
    assert form.wrong.text().startswith("Character 6: there is no code c9; codes are k1_0")
    assert form.wrong.isVisible()
    assert not form.make.isEnabled()
    QTest.keyClick(form.expression, KEYS.Key_Backspace)
    scene.type(form.expression, "2")
    assert not form.wrong.isVisible()
    assert form.make.isEnabled()


def test_that_a_factor_and_a_file_are_asked_for(scene: Scene, run: RunFolder) -> None:
    form, asked = scene.panel.form, []
    form.asked.connect(lambda *values: asked.append(values))
    assert form.factor.count() == 2
    form.name.setText("it")
    form.factor.setEditText("shape=3")
    form.make.click()
    scene.explorer.refuse(MAKE_SLOT, "no")
    form.source.setCurrentIndex(3)
    form.file.setText("own.csv")
    form.column.setText("mood=happy")
    form.make.click()
    assert asked == [("it", "shape=3", "", ""), ("it", "mood=happy", "own.csv", "")]


def test_that_a_score_stands_beside_what_guessing_has(scene: Scene, run: RunFolder) -> None:
    scene.concepts.make("mine")
    scene.explorer.answer(MAKE_SLOT)
    assert scene.cells() == ["mine", "tags", "AUC 0.90 ± 0.05", "0.50", "c1 100%"]


def test_that_a_check_is_drawn_with_two_numbers(scene: Scene, run: RunFolder) -> None:
    scene.concepts.make("right", expression="c1")
    scene.explorer.answer(MAKE_SLOT)
    shown = scene.panel.list
    assert shown.chosen == "right"
    shown.check.click()
    assert shown.check.text() == "Checking …"
    scene.explorer.answer(CHECK_SLOT)
    assert "Rank correlation 0.900; leakage to other concepts 25%" in shown.about.text()
    assert shown.plot.place_of(1, 1).x() > shown.plot.place_of(-1, 1).x()
    assert not shown.plot.grab().isNull()
    shown.delete.click()
    assert scene.concepts.concepts == ()
    assert shown.placeholder.sentence.text().startswith("This run has no concepts yet.")


def test_that_three_maps_tell_how_all_depend(scene: Scene, run: RunFolder) -> None:
    scene.explorer.answer_all_but("explore")
    maps = scene.panel.maps
    assert maps.complex.accessibleDescription() == "There are no concepts yet."
    scene.concepts.make("right", expression="c1")
    scene.explorer.answer(MAKE_SLOT)
    scene.explorer.answer(FIND_SLOT)
    assert maps.title.text() == "step 1,000 · 2,000 real images"
    assert maps.made_of.sentence(1, 0) == "c1 and right: 1.000"
    assert maps.complex.sentence(0, 0) == "right and right: 1.000"
    maps.in_bits.click()
    assert maps.complex.sentence(0, 0) == "right and right: 3.000"
    assert maps.atomic.sentence(0, 1) == "c1 and c2: 0.000"


def test_that_a_slider_moves_the_codes_and_says_what_is_out_of_reach(
    scene: Scene, run: RunFolder
) -> None:
    scene.concepts.make("right", expression="c1 + c2")
    scene.explorer.answer(MAKE_SLOT)
    row = scene.sliders.rows.sliders["right"]
    assert scene.sliders.rows.hold.isHidden()
    row.slider.setFocus()
    QTest.keyClick(row.slider, KEYS.Key_End)
    assert scene.exploration.value("c1") == scene.exploration.value("c2") == 0.5
    assert row.readout.text() == "1"
    scene.exploration.set_code("c1", 1.0)
    scene.exploration.set_code("c2", 1.0)
    assert row.readout.text() == "2"
    assert row.slider.number == 1.25
    scene.concepts.make("other", expression="c2")
    scene.explorer.answer(MAKE_SLOT)
    assert not scene.sliders.rows.hold.isHidden()
    scene.sliders.rows.hold.click()
    low = scene.sliders.rows.sliders["right"]
    low.value_changed.emit(-1.0)
    assert scene.exploration.value("c2") == 1.0
    assert scene.exploration.value("c1") == -1.0
    assert low.readout.text() == "out of reach"


def test_that_images_are_tagged_by_the_keyboard_alone(
    scene: Scene, run: RunFolder, qtbot: QtBot
) -> None:
    form, view = scene.panel.form, scene.panel.tagging
    form.name.setFocus()
    for letter in "round":
        scene.press(getattr(KEYS, f"Key_{letter.upper()}"))
    scene.press(KEYS.Key_Tab)
    assert QApplication.focusWidget() is form.source
    for _ in range(2):
        scene.press(KEYS.Key_Down)
    form.name.setFocus()
    scene.press(KEYS.Key_Return)
    assert scene.panel.pages.currentWidget() is view
    scene.explorer.answer("images to tag")
    assert view.question.text().startswith("Does it show “round”?")
    for key in (KEYS.Key_Y, KEYS.Key_N, KEYS.Key_S, KEYS.Key_Y, KEYS.Key_U, KEYS.Key_Y):
        scene.press(key)
    assert view.count.text() == "2 show it, 1 do not."
    assert view.score.text() == "A concept is learned from 8 of each on."
    for _ in range(7):
        scene.press(KEYS.Key_N)
        scene.press(KEYS.Key_Y)
    scene.press(KEYS.Key_Backspace)
    assert view.score.text() == "Learning …"
    scene.explorer.answer(MAKE_SLOT)
    assert view.score.text().startswith("Held-out AUC 0.90 ± 0.05, guessing has 0.50 ± 0.10.")
    scene.press(KEYS.Key_Escape)
    assert scene.panel.pages.currentWidget() is not view
    assert load_concepts(run).labels["round"].binary
    assert scene.panel.list.chosen == "round"
    assert scene.panel.list.tag.isVisible()
    scene.panel.list.tag.click()
    assert scene.panel.pages.currentWidget() is view
