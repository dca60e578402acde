"""`TaggingModel`: images that a person says show a concept or do not."""

from collections import deque
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal, Slot

from core.latents.concepts import TAGS, ConceptScore, Labels, LearnedConcept, checked_name
from core.latents.errors import ConceptError
from core.protocol import Answer, Browse, Browsed, Failed, Refused
from core.runs.concepts import Concepts
from icdrl_gui.models.concepts.concepts import ConceptsModel
from icdrl_gui.models.explorer_link import ExplorerLink
from icdrl_gui.models.runs.shown_run import ShownRun

ENOUGH = 8
"""Of each: then a concept is learned after every tag."""

_SLOT = "images to tag"
_AT_ONCE = 24
_FEW = 8
_SEED = 0


@dataclass(frozen=True, eq=False)
class Tagged:
    """An image (H, W, C) of the data at a place, and what was said of it; None: skipped."""

    place: int
    image: NDArray[np.uint8]
    shows: bool | None = None


class TaggingModel(QObject):
    """One image after the other; every tag lies in the run's folder at once.

    Attributes:
        name: of the concept; empty while nothing is tagged.
        image: the one to be tagged; None while it is waited for, or when there are no more.
        is_over: whether all images of the data came by.
    """

    changed = Signal()
    trouble = Signal(str)

    def __init__(
        self,
        link: ExplorerLink,
        shown: ShownRun,
        concepts: ConceptsModel,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._link, self._shown, self._concepts = link, shown, concepts
        self._waiting: deque[Tagged] = deque()
        self._said: list[Tagged] = []
        self._start = 0
        self._asks = False
        self.name = ""
        self.is_over = False
        shown.run_changed.connect(self.end)
        concepts.concepts_changed.connect(self.changed)
        concepts.busy_changed.connect(self.changed)

    @property
    def image(self) -> NDArray[np.uint8] | None:
        """(H, W, C) uint8."""
        return self._waiting[0].image if self._waiting else None

    @property
    def place(self) -> int | None:
        """Where in the data that image lies."""
        return self._waiting[0].place if self._waiting else None

    @property
    def counts(self) -> tuple[int, int]:
        """How many show it, and how many do not."""
        labels = self._concepts.kept.labels.get(self.name)
        values = labels.values if labels else ()
        return values.count(1.0), values.count(0.0)

    @property
    def score(self) -> ConceptScore | None:
        """Of what was learned from the tags; None before there are eight of each."""
        found = self._concepts.named(self.name)
        is_tagged = isinstance(found, LearnedConcept) and found.label == TAGS
        return found.score if is_tagged and isinstance(found, LearnedConcept) else None

    @property
    def learns(self) -> bool:
        """Whether the newest tags are being learned from."""
        return bool(self.name) and self._concepts.making == self.name

    @property
    def can_undo(self) -> bool:
        """Whether something was said that can be taken back."""
        return bool(self._said)

    def begin(self, name: str) -> bool:
        """Tag images for a concept, a new one or one that was tagged before; whether it begins."""
        spec = self._shown.spec
        if spec is None or self._shown.shown_step is None:
            self.trouble.emit("Images are tagged for a run with a snapshot: open one.")
            return False
        try:
            name = checked_name(name, spec)
            kept = self._concepts.kept
            if name in kept.names and name not in kept.labels:
                made_from = kept.named(name).made_from
                raise ConceptError(f"{name} is made from {made_from}: delete it first.")
        except ConceptError as error:
            self.trouble.emit(str(error))
            return False
        self.trouble.emit("")
        self.name = name
        self._fetch()
        self.changed.emit()
        return True

    def tag(self, shows: bool | None) -> None:
        """Say whether the image shows it; None: it is skipped."""
        if not self._waiting:
            return
        said = replace(self._waiting[0], shows=shows)
        if shows is not None and not self._keep(said.place, float(shows)):
            return
        self._waiting.popleft()
        self._said.append(said)
        self._go_on()

    def undo(self) -> None:
        """Take the last word back; its image comes again."""
        if not self._said:
            return
        last = self._said[-1]
        if last.shows is not None and not self._keep(last.place, None):
            return
        self._said.pop()
        self._waiting.appendleft(last)
        self._go_on()

    @Slot()
    def end(self) -> None:
        """Tag no more for now; the tags stay."""
        self._link.cancel(_SLOT)
        self._waiting.clear()
        self._said.clear()
        self._start, self._asks = 0, False
        self.name, self.is_over = "", False
        self.changed.emit()

    def _go_on(self) -> None:
        self._fetch()
        if min(self.counts) >= ENOUGH:
            self._concepts.make(self.name)
        self.changed.emit()

    def _keep(self, place: int, value: float | None) -> bool:
        """Write down what was said of an image, or take it away; whether it could be."""
        name = self.name

        def change(kept: Concepts) -> Concepts:
            before = kept.labels.get(name, Labels((), (), True))
            values = dict(zip(before.images, before.values, strict=True))
            values.pop(place, None)
            if value is not None:
                values[place] = value
            after = Labels(tuple(values), tuple(values.values()), True)
            return replace(kept, labels={**kept.labels, name: after})

        return self._concepts.change(change)

    def _fetch(self) -> None:
        """Ask for images well before they are needed."""
        run = self._shown.run
        if len(self._waiting) > _FEW or self._asks or self.is_over or run is None:
            return
        self._asks = True
        request = Browse(0, str(run.path), self._shown.step, _SEED, self._start, _AT_ONCE)
        self._link.ask(_SLOT, request, self._take)

    def _take(self, answer: Answer) -> None:
        self._asks = False
        match answer:
            case Browsed():
                self._start += len(answer.places)
                self.is_over = self._start >= answer.total
                labels = self._concepts.kept.labels.get(self.name)
                known = {*(labels.images if labels else ()), *(each.place for each in self._said)}
                for place, image in zip(answer.places, answer.images, strict=True):
                    if place not in known:
                        self._waiting.append(Tagged(place, image))
                self._fetch()
            case Refused() | Failed():
                self.trouble.emit(answer.sentence)
        self.changed.emit()
