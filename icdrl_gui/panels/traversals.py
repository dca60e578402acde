"""`TraversalsPanel`: a row of images for each code, and around what they are seen."""

from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QCheckBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from core.errors import IcdrlError
from icdrl_gui.models.pictures.traversals import TraversalsModel
from icdrl_gui.models.runs.shown_run import ShownRun
from icdrl_gui.panels.drag_folder import DragFolder
from icdrl_gui.widgets.heading import Heading
from icdrl_gui.widgets.images.grid import GridRow, ImageGridView
from icdrl_gui.widgets.images.zoom_box import ZoomBox
from icdrl_gui.widgets.placeholder import Placeholder
from icdrl_gui.widgets.sliders.step_slider import StepSlider
from icdrl_gui.widgets.traversal_controls import TraversalControls

_NO_RUN = (
    "No run is open.\n"
    "Press Train, or double click a run in Runs: each of its codes gets a row here."
)
_NO_STEP = "This run has no snapshot yet: the first one comes in a moment, once it trains."
_DRAWING = "Drawing …"
_ROOM_FOR_ONE_LINE_PX = 950


class TraversalsPanel(QWidget):
    """Follows a `TraversalsModel`; `cell_chosen` carries the latent (L,) float32 of a cell."""

    cell_chosen = Signal(object)

    def __init__(
        self, traversals: TraversalsModel, shown: ShownRun, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("traversals")
        self.setWindowTitle("Traversals")
        self._traversals, self._shown = traversals, shown
        self._drags = DragFolder()
        self.title = Heading()
        self.grid = ImageGridView("traversals", renames=True)
        self.grid.drag_file = self._write_for_drag
        self.placeholder = Placeholder(self.grid)
        self.controls = TraversalControls(explores=True)
        self.steps = StepSlider()
        self.zoom = ZoomBox()
        self.sink_unused = QCheckBox("&Unused last")
        self.sink_unused.setToolTip(
            "Codes that hardly change the image stand below the others: a row is unused if no "
            "pixel differs, on average, by a grey level from those of its first image"
        )
        self._arrange()
        self._wire()
        self._show_settings()
        self._show_steps()
        self._show_grid()

    def _arrange(self) -> None:
        zoom_title = QLabel("&Zoom")
        zoom_title.setBuddy(self.zoom)
        below = QHBoxLayout()
        below.addWidget(self.steps, 1)
        below.addSpacing(8)
        for each in (self.controls.columns_part, zoom_title, self.zoom, self.sink_unused):
            below.addWidget(each)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 6)
        layout.setSpacing(6)
        layout.addWidget(self.title)
        layout.addWidget(self.placeholder, 1)
        self._foot = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._foot.addWidget(self.controls)
        self._foot.addLayout(below, 1)
        layout.addLayout(self._foot)

    def _wire(self) -> None:
        traversals, shown = self._traversals, self._shown
        self.controls.anchor_chosen.connect(traversals.set_anchor)
        self.controls.rule_chosen.connect(traversals.set_rule)
        self.controls.columns_chosen.connect(traversals.set_columns)
        self.sink_unused.toggled.connect(traversals.set_sink_unused)
        self.steps.step_chosen.connect(shown.show_step)
        self.zoom.zoom_chosen.connect(self.grid.set_zoom)
        self.grid.zoom_changed.connect(self.zoom.show_zoom)
        self.grid.label_edited.connect(self._rename)
        self.grid.cell_chosen.connect(self._choose)
        traversals.grid_changed.connect(self._show_grid)
        traversals.settings_changed.connect(self._show_settings)
        traversals.busy_changed.connect(self._show_busy)
        for changed in (shown.run_changed, shown.steps_changed, shown.step_changed):
            changed.connect(self._show_steps)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """All controls in one line where there is room for it."""
        super().resizeEvent(event)
        ways, is_wide = QBoxLayout.Direction, event.size().width() >= _ROOM_FOR_ONE_LINE_PX
        self._foot.setDirection(ways.LeftToRight if is_wide else ways.TopToBottom)

    @Slot()
    def _show_settings(self) -> None:
        traversals = self._traversals
        self.controls.show_settings(traversals.anchor, traversals.rule, traversals.columns)
        self.sink_unused.setChecked(traversals.sink_unused)

    @Slot()
    def _show_steps(self) -> None:
        newest = "newest (live)" if self._traversals.live else "newest"
        self.steps.show_steps(self._shown.steps, self._shown.step, newest)
        self._say_what_is_missing()

    @Slot()
    def _show_grid(self) -> None:
        traversals = self._traversals
        grid, recipe = traversals.grid, traversals.recipe
        name = self._shown.run.name if self._shown.run else ""
        self.title.show_title(traversals.title(), name=name)
        self._show_steps()
        if grid is None or recipe is None:
            self.grid.clear()
            return
        order = list(traversals.order)
        rows = [
            GridRow(
                name=recipe.codes[row],
                label=traversals.label(row),
                follows=traversals.follows(row),
                about=traversals.about(row),
                note="unused" if traversals.unused[row] else "",
                faded=traversals.unused[row],
                values=_texts(recipe.values[row]),
            )
            for row in order
        ]
        self.grid.show_images(grid.images[order], rows, [grid.count(row) for row in order])

    @Slot()
    def _show_busy(self) -> None:
        self.title.show_busy(self._traversals.busy)
        self._say_what_is_missing()

    @Slot()
    def _say_what_is_missing(self) -> None:
        if self._shown.run is None:
            self.placeholder.say(_NO_RUN)
        elif self._traversals.grid is not None:
            self.placeholder.say("")
        elif self._shown.shown_step is None:
            self.placeholder.say(_NO_STEP)
        else:
            self.placeholder.say(self._traversals.refusal or _DRAWING)

    @Slot(int, str)
    def _rename(self, row: int, label: str) -> None:
        recipe = self._traversals.recipe
        if recipe is None:
            return
        code = recipe.codes[self._traversals.order[row]]
        if any(code == concept.name for concept in recipe.concepts):
            return  # A concept has the name that a person gave it.
        try:
            self._shown.rename_code(code, label)
        except IcdrlError as error:
            self._traversals.trouble.emit(str(error))

    @Slot(int, int)
    def _choose(self, row: int, column: int) -> None:
        latent = self._traversals.latent_at(self._traversals.order[row], column)
        if latent is not None:
            self.cell_chosen.emit(latent)

    def _write_for_drag(self, row: int | None) -> Path | None:
        """The picture of all codes, or of the code whose label is dragged."""
        chosen = None if row is None else self._traversals.order[row]
        current = self._traversals.current(chosen)
        if current is None:
            return None
        grid, recipe = current
        try:
            return self._drags.write(grid, recipe, "traversals" if row is None else recipe.codes[0])
        except IcdrlError as error:
            self._traversals.trouble.emit(str(error))
            return None


def _texts(values: tuple[float, ...]) -> tuple[str, ...]:
    """Values as they stand above the columns."""
    return tuple(f"{round(value, 6) + 0.0:.2g}" for value in values)
