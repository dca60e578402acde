"""Explore: a slider for every code, the picture that follows, and images to start from."""

from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QSpinBox,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from core.files.images import IMAGE_SUFFIXES
from icdrl_gui.models.concepts.moves import ConceptMoves
from icdrl_gui.models.exploration import ExplorationModel
from icdrl_gui.models.runs.shown_run import ShownRun
from icdrl_gui.panels.concept_controls import ConceptControls
from icdrl_gui.theme import icon
from icdrl_gui.widgets.images.edit_views import Comparison, EditViews
from icdrl_gui.widgets.images.view import dropped_image
from icdrl_gui.widgets.plain_text import plain_tip
from icdrl_gui.widgets.sliders.code_rows import CodeRows
from icdrl_gui.widgets.sliders.float_slider import FloatSlider
from icdrl_gui.widgets.text_button import text_button

_NOT_DRAWN = -1
_CONTROLS_WIDTH_PX = 360
_UNBOUNDED = 2**24 - 1  # Qt's QWIDGETSIZE_MAX.
_LARGEST = 2**31 - 1
_NO_RUN = (
    "No run is shown.\n\nOpen one or train one: a slider for each of its codes appears here, "
    "with the picture that follows."
)
_NO_SNAPSHOT = "This run has no snapshot yet: the picture comes with its first one."
_DRAWING = "Drawing …"
_ENCODING = "Looking for the latent that draws this image …"


