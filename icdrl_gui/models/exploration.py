"""`ExplorationModel`: the one latent that a person moves about, and what it looks like."""

from collections import deque
from dataclasses import replace
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal, Slot

from core.latents import Code, LatentSpec
from core.protocol import Answer, Draw, Drawn, Encode, Encoded, Failed, Refused
from icdrl_gui.models.explorer_link import ExplorerLink
from icdrl_gui.models.latent_point import (
    Encoding,
    ImageSource,
    Latent,
    Point,
    between,
    centred,
    differences,
    draw_noise,
    fresh_point,
    frozen,
    layout,
    one_hot,
)
from icdrl_gui.models.latent_text import LatentTextError, checked_latent, latent_text, parse_latent
from icdrl_gui.models.pictures.image_file import ImageReader
from icdrl_gui.models.runs.shown_run import ShownRun
from icdrl_gui.undo import Edits

DRAW_SLOT, ENCODE_SLOT = "explore", "encode"
_LATENCIES_KEPT = 1000


class ExplorationModel(QObject):
    """The latent (L,) float32 = noise, one-hot categories, continuous codes, and its picture.

    Every edit is one undoable step; `changing=True` tells that the edit goes on (a drag), so
    that what follows under the same name belongs to the step.

    Attributes:
        spec: the latent of the shown run; None without a run.
        image: uint8 (H, W, C), what the latent looks like; None before the first answer.
        image_step: the step of the weights that drew it.
        encoding_goes_on: whether an image is being encoded.
        refusal: why there is no image, if it was refused when asked for last.
        latencies_ms: from asking for a picture to having it, the last thousand.
    """

    spec_changed = Signal()
    latent_changed = Signal()
    image_changed = Signal()
    encoded = Signal()
    encoding_changed = Signal(bool)
    remembered_changed = Signal()
    undo_changed = Signal()
    trouble = Signal(str)

    def __init__(self, link: ExplorerLink, shown: ShownRun, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._link, self._shown = link, shown
        self._point: Point | None = None
        self._a: Point | None = None
        self._b: Point | None = None
        self._drawn_for: tuple[Path, int | None] | None = None
        self._last_seed = 0
        self._edits: Edits[Point] = Edits(self._put, Point.is_as)
        self._reader = ImageReader(self)
        self._reader.got_image.connect(self._ask_to_encode)
        self._reader.trouble.connect(self._take_unreadable)
        self.spec: LatentSpec | None = None
        self.image: NDArray[np.uint8] | None = None
        self.image_step: int | None = None
        self.refusal = ""
        self.encoding_goes_on = False
        self.latencies_ms: deque[float] = deque(maxlen=_LATENCIES_KEPT)
        shown.run_changed.connect(self._follow_run)
        shown.step_changed.connect(self._follow_step)
        shown.steps_changed.connect(self._follow_step)
        self._follow_run()

    @property
    def latent(self) -> Latent | None:
        """(L,) float32, read-only; None without a run."""
        return self._point.latent if self._point else None

    @property
    def noise_seed(self) -> int | None:
        """What the noise was drawn from; None where it was found, pasted or interpolated."""
        return self._point.noise_seed if self._point else None

    @property
    def mix(self) -> float | None:
        """How far from A to B, in [0, 1]; None if the latent was edited otherwise."""
        return self._point.mix if self._point else None

    @property
    def encoding(self) -> Encoded | None:
        """The image that is edited, with its reconstruction and errors; None: there is none."""
        found = self._encoding()
        return found.answer if found else None

    @property
    def can_encode_again(self) -> bool:
        """Whether newer weights could encode the image anew."""
        found = self.encoding
        return bool(found and self.image_step is not None and found.step != self.image_step)

    def value(self, code: str) -> float:
        """Of a continuous code; `code` is its name."""
        point, found = self._require(code)
        return float(point.latent[found.start])

    def category(self, code: str) -> int | None:
        """Of a categorical code; None where it is a mixture of several."""
        point, found = self._require(code)
        block = point.latent[found.entries]
        chosen = int(block.argmax())
        return chosen if np.array_equal(block, one_hot(found, chosen)) else None

    def set_code(self, code: str, value: float, changing: bool = False) -> None:
        """Move a continuous code."""
        _, found = self._require(code)
        self._edit_block(f"Set {code}", found.entries, np.array(value), code, changing)

    def set_category(self, code: str, category: int) -> None:
        """Choose a category of a categorical code."""
        _, found = self._require(code)
        self._edit_block(f"Set {code} to {category}", found.entries, one_hot(found, category))

    def set_codes(
        self, entries: NDArray[np.floating], text: str, gesture: str = "", changing: bool = False
    ) -> None:
        """Put all codes (E,) elsewhere, as they stand in a latent; noise and image stay."""
        if self.spec is not None:
            self._edit_block(text, slice(self.spec.noise_dim, None), entries, gesture, changing)

    def new_noise(self, seed: int | None = None, changing: bool = False) -> None:
        """Draw noise, if there is any, from its prior; by default from the next seed."""
        if self._point is None or self.spec is None or not self.spec.noise_dim:
            return
        seed = self._last_seed + 1 if seed is None else seed
        self._last_seed = seed
        latent = self._point.latent.copy()
        latent[: self.spec.noise_dim] = draw_noise(self.spec, seed)
        after = replace(self._point, latent=frozen(latent), noise_seed=seed, mix=None)
        self._edit(f"Noise {seed}", after, "noise", changing)

    def reset(self) -> None:
        """All codes to their middle, categories to the first; the noise stays."""
        if self.spec is not None:
            self.set_codes(centred(self.spec), "Reset codes")

    def set_latent(self, latent: NDArray[np.floating], text: str = "Start from a cell") -> None:
        """Start from another latent (L,); `text` says in the undo menu where it comes from."""
        if self._point is None or self.spec is None:
            return
        try:
            taken = checked_latent(latent, self.spec)
        except LatentTextError as error:
            self.trouble.emit(str(error))
            return
        # A cell of a traversal around the shown image is still an edit of that image.
        same_noise, codes = differences(self.spec, self._point.latent, taken)
        seed = self._point.noise_seed if same_noise else None
        encoding = self._point.encoding if same_noise and codes <= 1 else None
        self._edit(text, Point(taken, seed, encoding))

    def as_text(self) -> str:
        """The latent in the `latent:` form of the command line's anchor; empty without a run."""
        return latent_text(self._point.latent) if self._point else ""

    def from_text(self, text: str) -> None:
        """Take what `as_text` gave; another text is trouble and changes nothing."""
        if self.spec is None:
            self.trouble.emit("No run is shown: open one, then paste its latent.")
            return
        try:
            latent = parse_latent(text, self.spec)
        except LatentTextError as error:
            self.trouble.emit(str(error))
        else:
            self.trouble.emit("")
            self.set_latent(latent, "Paste latent")

    @property
    def has_a(self) -> bool:
        """Whether A is remembered."""
        return self._a is not None

    @property
    def has_b(self) -> bool:
        """Whether B is remembered."""
        return self._b is not None

    def remember_a(self) -> None:
        """The latent is where interpolating begins."""
        self._a = self._point
        self.remembered_changed.emit()

    def remember_b(self) -> None:
        """The latent is where interpolating ends."""
        self._b = self._point
        self.remembered_changed.emit()

    def interpolate(self, mix: float, changing: bool = False) -> None:
        """Go to (1 - mix) A + mix B, `mix` in [0, 1]; nothing while one of them is missing."""
        if self._point is None or self._a is None or self._b is None:
            return
        after = replace(between(self._a, self._b, mix), encoding=self._point.encoding)
        self._edit("Interpolate A → B", after, "interpolation", changing)

    @property
    def undo_text(self) -> str:
        """What `undo` would take back, such as "Set c3"; empty: nothing."""
        return self._edits.stack.undoText()

    @property
    def redo_text(self) -> str:
        """What `redo` would do again; empty: nothing."""
        return self._edits.stack.redoText()

    def undo(self) -> None:
        """Take back the last edit."""
        self._edits.undo()
        self.undo_changed.emit()

    def redo(self) -> None:
        """Do again what was taken back."""
        self._edits.redo()
        self.undo_changed.emit()

    def end_gesture(self) -> None:
        """The next edit is a step of its own."""
        self._edits.end_gesture()

    def encode(self, image: ImageSource) -> None:
        """Find the latent of an image uint8 (H, W, C) of any size, or of one of the data."""
        if self._begin_encoding():
            self._ask_to_encode(image)

    def encode_file(self, path: Path) -> None:
        """Encode an image file, once it is read."""
        if self._begin_encoding():
            self._reader.start(path)

    def encode_again(self) -> None:
        """Encode the same image with the shown weights."""
        if found := self._encoding():
            self.encode(found.source)

    def cancel_encoding(self) -> None:
        """Give up what is being encoded."""
        if self.encoding_goes_on:
            self._reader.cancel()
            self._link.cancel(ENCODE_SLOT)
            self._set_encoding(False)

    def close_image(self) -> None:
        """Compare with no image any more; the latent stays."""
        if self._point is not None:
            self._edit("Close image", replace(self._point, encoding=None))

    def _begin_encoding(self) -> bool:
        """Whether there is something to encode with; what was encoded before is given up."""
        if self._shown.run is None or self._shown.shown_step is None:
            self.trouble.emit("An image needs a run with a snapshot to be encoded by: open one.")
            return False
        self.cancel_encoding()
        self._set_encoding(True)
        return True

    @Slot(object)
    def _ask_to_encode(self, image: ImageSource) -> None:
        if (run := self._shown.run) is not None:
            request = Encode(0, str(run.path), self._shown.step, image)
            self._link.ask(ENCODE_SLOT, request, partial(self._take_encoded, run.path, image))

    @Slot(str)
    def _take_unreadable(self, sentence: str) -> None:
        self._set_encoding(False)
        self.trouble.emit(sentence)

    def _encoding(self) -> Encoding | None:
        found = self._point.encoding if self._point else None
        return found if found and found.run == self._run_path() else None

    def _run_path(self) -> Path | None:
        return self._shown.run.path if self._shown.run else None

    def _require(self, name: str) -> tuple[Point, Code]:
        if self._point is not None and self.spec is not None:
            for code in self.spec.codes:
                if code.name == name:
                    return self._point, code
        raise KeyError(f"no code {name!r} in the shown latent")

    def _edit_block(
        self, text: str, at: slice, entries: NDArray[Any], gesture: str = "", changing: bool = False
    ) -> None:
        assert self._point is not None
        latent = self._point.latent.copy()
        latent[at] = entries
        after = replace(self._point, latent=frozen(latent), mix=None)
        self._edit(text, after, gesture, changing)

    def _edit(self, text: str, after: Point, gesture: str = "", changing: bool = False) -> None:
        assert self._point is not None
        self._edits.do(text, self._point, after, gesture)
        if not changing:
            self._edits.end_gesture()
        self.undo_changed.emit()

    def _put(self, point: Point) -> None:
        """Every edit, undo and redo comes by here."""
        before, self._point = self._point, point
        self.latent_changed.emit()
        if before is None or before.encoding is not point.encoding:
            self.encoded.emit()
        if before is None or not np.array_equal(before.latent, point.latent):
            self._render()

    @Slot()
    def _follow_run(self) -> None:
        if self._drawn_for is None or self._drawn_for[0] != self._run_path():
            self.cancel_encoding()
        spec, old = self._shown.spec, self.spec
        if spec != old:
            self.spec = spec
            if spec is None or old is None or layout(spec) != layout(old):
                self._edits.clear()
                self.undo_changed.emit()
                self._a = self._b = None
                self._point = fresh_point(spec) if spec else None
                self._last_seed = 0
            self.spec_changed.emit()
            self.remembered_changed.emit()
            self.latent_changed.emit()
        self.encoded.emit()
        self._follow_step()

    @Slot()
    def _follow_step(self) -> None:
        path = self._run_path()
        wanted = (path, self._shown.shown_step) if path else None
        if wanted == self._drawn_for:
            return
        self._drawn_for = wanted
        if wanted is None or wanted[1] is None:
            self._link.cancel(DRAW_SLOT)
            self._show(None, None)
        else:
            self._render()

    def _render(self) -> None:
        run = self._shown.run
        if self._point is None or run is None or self._shown.shown_step is None:
            return
        self.refusal = ""
        request = Draw(0, str(run.path), self._shown.step, self._point.latent[None])
        self._link.ask(DRAW_SLOT, request, partial(self._take_drawn, perf_counter()))

    def _take_drawn(self, asked: float, answer: Answer) -> None:
        match answer:
            case Drawn():
                self.latencies_ms.append((perf_counter() - asked) * 1000)
                if self.image is None:
                    self.trouble.emit("")
                self._show(answer.images[0], answer.step)
            case Refused() | Failed():
                self.refusal = answer.sentence
                self._show(None, None)
                self.trouble.emit(answer.sentence)

    def _show(self, image: NDArray[np.uint8] | None, step: int | None) -> None:
        self.image, self.image_step = image, step
        self.image_changed.emit()

    def _take_encoded(self, run: Path, source: ImageSource, answer: Answer) -> None:
        self._set_encoding(False)
        match answer:
            case Encoded() if self.spec is not None and run == self._run_path():
                latent = checked_latent(answer.latent, self.spec)
                encoding = Encoding(run, source, answer)
                self.trouble.emit("")
                self._edit("Encode an image", Point(latent, None, encoding))
            case Refused() | Failed():
                self.trouble.emit(answer.sentence)

    def _set_encoding(self, goes_on: bool) -> None:
        if goes_on != self.encoding_goes_on:
            self.encoding_goes_on = goes_on
            self.encoding_changed.emit(goes_on)
