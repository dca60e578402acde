"""`ReconstructionsPanel`: what the prior makes, and what becomes of images of the data."""

import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSpinBox, QSplitter, QVBoxLayout, QWidget

from core.bounds import LARGEST_NUMBER
from core.counts import named_step
from core.errors import IcdrlError
from core.export import ImageGrid, Recipe
from icdrl_gui.models.pictures.pictures import Kind, PicturesModel
from icdrl_gui.panels.drag_folder import DragFolder
from icdrl_gui.widgets.heading import Heading
from icdrl_gui.widgets.images.grid import GridRow, ImageGridView
from icdrl_gui.widgets.placeholder import Placeholder
from icdrl_gui.widgets.text_button import text_button

_LARGEST_SEED = 9999
_NO_RUN = "No run is open.\nPress Train, or double click a run in Runs."
_WAITING = {
    "samples": "Drawing …",
    "reconstructions": "Finding the latents of images: this takes a moment …",
}
_NO_STEP = "This run has no snapshot yet: the first one comes in a moment, once it trains."


class ReconstructionsPanel(QWidget):
    """Samples left, reconstructions right; asks for them only while it is seen."""

    def __init__(self, pictures: PicturesModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("reconstructions")
        self.setWindowTitle("Samples and reconstructions")
        self._pictures = pictures
        self._drags = DragFolder()
        self.samples = _Half("Samples", "seed of the samples", "Other samples")
        self.reconstructions = _Half(
            "Reconstructions", "seed of the choice of images", "Other images of the data"
        )
        halves = QSplitter(Qt.Orientation.Horizontal)
        halves.setChildrenCollapsible(False)
        halves.addWidget(self.samples)
        halves.addWidget(self.reconstructions)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 6)
        layout.addWidget(halves)
        self.samples.seed_chosen.connect(pictures.sample)
        self.reconstructions.seed_chosen.connect(pictures.reconstruct)
        self.samples.grid.drag_file = lambda _: self._write(pictures.samples_grid)
        self.reconstructions.grid.drag_file = lambda _: self._write(pictures.reconstructions_grid)
        pictures.samples_changed.connect(self._show_samples)
        pictures.reconstructions_changed.connect(self._show_reconstructions)
        pictures.settings_changed.connect(self._show_settings)
        pictures.busy_changed.connect(self._say_what_is_missing)
        self._show_settings()
        self._show_samples()
        self._show_reconstructions()

    @Slot()
    def _show_settings(self) -> None:
        self.samples.show_seed(self._pictures.sample_seed)
        self.reconstructions.show_seed(self._pictures.reconstruction_seed)

    @Slot()
    def _show_samples(self) -> None:
        if shown := self._pictures.samples_grid():
            grid, recipe = shown
            title = f"Samples · {self._source(recipe)}"
            self.samples.title.show_title(title, name=self._pictures.run_name)
            rows = [GridRow()] * len(grid.images)
            self.samples.grid.show_images(grid.images, rows, grid.counts)
        self._say_what_is_missing()

    @Slot()
    def _show_reconstructions(self) -> None:
        if shown := self._pictures.reconstructions_grid():
            grid, recipe = shown
            errors = self._pictures.errors
            title = f"Reconstructions · error {errors.mean():.4f} · {self._source(recipe)}"
            self.reconstructions.title.show_title(
                title,
                f"{title}. The error is the mean squared difference of pixels, images in [0, 1], "
                "over these images.",
                self._pictures.run_name,
            )
            rows = _rows_of_pairs(errors, grid.columns)
            self.reconstructions.grid.show_images(grid.images, rows, grid.counts)
        self._say_what_is_missing()

    @Slot()
    def _say_what_is_missing(self) -> None:
        pictures = self._pictures
        kinds: tuple[tuple[Kind, _Half, bool], ...] = (
            ("samples", self.samples, pictures.sampled is not None),
            ("reconstructions", self.reconstructions, pictures.reconstructed is not None),
        )
        for kind, half, is_there in kinds:
            half.title.show_busy(kind in pictures.waiting)
            half.say("" if is_there else self._missing(kind))

    def _missing(self, kind: Kind) -> str:
        """Why there is nothing of a kind."""
        pictures = self._pictures
        if not pictures.has_run:
            return _NO_RUN
        if kind in pictures.waiting:
            return _WAITING[kind]
        if not pictures.has_snapshot:
            return _NO_STEP
        return pictures.refusals.get(kind, "")

    def _source(self, recipe: Recipe) -> str:
        return f"{self._pictures.run_name} · {named_step(recipe.step)}"

    def _write(self, shown: Callable[[], tuple[ImageGrid, Recipe] | None]) -> Path | None:
        current = shown()
        if current is None:
            return None
        try:
            return self._drags.write(*current, what=current[1].kind)
        except IcdrlError as error:
            self._pictures.trouble.emit(str(error))
            return None

    def showEvent(self, event: QShowEvent) -> None:
        """Ask for what is stale."""
        super().showEvent(event)
        self._pictures.set_active(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Ask for nothing."""
        super().hideEvent(event)
        self._pictures.set_active(False)


class _Half(QWidget):
    """A grid with its title and its seed."""

    seed_chosen = Signal(int)

    def __init__(self, what: str, seed_name: str, another: str) -> None:
        super().__init__()
        self._what = what
        self.title = Heading()
        self.grid = ImageGridView(what.lower())
        self.placeholder = Placeholder(self.grid)
        self.seed = QSpinBox()
        self.seed.setRange(0, LARGEST_NUMBER)
        self.seed.setKeyboardTracking(False)
        self.seed.setAccessibleName(seed_name)
        self.seed.setToolTip(seed_name.capitalize())
        self.another = text_button("⟳", another)
        self.another.setAccessibleName(another)
        label = QLabel("Seed")
        label.setBuddy(self.seed)
        below = QHBoxLayout()
        for each in (label, self.seed, self.another):
            below.addWidget(each)
        below.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.title)
        layout.addWidget(self.placeholder, 1)
        layout.addLayout(below)
        self.seed.valueChanged.connect(self.seed_chosen)
        self.another.clicked.connect(lambda: self.seed.setValue(random.randrange(_LARGEST_SEED)))

    def show_seed(self, seed: int) -> None:
        """Show what was chosen elsewhere."""
        blocked = self.seed.blockSignals(True)
        self.seed.setValue(seed)
        self.seed.blockSignals(blocked)

    def say(self, sentence: str) -> None:
        """Show a sentence, or the grid if it is empty."""
        self.placeholder.say(sentence)
        if sentence:
            self.title.show_title(self._what)


def _rows_of_pairs(errors: NDArray[np.float64], columns: int) -> list[GridRow]:
    """A row of originals, below it their reconstructions with the error of each, and so on."""
    rows = []
    for start in range(0, len(errors), columns):
        texts = tuple(f"error {error:.4f}" for error in errors[start : start + columns])
        rows += [
            GridRow(name="original"),
            GridRow(name="reconstruction", faded=True, values=texts, header=False),
        ]
    return rows