class ExplorePanel(QWidget):
    """Moves the latent of an `ExplorationModel` about.

    `file_dropped` carries an image file that was dropped here.
    """

    file_dropped = Signal(Path)

    def __init__(
        self,
        exploration: ExplorationModel,
        shown: ShownRun,
        moves: ConceptMoves,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("explore")
        self.setWindowTitle("Explore")
        self._exploration, self._shown = exploration, shown
        self.views, self.rows = EditViews(), CodeRows()
        self.concepts = ConceptControls(moves)
        self._make_edit_controls()
        self._make_image_controls()
        self._lay_out()
        self._draw_icons()
        self.setAcceptDrops(True)
        self._connect_controls()
        self._connect_model()
        self._rebuild_rows()
        self._refresh_latent()
        self._refresh_image()
        self._refresh_undo()

    def undo(self) -> None:
        """Take back the last edit."""
        self._exploration.undo()

    def redo(self) -> None:
        """Do again what was taken back."""
        self._exploration.redo()

    def reset(self) -> None:
        """All codes to their middle."""
        self._exploration.reset()

    def fresh_noise(self) -> None:
        """Draw noise from the next seed."""
        self._exploration.new_noise()

    def copy(self) -> None:
        """Put the latent on the clipboard as text."""
        if text := self._exploration.as_text():
            QGuiApplication.clipboard().setText(text)

    def paste(self) -> None:
        """Take a latent from the clipboard."""
        self._exploration.from_text(QGuiApplication.clipboard().text())

    def encode_file(self, path: Path) -> None:
        """Encode an image file."""
        self._exploration.encode_file(path)

    def ask_for_image(self) -> None:
        """Let a person choose an image file, and encode it."""
        patterns = " ".join(f"*{suffix}" for suffix in IMAGE_SUFFIXES)
        dialog = QFileDialog(self, "Encode an image", "", f"Images ({patterns});;All files (*)")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda path: self.encode_file(Path(path)))
        dialog.open()

    def _make_edit_controls(self) -> None:
        self.seed = QSpinBox()
        self.seed.setRange(_NOT_DRAWN, _LARGEST)
        self.seed.setSpecialValueText("–")
        self.seed.setKeyboardTracking(False)
        self.seed.setMinimumWidth(60)
        self.seed.setAccessibleName("seed of the noise")
        self.seed.setToolTip(
            "The seed that the noise was drawn from; the same seed draws the same noise.\n"
            "– stands for noise that was found for an image, pasted or interpolated."
        )
        self.noise_button = text_button("Fresh noise ⟳", "Draw other noise; the codes stay.")
        self.undo_button = text_button("Undo", "Take back the last edit.")
        self.redo_button = text_button("Redo", "Do again what was taken back.")
        self.reset_button = text_button("Reset", "All codes back to their middle; the noise stays.")
        self.copy_button = text_button(
            "Copy", "Copy the latent as text, exactly; icdrl takes it as an --anchor as well."
        )
        self.paste_button = text_button("Paste", "Take a latent that was copied as text.")
        self.a_button = text_button("A", "Remember this latent as A, where interpolating begins.")
        self.b_button = text_button("B", "Remember this latent as B, where interpolating ends.")
        self.a_button.setAccessibleName("remember as A")
        self.b_button.setAccessibleName("remember as B")
        self.mix = FloatSlider(0, 1, marked=(0, 1), centre=0)
        self.mix.setAccessibleName("from A to B")

    def _make_image_controls(self) -> None:
        self.index = QSpinBox()
        self.index.setRange(0, _LARGEST)
        self.index.setMinimumWidth(60)
        self.index.setAccessibleName("index of an image of the data")
        self.index.setToolTip("Which image of the run's data, counted from 0.")
        self.data_button = text_button("From the data", "Encode this image of the run's data.")
        self.file_button = text_button("File …", "Encode an image file; or drop one here.")
        self.busy = QLabel(_ENCODING)
        self.busy.setWordWrap(True)
        self.busy.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.cancel_button = text_button("Cancel", "Give up; the latent stays as it is.")

    def _lay_out(self) -> None:
        self._noise = _row(QLabel("noise"), self.seed, self.noise_button, stretch=self.seed)
        mixing = _row(self.a_button, self.mix, self.b_button, stretch=self.mix)
        edits = [self.undo_button, self.redo_button, self.reset_button]
        texts = [self.copy_button, self.paste_button]
        self._sources = _row(
            QLabel("encode"), self.index, self.data_button, self.file_button, stretch=self.index
        )
        self._waiting = _row(self.busy, self.cancel_button, stretch=self.busy)
        self._controls = QWidget()
        column = QVBoxLayout(self._controls)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for each in (self.rows, self.concepts, self._noise, mixing, _row(*edits, *texts)):
            column.addWidget(each)
        column.addWidget(self._sources)
        column.addWidget(self._waiting)
        column.addStretch()
        page = QWidget()
        self._halves = QBoxLayout(QBoxLayout.Direction.TopToBottom, page)
        self._halves.setContentsMargins(6, 6, 6, 6)
        self._halves.setSpacing(6)
        self._halves.addWidget(self.views, 1)
        self._halves.addWidget(self._controls)
        nothing = QLabel(_NO_RUN)
        nothing.setWordWrap(True)
        nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        nothing.setMargin(16)
        nothing.setProperty("role", "muted")
        self.pages = QStackedLayout(self)
        self.pages.addWidget(nothing)
        self.pages.addWidget(page)

    def _draw_icons(self) -> None:
        for button, name in ((self.undo_button, "undo"), (self.redo_button, "redo")):
            button.setIcon(icon(name))
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)

    def _connect_controls(self) -> None:
        model = self._exploration
        for button, call in (
            (self.noise_button, self.fresh_noise),
            (self.undo_button, self.undo),
            (self.redo_button, self.redo),
            (self.reset_button, self.reset),
            (self.copy_button, self.copy),
            (self.paste_button, self.paste),
            (self.a_button, model.remember_a),
            (self.b_button, model.remember_b),
            (self.data_button, lambda: model.encode(self.index.value())),
            (self.file_button, self.ask_for_image),
            (self.cancel_button, model.cancel_encoding),
        ):
            button.clicked.connect(lambda _=False, call=call: call())
        self.rows.value_changing.connect(lambda code, to: model.set_code(code, to, changing=True))
        self.rows.value_changed.connect(lambda code, to: model.set_code(code, to))
        self.rows.category_chosen.connect(model.set_category)
        self.seed.valueChanged.connect(self._draw_seed)
        self.seed.editingFinished.connect(model.end_gesture)
        self.mix.moving.connect(lambda mix: model.interpolate(mix, changing=True))
        self.mix.moved.connect(lambda mix: model.interpolate(mix))
        self.views.closed.connect(model.close_image)
        self.views.again.connect(model.encode_again)

    def _connect_model(self) -> None:
        model = self._exploration
        model.spec_changed.connect(self._rebuild_rows)
        model.latent_changed.connect(self._refresh_latent)
        model.remembered_changed.connect(self._refresh_latent)
        model.image_changed.connect(self._refresh_image)
        model.encoded.connect(self._refresh_comparison)
        model.encoding_changed.connect(self._refresh_controls)
        model.undo_changed.connect(self._refresh_undo)
        self._shown.run_changed.connect(self._refresh_names)
        self._shown.labels_changed.connect(self._refresh_names)
        for changed in (self._shown.run_changed, self._shown.steps_changed):
            changed.connect(self._refresh_placeholder)

    @Slot()
    def _rebuild_rows(self) -> None:
        spec = self._exploration.spec
        self.rows.set_codes(spec.codes if spec else ())
        self._noise.setVisible(bool(spec and spec.noise_dim))
        self.pages.setCurrentIndex(0 if spec is None else 1)
        self._refresh_names()
        # Rows are newer than the controls below them, and would come after these.
        order = [self.views.close_button, *self.rows.controls(), self.seed]
        for before, after in pairwise(order):
            self.setTabOrder(before, after)

    @Slot()
    def _refresh_names(self) -> None:
        names = self._shown.code_names
        self.rows.set_names(self._shown.names, {code: names.about(code) for code in names.follows})

    @Slot()
    def _refresh_latent(self) -> None:
        model = self._exploration
        if model.spec is None:
            return
        for code, slider in self.rows.sliders.items():
            slider.set_value(model.value(code))
        for code, buttons in self.rows.categories.items():
            buttons.set_category(model.category(code))
        with QSignalBlocker(self.seed):
            self.seed.setValue(_NOT_DRAWN if model.noise_seed is None else model.noise_seed)
        self.a_button.setText("A ✓" if model.has_a else "A")
        self.b_button.setText("B ✓" if model.has_b else "B")
        self.mix.setEnabled(model.has_a and model.has_b)
        self.mix.setToolTip(
            "From A to B in a straight line."
            if self.mix.isEnabled()
            else "Remember two latents with the buttons A and B; this leads from one to the other."
        )
        if model.mix is not None:
            self.mix.set_number(model.mix)

    @Slot()
    def _refresh_image(self) -> None:
        model = self._exploration
        self.views.set_edit(model.image, model.image_step)
        self._refresh_placeholder()
        self._refresh_comparison()
        self._refresh_controls()

    @Slot()
    def _refresh_placeholder(self) -> None:
        drawable = self._shown.shown_step is not None
        waiting = self._exploration.refusal or _DRAWING
        self.views.edit.set_placeholder(waiting if drawable else _NO_SNAPSHOT)

    @Slot()
    def _refresh_comparison(self) -> None:
        model = self._exploration
        found, spec = model.encoding, model.spec
        if found is None or spec is None:
            self.views.set_comparison(None)
            return
        without = found.error_without_noise if spec.noise_dim else None
        comparison = Comparison(
            found.original, found.reconstruction, found.error, without, found.step
        )
        self.views.set_comparison(comparison, model.can_encode_again)

    @Slot()
    def _refresh_controls(self) -> None:
        busy = self._exploration.encoding_goes_on
        self._waiting.setVisible(busy)
        self._sources.setVisible(not busy)
        self._sources.setEnabled(self._shown.shown_step is not None)

    @Slot()
    def _refresh_undo(self) -> None:
        model = self._exploration
        self.undo_button.setEnabled(bool(model.undo_text))
        self.redo_button.setEnabled(bool(model.redo_text))
        self.undo_button.setToolTip(plain_tip(f"Undo: {model.undo_text}".rstrip(": ")))
        self.redo_button.setToolTip(plain_tip(f"Redo: {model.redo_text}".rstrip(": ")))

    @Slot(int)
    def _draw_seed(self, seed: int) -> None:
        if seed == _NOT_DRAWN:
            self._refresh_latent()
        else:
            self._exploration.new_noise(seed, changing=True)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._draw_icons()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The controls stand below the picture, or beside it where that leaves it more room."""
        super().resizeEvent(event)
        below = self.height() - self._controls.sizeHint().height()
        beside = self.width() - _CONTROLS_WIDTH_PX
        is_beside = min(beside, self.height()) > min(self.width(), below)
        ways = QBoxLayout.Direction
        self._halves.setDirection(ways.LeftToRight if is_beside else ways.TopToBottom)
        self._controls.setMaximumWidth(_CONTROLS_WIDTH_PX if is_beside else _UNBOUNDED)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped_image(event.mimeData()) and self._exploration.spec is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        if path := dropped_image(event.mimeData()):
            event.acceptProposedAction()
            self.file_dropped.emit(path)


def _row(*widgets: QWidget, stretch: QWidget | None = None) -> QWidget:
    """Widgets beside each other; `stretch` takes the room that is left, else all share it."""
    row = QWidget()
    layout = QHBoxLayout(row)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(4)
    for widget in widgets:
        layout.addWidget(widget, 1 if widget is stretch else 0)
    if stretch is None:
        layout.addStretch()
    return row
