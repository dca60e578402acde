"""`PicturesModel`: samples of the shown run, and images of its data with reconstructions."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal, Slot

from core.export import ImageGrid, Recipe, reconstructions_grid, samples_grid
from core.protocol import (
    Answer,
    Failed,
    Reconstruct,
    Reconstructed,
    Refused,
    Sample,
    Sampled,
)
from icdrl_gui.models.explorer_link import ExplorerLink
from icdrl_gui.models.runs.shown_run import ShownRun

Kind = Literal["samples", "reconstructions"]


class PicturesModel(QObject):
    """Asks only while somebody looks: finding the noise of an image takes time.

    Attributes:
        sampled, reconstructed: what there is to see; None before the first.
        sample_seed, sample_count, reconstruction_seed, reconstruction_count: what is asked for.
        waiting: the kinds that an answer is waited for.
        refusals: why there is nothing newer of a kind, if it was refused when asked for last.
    """

    samples_changed = Signal()
    reconstructions_changed = Signal()
    settings_changed = Signal()
    busy_changed = Signal()
    trouble = Signal(str)

    def __init__(self, link: ExplorerLink, shown: ShownRun, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._link, self._shown = link, shown
        self._active = False
        self._stale: set[Kind] = {"samples", "reconstructions"}
        self.sampled: Sampled | None = None
        self.reconstructed: Reconstructed | None = None
        self.sample_seed, self.sample_count = 0, 64
        self.reconstruction_seed, self.reconstruction_count = 0, 8
        self.waiting: set[Kind] = set()
        self.refusals: dict[Kind, str] = {}
        shown.run_changed.connect(self._change_run)
        shown.step_changed.connect(self.refresh)
        shown.steps_changed.connect(self._take_steps)

    @property
    def has_run(self) -> bool:
        """Whether a run is shown."""
        return self._shown.run is not None

    @property
    def has_snapshot(self) -> bool:
        """Whether there is a step of it to draw."""
        return self._shown.shown_step is not None

    @property
    def run_name(self) -> str:
        """Of the shown run; empty if there is none."""
        return self._shown.run.name if self._shown.run else ""

    @property
    def errors(self) -> NDArray[np.float64]:
        """(N,) mean squared pixel error of each reconstruction, images in [0, 1]."""
        both = self.reconstructed
        if both is None:
            return np.empty(0)
        difference = both.originals.astype(np.float64) - both.reconstructions
        return np.asarray(((difference / 255) ** 2).mean(axis=(1, 2, 3)))

    def samples_grid(self) -> tuple[ImageGrid, Recipe] | None:
        """The samples that there are to see, to be shown or exported."""
        sampled = self.sampled
        if sampled is None:
            return None
        grid = samples_grid(sampled.images, sampled.recipe, name=self.run_name)
        return grid, sampled.recipe

    def reconstructions_grid(self) -> tuple[ImageGrid, Recipe] | None:
        """The reconstructions that there are to see, to be shown or exported."""
        both = self.reconstructed
        if both is None:
            return None
        grid = reconstructions_grid(
            both.originals, both.reconstructions, both.recipe, name=self.run_name
        )
        return grid, both.recipe

    def set_active(self, active: bool) -> None:
        """Whether somebody looks."""
        self._active = active
        self._ask_for_stale()

    def sample(self, seed: int, count: int | None = None) -> None:
        """Draw other samples."""
        self.sample_seed, self.sample_count = seed, count or self.sample_count
        self._renew("samples")
        self.settings_changed.emit()

    def reconstruct(self, seed: int, count: int | None = None) -> None:
        """Choose other images of the data."""
        self.reconstruction_seed = seed
        self.reconstruction_count = count or self.reconstruction_count
        self._renew("reconstructions")
        self.settings_changed.emit()

    def restore(self, recipe: Recipe) -> None:
        """Ask for what the recipe of an exported picture says; a traversal changes nothing."""
        form, _, number = recipe.anchor.partition(":")
        if form != "random" or not number.isdecimal():
            return
        if recipe.kind == "samples":
            self.sample(int(number), recipe.count)
        elif recipe.kind == "reconstructions":
            self.reconstruct(int(number), recipe.count)

    @Slot()
    def refresh(self) -> None:
        """Ask anew for both."""
        self._renew("samples", "reconstructions")

    @Slot()
    def _change_run(self) -> None:
        self.sampled = self.reconstructed = None
        self.refusals.clear()
        self.samples_changed.emit()
        self.reconstructions_changed.emit()
        self.refresh()

    @Slot()
    def _take_steps(self) -> None:
        if self._shown.step is None:
            self.refresh()

    def _renew(self, *kinds: Kind) -> None:
        self._stale.update(kinds)
        self._ask_for_stale()

    def _ask_for_stale(self) -> None:
        run = self._shown.run
        if run is None or self._shown.shown_step is None:
            for kind in tuple(self.waiting):
                self._link.cancel(kind)
                self._wait(kind, False)
            return
        if not self._active:
            return
        where, step = str(run.path), self._shown.step
        for kind in self._stale:
            self.refusals.pop(kind, None)
        if "samples" in self._stale:
            self._wait("samples", True)
            request = Sample(0, where, step, self.sample_seed, self.sample_count)
            self._link.ask("samples", request, self._receive_samples)
        if "reconstructions" in self._stale:
            self._wait("reconstructions", True)
            seed, count = self.reconstruction_seed, self.reconstruction_count
            pair = Reconstruct(0, where, step, seed, count)
            self._link.ask("reconstructions", pair, self._receive_reconstructions)
        self._stale.clear()

    def _receive_samples(self, answer: Answer) -> None:
        if isinstance(answer, Refused | Failed):
            self.refusals["samples"] = answer.sentence
        self._wait("samples", False)
        match answer:
            case Sampled():
                self.sampled = answer
                self._tell_if_mended()
                self.samples_changed.emit()
            case Refused() | Failed():
                self.trouble.emit(answer.sentence)

    def _receive_reconstructions(self, answer: Answer) -> None:
        if isinstance(answer, Refused | Failed):
            self.refusals["reconstructions"] = answer.sentence
        self._wait("reconstructions", False)
        match answer:
            case Reconstructed():
                self.reconstructed = answer
                self._tell_if_mended()
                self.reconstructions_changed.emit()
            case Refused() | Failed():
                self.trouble.emit(answer.sentence)

    def _tell_if_mended(self) -> None:
        if not self.refusals:
            self.trouble.emit("")

    def _wait(self, kind: Kind, waits: bool) -> None:
        if waits != (kind in self.waiting):
            self.waiting ^= {kind}
            self.busy_changed.emit()
