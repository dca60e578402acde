"""The Explore panel, with an explorer that answers at once."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QFileDialog, QSlider, QWidget
from pytestqt.qtbot import QtBot

from core.config import RunConfig, changed
from core.latents import Matching
from core.protocol import Answer, Draw, Drawn, Encode, Encoded, Refused, Request
from core.runs import RunFolder
from icdrl_gui.models.concepts.concepts import ConceptsModel
from icdrl_gui.models.concepts.moves import ConceptMoves
from icdrl_gui.models.exploration import ExplorationModel
from icdrl_gui.models.runs.shown_run import ShownRun
from icdrl_gui.panels.explore import ExplorePanel
from icdrl_gui.widgets.sliders.category_buttons import CategoryButtons
from icdrl_gui.widgets.sliders.float_slider import BURST_MS

LEFT = Qt.MouseButton.LeftButton


class PromptLink:
    """Draws a grey square; encodes to one latent, or never while `slow`; draws if not `refused`."""

    def __init__(self) -> None:
        self.drawn = 0
        self.encoded: list[object] = []
        self.slow = False
        self.refused: str | None = None
        self.cancelled: list[str] = []

    def ask(self, slot: str, request: Request, receive: Callable[[Answer], None]) -> None:
        image = np.full((64, 64, 1), 200, dtype=np.uint8)
        if isinstance(request, Draw) and self.refused is not None:
            if self.refused:
                receive(Refused(self.refused, request.id))
        elif isinstance(request, Draw):
            self.drawn += 1
            receive(Drawn(1, request.step or 10, image[None]))
        elif isinstance(request, Encode):
            self.encoded.append(request.image)
            if not self.slow:
                found = np.array([0.5, 0.5, 0, 1, 0, 0.25, -0.25], dtype=np.float32)
                receive(Encoded(1, request.step or 10, found, image, image, image, 0.012, 0.034))

    def cancel(self, slot: str) -> None:
        self.cancelled.append(slot)


class Scene:
    """A panel of 300 x 600 over a run with 2 noise, 3 of k1, c1 and c2."""

    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self.folder = folder
        self.link = PromptLink()
        self.shown = ShownRun()
        self.model = ExplorationModel(self.link, self.shown)
        moves = ConceptMoves(self.model, ConceptsModel(PromptLink(), self.shown))
        self.panel = ExplorePanel(self.model, self.shown, moves)
        qtbot.addWidget(self.panel)
        self.panel.resize(300, 600)
        self.panel.show()

    def show(self, noise_dim: int = 2, steps: tuple[int, ...] = (10,)) -> None:
        path = self.folder / f"run-{noise_dim}-{len(steps)}"
        latent = {
            "method.latent.noise_dim": noise_dim,
            "method.latent.continuous_codes": 2,
            "method.latent.categorical_codes": [3],
        }
        RunFolder.create(path, changed(RunConfig(), latent))
        for step in steps:
            (path / "snapshots" / f"step-{step}.safetensors").write_bytes(b"")
        self.shown.show(path)


def steps_back(model: ExplorationModel) -> int:
    """Count the steps that can be undone."""
    steps = 0
    while model.undo_text:
        model.undo()
        steps += 1
    for _ in range(steps):
        model.redo()
    return steps


@pytest.fixture
def empty(qtbot: QtBot, tmp_path: Path) -> Scene:
    """Return a panel without a run."""
    return Scene(qtbot, tmp_path)


@pytest.fixture
def scene(empty: Scene) -> Scene:
    """Return a panel with a shown run."""
    empty.show()
    return empty


def click(button: QAbstractButton) -> None:
    QTest.mouseClick(button, LEFT)


def test_that_without_a_run_a_sentence_says_what_to_do(empty: Scene) -> None:
    assert empty.panel.pages.currentIndex() == 0
    empty.show()
    assert empty.panel.pages.currentIndex() == 1
    empty.shown.close()
    assert empty.panel.pages.currentIndex() == 0


def test_that_no_snapshot_yet_is_said_only_where_there_is_none(empty: Scene) -> None:
    empty.link.refused = ""
    edit = empty.panel.views.edit
    empty.show(steps=())
    assert "no snapshot yet" in edit.placeholder
    assert empty.shown.run is not None
    (empty.shown.run.path / "snapshots" / "step-5.safetensors").touch()
    empty.shown.refresh_steps()
    assert edit.placeholder == "Drawing …"
    empty.show(steps=(10,))
    assert edit.placeholder == "Drawing …"


def test_that_a_refusal_is_said_where_its_picture_would_be(empty: Scene) -> None:
    empty.link.refused = "The snapshot is damaged."
    empty.show()
    assert empty.panel.views.edit.placeholder == "The snapshot is damaged."


def test_that_every_code_of_the_run_has_its_row(scene: Scene) -> None:
    assert list(scene.panel.rows.sliders) == ["c1", "c2"]
    assert list(scene.panel.rows.categories) == ["k1"]


def test_that_a_drag_moves_the_code_and_is_one_step_of_undo(scene: Scene) -> None:
    slider = scene.panel.rows.sliders["c1"].slider
    middle = slider.rect().center()
    drawn = scene.link.drawn
    QTest.mousePress(slider, LEFT, pos=middle)
    for x in (3, 6, 9):
        QTest.mouseMove(slider, middle + QPoint(x, 0))
    QTest.mouseRelease(slider, LEFT, pos=middle + QPoint(9, 0))
    assert scene.model.value("c1") > 0
    assert scene.link.drawn == drawn + 3
    assert steps_back(scene.model) == 1
    click(scene.panel.undo_button)
    assert scene.model.value("c1") == 0
    assert scene.panel.rows.sliders["c1"].value == 0
    assert not scene.panel.undo_button.isEnabled()
    click(scene.panel.redo_button)
    assert scene.panel.rows.sliders["c1"].value > 0


def test_that_a_burst_of_arrow_keys_is_one_step_of_undo(scene: Scene, qtbot: QtBot) -> None:
    slider = scene.panel.rows.sliders["c2"].slider
    for _ in range(3):
        QTest.keyClick(slider, Qt.Key.Key_Right)
    assert scene.model.value("c2") == pytest.approx(0.3)
    with qtbot.waitSignal(scene.panel.rows.value_changed):
        pass  # The keys rest.
    QTest.keyClick(slider, Qt.Key.Key_Right)
    assert steps_back(scene.model) == 2


def test_that_a_category_button_sets_the_category(scene: Scene) -> None:
    buttons = scene.panel.rows.categories["k1"].findChildren(QAbstractButton)
    click(buttons[2])
    assert scene.model.category("k1") == 2
    scene.panel.undo()
    assert scene.panel.rows.categories["k1"].category == 0


def test_that_names_of_codes_are_shown_and_follow(scene: Scene) -> None:
    scene.shown.rename_code("c2", "rotation")
    row = scene.panel.rows.sliders["c2"]
    assert row.slider.accessibleName() == "c2, rotation"
    scene.shown.set_matching(Matching(5, 2000, {"c1": ("posX", 0.81), "c2": ("scale", 0.5)}))
    assert row.slider.accessibleName() == "c2, rotation"
    named = scene.panel.rows.sliders["c1"]
    assert named.slider.accessibleName() == "c1, posX .81"
    assert named.label.toolTip().endswith("by 2,000 real images at step 5")
    assert row.label.toolTip().startswith("c2, rotation\nOf the data's known factors")


def test_that_the_seed_on_show_repeats_the_noise(scene: Scene) -> None:
    first = scene.model.as_text()
    click(scene.panel.noise_button)
    assert scene.panel.seed.value() == 1
    assert scene.model.as_text() != first
    scene.panel.seed.setValue(0)
    assert scene.model.as_text() == first


def test_that_stepping_through_seeds_is_one_step_of_undo(scene: Scene) -> None:
    for _ in range(4):
        QTest.keyClick(scene.panel.seed, Qt.Key.Key_Up)
    assert scene.model.noise_seed == 4
    assert steps_back(scene.model) == 1


def test_that_there_is_no_seed_below_the_first(scene: Scene) -> None:
    QTest.keyClick(scene.panel.seed, Qt.Key.Key_Down)
    assert scene.panel.seed.value() == 0
    assert scene.model.noise_seed == 0


def test_that_a_run_without_noise_shows_no_seed(scene: Scene) -> None:
    assert scene.panel.seed.isVisible()
    scene.show(noise_dim=0)
    assert not scene.panel.seed.isVisible()


def test_that_copy_and_paste_lead_back_to_the_same_latent(scene: Scene) -> None:
    scene.model.set_code("c1", 1 / 3)
    text = scene.model.as_text()
    click(scene.panel.copy_button)
    click(scene.panel.reset_button)
    assert scene.model.as_text() != text
    click(scene.panel.paste_button)
    assert scene.model.as_text() == text


def test_that_pasting_another_text_gives_a_sentence_and_changes_nothing(
    scene: Scene, qtbot: QtBot
) -> None:
    QGuiApplication.clipboard().setText("no latent at all")
    before = scene.model.as_text()
    with qtbot.waitSignal(scene.model.trouble):
        click(scene.panel.paste_button)
    assert scene.model.as_text() == before


def test_that_a_and_b_must_be_remembered_before_the_slider_leads_between_them(
    scene: Scene,
) -> None:
    panel = scene.panel
    click(panel.a_button)
    assert not panel.mix.isEnabled()
    scene.model.set_code("c1", 1)
    click(panel.b_button)
    assert panel.mix.isEnabled()
    QTest.keyClick(panel.mix, Qt.Key.Key_Right)
    assert scene.model.value("c1") == pytest.approx(0.1)
    QTest.keyClick(panel.mix, Qt.Key.Key_PageUp)
    assert scene.model.value("c1") == pytest.approx(0.6)
    scene.panel.undo()
    assert scene.model.value("c1") == 1
    assert panel.a_button.text() == "A ✓"


def test_that_an_encoded_image_stands_beside_its_reconstruction_and_the_edit(
    scene: Scene,
) -> None:
    views = scene.panel.views
    assert not views.original.isVisible()
    scene.panel.index.setValue(12)
    click(scene.panel.data_button)
    assert scene.link.encoded == [12]
    assert all(
        view.isVisible() and view.image is not None
        for view in (views.original, views.reconstruction, views.edit)
    )
    assert views.error.text() == "error 0.012 (without noise 0.034)"
    assert scene.panel.seed.text() == "–"
    click(views.close_button)
    assert not views.original.isVisible()


def test_that_the_edit_stands_below_where_that_makes_the_pictures_larger(
    scene: Scene, qtbot: QtBot
) -> None:
    click(scene.panel.data_button)
    views = scene.panel.views
    scene.panel.resize(300, 700)
    qtbot.waitUntil(lambda: views.edit.y() > views.original.y())
    scene.panel.resize(1400, 400)
    qtbot.waitUntil(lambda: views.edit.y() == views.original.y())


def test_that_encoding_can_be_cancelled(scene: Scene) -> None:
    scene.link.slow = True
    panel = scene.panel
    assert not panel.busy.isVisible()
    click(panel.data_button)
    assert panel.busy.isVisible()
    assert not panel.data_button.isVisible()
    click(panel.cancel_button)
    assert scene.link.cancelled == ["encode"]
    assert panel.data_button.isVisible()


def test_that_a_dropped_image_is_told(scene: Scene, qtbot: QtBot) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile("/a/cat.png")])
    event = QDropEvent(
        QPointF(9, 9), Qt.DropAction.CopyAction, mime, LEFT, Qt.KeyboardModifier.NoModifier
    )
    with qtbot.waitSignal(scene.panel.file_dropped) as told:
        scene.panel.dropEvent(event)
    assert told.args == [Path("/a/cat.png")]


def test_that_a_file_is_asked_for_without_halting_the_loop(scene: Scene, tmp_path: Path) -> None:
    click(scene.panel.file_button)
    dialog = scene.panel.findChild(QFileDialog)
    assert dialog is not None
    dialog.fileSelected.emit(str(tmp_path / "gone.png"))
    dialog.close()
    assert scene.link.encoded == []


def test_that_a_run_without_a_snapshot_says_so_and_encodes_nothing(empty: Scene) -> None:
    empty.show(steps=())
    assert not empty.panel.data_button.isEnabled()
    assert empty.panel.views.edit.image is None


def test_that_the_panel_fits_into_a_narrow_dock(scene: Scene) -> None:
    click(scene.panel.data_button)
    assert scene.panel.minimumSizeHint().width() <= 320
    assert scene.panel.minimumSizeHint().height() <= 600


def test_that_every_control_has_a_name_and_is_reached_by_tab(scene: Scene) -> None:
    for kind in (QAbstractButton, QAbstractSpinBox, QSlider):
        for control in scene.panel.findChildren(kind):
            # Of the buttons of a category one is reached by Tab, the others by arrow keys.
            if control.isVisible() and not isinstance(control.parent(), CategoryButtons):
                text = control.text() if isinstance(control, QAbstractButton) else ""
                assert control.accessibleName() or text, control
                assert control.focusPolicy() & Qt.FocusPolicy.TabFocus, control


def test_that_tab_leads_from_top_to_bottom(scene: Scene) -> None:
    panel = scene.panel
    scene.show(noise_dim=3)  # Its rows are newer than the controls.
    order: list[QWidget] = [panel.views.close_button, *panel.rows.controls(), panel.seed]
    order += [panel.noise_button, panel.a_button, panel.mix, panel.b_button, panel.undo_button]
    order += [panel.index, panel.data_button, panel.file_button]
    chain: list[QWidget] = [panel.views.close_button]
    while (widget := chain[-1].nextInFocusChain()) not in (None, chain[0]):
        chain.append(widget)
    assert [widget for widget in chain if widget in order] == order


def test_that_another_run_during_a_burst_of_keys_does_no_harm(scene: Scene, qtbot: QtBot) -> None:
    slider = scene.panel.rows.sliders["c2"].slider
    slider.setFocus()
    QTest.keyClick(slider, Qt.Key.Key_Right)
    with qtbot.captureExceptions() as raised:
        scene.show(noise_dim=3)
        scene.shown.close()
        qtbot.wait(BURST_MS + 100)
    assert raised == []
