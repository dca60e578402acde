"""`ConceptMoves`: moves the latent in Explore along concepts."""

import numpy as np
from PySide6.QtCore import QObject, Signal, Slot

from core.latents.concepts import AnyConcept
from core.latents.moving import move
from icdrl_gui.models.concepts.concepts import ConceptsModel
from icdrl_gui.models.exploration import ExplorationModel
from icdrl_gui.models.latent_point import Latent


class ConceptMoves(QObject):
    """A gesture, such as a drag, leads from where it began: back at its start, all is as it was.

    Attributes:
        hold_others: whether the other concepts stay where they are.
        asked: the name of the concept that the latent was moved along last, and the value that was
            asked for; None since it was edited otherwise.
    """

    changed = Signal()

    def __init__(
        self, exploration: ExplorationModel, concepts: ConceptsModel, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._exploration, self._concepts = exploration, concepts
        self._start: Latent | None = None
        self._moves = False
        self.hold_others = False
        self.asked: tuple[str, float] | None = None
        self._reached = True
        exploration.latent_changed.connect(self._follow_latent)
        concepts.concepts_changed.connect(self._forget)

    @property
    def concepts(self) -> tuple[AnyConcept, ...]:
        """Those of the shown step, as far as they are of the latent in Explore."""
        spec = self._exploration.spec
        names = spec.entry_names if spec else ()
        return tuple(each for each in self._concepts.concepts if each.entries == names)

    def value(self, concept: AnyConcept) -> float:
        """Of the latent in Explore; NaN without one."""
        latent, spec = self._exploration.latent, self._exploration.spec
        if latent is None or spec is None:
            return float("nan")
        return float(concept.values(latent[None, spec.noise_dim :].astype(np.float64))[0])

    def is_out_of_reach(self, concept: AnyConcept) -> bool:
        """Whether more was asked of it than the codes can give."""
        return self.asked is not None and self.asked[0] == concept.name and not self._reached

    def set_hold_others(self, hold: bool) -> None:
        """Whether the others stay where they are from now on."""
        self.hold_others = hold

    def ask(self, name: str, value: float, changing: bool = False) -> None:
        """Move the codes as little as needed for a concept to have this value."""
        concept = self._concepts.named(name)
        latent, spec = self._exploration.latent, self._exploration.spec
        if concept is None or latent is None or spec is None or concept not in self.concepts:
            return
        if self._start is None or self.asked is None or self.asked[0] != name:
            self._start = latent
        held = [each for each in self.concepts if each.name != name] if self.hold_others else []
        entries = self._start[None, spec.noise_dim :].astype(np.float64)
        moved = move(spec, concept, entries, np.array([value]), held)
        self.asked, self._reached = (name, value), bool(moved.reached[0])
        self._moves = True
        self._exploration.set_codes(moved.entries[0], f"Set {name}", f"concept {name}", changing)
        self._moves = False
        if not changing:
            self._start = None
        self.changed.emit()

    @Slot()
    def _follow_latent(self) -> None:
        if not self._moves:
            self._forget()

    @Slot()
    def _forget(self) -> None:
        self._start = self.asked = None
        self.changed.emit()
