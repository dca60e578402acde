"""`TraversalsModel`: the traversal of the shown run, from its trainer or from the explorer."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal, Slot

from core.counts import named_step
from core.export import Recipe, TraversalGrid
from core.latents import LatentSpec
from core.latents.concepts import AnyConcept
from core.latents.moving import move
from core.protocol import Answer, Failed, Previewed, Refused, Traverse, Traversed, Watch
from icdrl_gui.models.explorer_link import ExplorerLink
from icdrl_gui.models.runs.shown_run import ShownRun

LATENT = "latent"
"""The anchor that is the point in Explore."""

COLUMNS = 9
"""At first; in a window of 1280 pixels images of 64 pixels are then seen pixel for pixel."""

UNUSED_BELOW = 1.0
"""Grey levels of 255. The codes of trained dSprites runs change the image by 12 to 44."""

_SLOT = "traversals"
_FOLLOW_LATENT_AFTER_MS = 150


class TraversalsModel(QObject):
    """What to traverse, and the newest grid of it.

    While the shown run is the one that trains, its newest step is followed, and anchor and range
    need no real images, the grid is live: it comes from the trainer every few seconds. Else the
    explorer draws it, again at each snapshot.

    Attributes:
        anchor: random:SEED, data:INDEX or latent.
        rule, columns: the range of the values and how many there are.
        sink_unused: whether unused codes stand below the others.
        grid, recipe, step: what there is to see; None before the first.
        unused: for each row of the grid, whether its code hardly changes the image.
        busy: whether an answer is waited for.
        refusal: why there is no newer grid, if it was refused when asked for last.
    """

    grid_changed = Signal()
    settings_changed = Signal()
    busy_changed = Signal()
    trouble = Signal(str)

    def __init__(
        self,
        link: ExplorerLink,
        shown: ShownRun,
        watch: Callable[[Watch], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._link, self._shown, self._watch = link, shown, watch
        self._seconds = 2.0
        self._watched: Watch | None = None
        self._training: Path | None = None
        self._latent: NDArray[np.float32] | None = None
        self._concepts: tuple[AnyConcept, ...] = ()
        self.anchor, self.rule, self.columns = "random:0", "prior", COLUMNS
        self.sink_unused = False
        self.grid: TraversalGrid | None = None
        self.recipe: Recipe | None = None
        self.step: int | None = None
        self.unused: tuple[bool, ...] = ()
        self.busy = False
        self.refusal = ""
        self._latent_moved = QTimer(self)
        self._latent_moved.setSingleShot(True)
        self._latent_moved.setInterval(_FOLLOW_LATENT_AFTER_MS)
        self._latent_moved.timeout.connect(self._ask)
        shown.run_changed.connect(self._change_run)
        shown.step_changed.connect(self._ask)
        shown.steps_changed.connect(self._take_steps)
        shown.labels_changed.connect(self.grid_changed)

    @property
    def live(self) -> bool:
        """Whether the grid comes from the trainer, every few seconds."""
        return self._training is not None and self._is_shown(self._training) and self._is_cheap()

    @property
    def latent(self) -> NDArray[np.float32] | None:
        """The point in Explore (L,), if it is one of the shown run."""
        spec, latent = self._shown.spec, self._latent
        return latent if latent is not None and spec and len(latent) == spec.latent_dim else None

    @property
    def order(self) -> tuple[int, ...]:
        """Rows of the grid from top to bottom."""
        rows = range(len(self.unused))
        return tuple(sorted(rows, key=lambda row: self.sink_unused and self.unused[row]))

    def label(self, row: int) -> str:
        """The name that a person gave the code of a row of the grid."""
        return self._shown.labels.get(self.recipe.codes[row], "") if self.recipe else ""

    def follows(self, row: int) -> str:
        """The factor that the code of a row follows most, and how exclusively; may be empty."""
        return self._shown.follows.get(self.recipe.codes[row], "") if self.recipe else ""

    def about(self, row: int) -> str:
        """What that means; may be empty."""
        return self._shown.code_names.about(self.recipe.codes[row]) if self.recipe else ""

    def title(self) -> str:
        """Run, step, anchor and range of the grid, and whence the names of its codes."""
        if self.recipe is None or self.step is None:
            return ""
        name = self._shown.run.name if self._shown.run else self.recipe.run
        step = f"{named_step(self.step)}" + (" (live)" if self.live else "")
        how = f"anchor {self.recipe.anchor} · range {self.recipe.range_rule}"
        origin = self._shown.code_names.origin(self.recipe.codes, self.step)
        return f"{name} · {step} · {how}{origin}"

    def set_anchor(self, anchor: str) -> None:
        """Traverse around random:SEED, data:INDEX or latent, the point in Explore."""
        if anchor != self.anchor:
            self.anchor = anchor
            self._change_settings()

    def set_rule(self, rule: str) -> None:
        """Choose the range: prior, posterior quantiles, min-max, mean ± 2 sd or fixed:LOW,HIGH."""
        if rule != self.rule:
            self.rule = rule
            self._change_settings()

    def set_columns(self, columns: int) -> None:
        """Choose how many values each continuous code takes."""
        if columns != self.columns:
            self.columns = columns
            self._change_settings()

    def set_sink_unused(self, sink: bool) -> None:
        """Whether unused codes stand below the others."""
        if sink != self.sink_unused:
            self.sink_unused = sink
            self.settings_changed.emit()
            self.grid_changed.emit()

    @Slot(object)
    def set_latent(self, latent: NDArray[np.float32]) -> None:
        """The point in Explore is here now (L,); followed in a moment if it is the anchor."""
        self._latent = np.array(latent, np.float32)
        if self.anchor == LATENT:
            self._latent_moved.start()

    def set_concepts(self, concepts: tuple[AnyConcept, ...]) -> None:
        """Those of the shown step: each has a row below the codes."""
        if concepts != self._concepts:
            self._concepts = concepts
            self._ask()

    def set_preview_seconds(self, seconds: float) -> None:
        """How often a live grid is drawn; 0: only at snapshots."""
        self._seconds = seconds
        self._ask()

    @Slot(object)
    def follow_training(self, run: Path | None) -> None:
        """The run that trains now; None: none does."""
        if run != self._training:
            self._training = run
            self._ask()
            self.grid_changed.emit()

    def restore(self, recipe: Recipe) -> None:
        """Traverse as the recipe of an exported traversal says; other recipes change nothing."""
        if recipe.kind != "traversal":
            return
        self.anchor, self.rule = recipe.anchor, recipe.range_rule
        if recipe.anchor == LATENT:
            self._latent = np.array(recipe.anchor_latent, np.float32)
        spec = self._shown.spec
        continuous = {code.name for code in spec.continuous} if spec else set()
        rows = zip(recipe.codes, recipe.values, strict=True)
        self.columns = max((len(row) for code, row in rows if code in continuous), default=COLUMNS)
        self._change_settings()

    @Slot(object)
    def take_preview(self, event: Previewed) -> None:
        """The trainer drew what it was told to watch."""
        if self.live and self._is_wanted(event.recipe):
            self._link.cancel(_SLOT)
            self._set_busy(False)
            self._take(event)

    def latent_at(self, row: int, column: int) -> NDArray[np.float32] | None:
        """The latent (L,) of a cell of the grid; None where it is not one of the shown run."""
        spec, recipe = self._shown.spec, self.recipe
        if spec is None or recipe is None or len(recipe.anchor_latent) != spec.latent_dim:
            return None
        name = recipe.codes[row]
        concept = next((each for each in recipe.concepts if each.name == name), None)
        if concept is not None:
            return _moved_along(concept, spec, recipe, recipe.values[row][column])
        code = next(code for code in spec.codes if code.name == name)
        latent, value = np.array(recipe.anchor_latent, np.float32), recipe.values[row][column]
        if code.categories:
            latent[code.entries] = 0
            latent[code.start + int(value)] = 1
        else:
            latent[code.start] = value
        return latent

    def current(self, row: int | None = None) -> tuple[TraversalGrid, Recipe] | None:
        """What is shown, as it is shown, to be exported; or one row of the grid alone."""
        grid, recipe = self.grid, self.recipe
        if grid is None or recipe is None:
            return None
        rows = self.order if row is None else (row,)
        counts = tuple(grid.count(each) for each in rows)
        described = any(count == len(grid.column_labels) for count in counts)
        shown = TraversalGrid(
            images=grid.images[list(rows), : max(counts)],
            row_labels=tuple(self._shown.code_names.full(recipe.codes[each]) for each in rows),
            column_labels=grid.column_labels if described else (),
            title=self.title(),
            counts=counts,
        )
        return shown, recipe.of_rows(rows)

    def _change_settings(self) -> None:
        self._ask()
        self.settings_changed.emit()

    @Slot()
    def _change_run(self) -> None:
        self.grid = self.recipe = self.step = None
        self.unused = ()
        self.grid_changed.emit()
        self._ask()

    @Slot()
    def _take_steps(self) -> None:
        """A snapshot was written, or the one that was looked at is gone."""
        is_behind = self._shown.step is None and not self.live
        if self.grid is None or is_behind:
            self._ask()

    @Slot()
    def _ask(self) -> None:
        """Tell the trainer what to draw; the explorer draws at once where it can."""
        self._tell_trainer()
        run = self._shown.run
        if run is None or self._shown.shown_step is None:
            self._link.cancel(_SLOT)
            self._set_busy(False)
            return
        request = Traverse(
            0,
            str(run.path),
            self._shown.step,
            self._anchor_text(),
            self.rule,
            self.columns,
            concepts=self._concepts,
        )
        self.refusal = ""
        self._set_busy(True)
        self._link.ask(_SLOT, request, self._receive)

    def _receive(self, answer: Answer) -> None:
        if isinstance(answer, Refused | Failed):
            self.refusal = answer.sentence
        self._set_busy(False)
        match answer:
            case Traversed():
                self.trouble.emit("")
                is_late = self.live and self.step is not None and answer.step < self.step
                if not (is_late and self.recipe and self._is_wanted(self.recipe)):
                    self._take(answer)
            case Refused() | Failed():
                self.trouble.emit(answer.sentence)

    def _take(self, drawn: Traversed | Previewed) -> None:
        self.grid, self.recipe, self.step = drawn.grid, drawn.recipe, drawn.step
        self.unused = tuple(_is_unused(row) for row in drawn.grid.rows())
        self.grid_changed.emit()

    def _tell_trainer(self) -> None:
        watch = Watch(self._seconds, self._anchor_text(), self.rule, self.columns)
        other = self._training is not None and not self._is_shown(self._training)
        # Of a run that is yet to begin nobody knows whether the point fits its latent.
        unfit = self.anchor == LATENT and not self.live
        if other or unfit or not self._is_cheap():
            watch = Watch(0)
        if watch != self._watched:
            self._watched = watch
            self._watch(watch)

    def _anchor_text(self) -> str:
        """The anchor as the children read it; random:0 where there is no point in Explore."""
        if self.anchor != LATENT:
            return self.anchor
        latent = self.latent
        if latent is None:
            return "random:0"
        # Nine digits tell any float32 exactly.
        return f"{LATENT}:{','.join(f'{number:.9g}' for number in latent)}"

    def _is_cheap(self) -> bool:
        """Whether a trainer draws what is wanted: the newest step, and nothing of real images."""
        from_nothing = self.rule == "prior" or self.rule.startswith("fixed:")
        follows = self._shown.step is None and self._seconds > 0
        return follows and from_nothing and not self.anchor.startswith("data:")

    def _is_wanted(self, recipe: Recipe) -> bool:
        """Whether it answers what is asked now, rather than before."""
        anchor = self._anchor_text()
        if recipe.anchor == LATENT:
            is_there = self.latent is not None and np.array_equal(
                np.array(recipe.anchor_latent, np.float32), self.latent
            )
        else:
            is_there = recipe.anchor == anchor
        spec = self._shown.spec
        continuous = {code.name for code in spec.continuous} if spec else set()
        rows = zip(recipe.codes, recipe.values, strict=True)
        fits = all(len(row) == self.columns for code, row in rows if code in continuous)
        return is_there and fits and recipe.range_rule == self.rule

    def _is_shown(self, run: Path) -> bool:
        shown = self._shown.run
        return shown is not None and shown.path.resolve() == run.resolve()

    def _set_busy(self, busy: bool) -> None:
        if busy != self.busy:
            self.busy = busy
            self.busy_changed.emit()


def _moved_along(
    concept: AnyConcept, spec: LatentSpec, recipe: Recipe, value: float
) -> NDArray[np.float32]:
    """The anchor of a recipe (L,), moved until the concept has this value."""
    latent = np.array(recipe.anchor_latent)
    entries = latent[None, spec.noise_dim :]
    latent[spec.noise_dim :] = move(spec, concept, entries, np.array([value])).entries[0]
    return latent.astype(np.float32)


def _is_unused(images: NDArray[np.uint8]) -> bool:
    """Whether no image of a row (T, H, W, C) differs from its first one by `UNUSED_BELOW`.

    The measure is the mean absolute difference of pixels. All columns count, since a code that
    turns a thing once around ends where it began.
    """
    differences = np.abs(images.astype(np.int16) - images[0]).mean(axis=(1, 2, 3))
    return bool(differences.max() < UNUSED_BELOW)
