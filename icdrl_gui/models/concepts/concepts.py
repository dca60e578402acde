"""`ConceptsModel`: the concepts of the shown run, for the codes of the shown step."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from core.errors import IcdrlError
from core.latents.concepts import AnyConcept
from core.protocol import (
    Answer,
    CheckConcept,
    ConceptChecked,
    ConceptMade,
    ConceptsFound,
    Failed,
    FindConcepts,
    MakeConcept,
    Refused,
)
from core.runs.concepts import Concepts, change_concepts, load_concepts
from icdrl_gui.models.explorer_link import ExplorerLink
from icdrl_gui.models.runs.shown_run import ShownRun

MAKE_SLOT, FIND_SLOT, CHECK_SLOT = "make a concept", "find concepts", "check a concept"


class ConceptsModel(QObject):
    """Reads the run's concepts.json; what is of another step the explorer makes anew.

    It does so at once where the data is at hand; else, drawing or reading it first, once somebody
    looks.

    Attributes:
        concepts: those of the shown step.
        found: how they depend, at the shown step or, while another is looked at, one before.
        checks: name -> what a check found at the shown step.
        making, checking: the name of what is made or checked now; empty: nothing is.
        sentence: why there is nothing at the shown step, if that is known.
    """

    concepts_changed = Signal()
    found_changed = Signal()
    checks_changed = Signal()
    busy_changed = Signal()
    made = Signal(object)
    trouble = Signal(str)

    def __init__(self, link: ExplorerLink, shown: ShownRun, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._link, self._shown = link, shown
        self._active = False
        self._followed: tuple[Path, int] | None = None
        self._asked: FindConcepts | None = None
        self._kept = Concepts()
        self.concepts: tuple[AnyConcept, ...] = ()
        self.found: ConceptsFound | None = None
        self.checks: dict[str, ConceptChecked] = {}
        self.making = self.checking = self.sentence = ""
        shown.run_changed.connect(self._change_run)
        shown.step_changed.connect(self._follow_step)
        shown.steps_changed.connect(self._follow_step)
        self._follow_step()

    @property
    def kept(self) -> Concepts:
        """What the run's folder holds, of whatever step."""
        return self._kept

    def named(self, name: str) -> AnyConcept | None:
        """The concept called so, if there is one at the shown step."""
        return next((each for each in self.concepts if each.name == name), None)

    def set_active(self, active: bool) -> None:
        """Whether somebody looks at how they depend."""
        self._active = active
        self._find()

    def make(self, name: str, label: str = "", file: str = "", expression: str = "") -> None:
        """Make a concept as `MakeConcept` says; `made` carries it."""
        if (run := self._shown.run) is not None:
            self._set_busy(name, self.checking)
            request = MakeConcept(0, str(run.path), self._shown.step, name, label, file, expression)
            self._link.ask(MAKE_SLOT, request, self._take_made)

    def check(self, name: str) -> None:
        """See whether images get what is asked of a concept; kept, with a row in scores.csv."""
        if (run := self._shown.run) is not None:
            self._set_busy(self.making, name)
            request = CheckConcept(0, str(run.path), self._shown.step, name)
            self._link.ask(CHECK_SLOT, request, self._take_check)

    def delete(self, name: str) -> None:
        """Delete a concept, and its labels."""
        self.change(lambda kept: kept.without(name))

    def restore(self, concepts: Sequence[AnyConcept]) -> None:
        """Put concepts that an exported file holds back into the run, but for names that it has."""

        def with_missing(kept: Concepts) -> Concepts:
            for each in concepts:
                kept = kept if each.name in kept.names else kept.with_concept(each)
            return kept

        if any(each.name not in self._kept.names for each in concepts):
            self.change(with_missing)
        for each in concepts:
            if self._kept.named(each.name).made_from != each.made_from:
                self.trouble.emit(
                    f"The run has another concept called {each.name}, which is shown: delete it, "
                    "and open the file again, to have that of the file."
                )

    def change(self, change: Callable[[Concepts], Concepts]) -> bool:
        """Change what the run's folder holds; returns whether it could be."""
        if (run := self._shown.run) is None:
            return False
        try:
            change_concepts(run, change)
        except IcdrlError as error:
            self.trouble.emit(str(error))
            return False
        self._read()
        return True

    @Slot()
    def _change_run(self) -> None:
        for slot in (MAKE_SLOT, CHECK_SLOT, FIND_SLOT):
            self._link.cancel(slot)
        self._followed = self.found = None
        self._set_busy("", "")
        self._follow_step()

    @Slot()
    def _follow_step(self) -> None:
        run, step = self._shown.run, self._shown.shown_step
        followed = None if run is None or step is None else (run.path, step)
        if followed is None or followed != self._followed:
            self._followed = followed
            self.checks = {}
            self.checks_changed.emit()
            self._read()

    def _read(self) -> None:
        """What the folder holds, and how it depends, which may not be as it was."""
        run, step, spec = self._shown.run, self._shown.shown_step, self._shown.spec
        self._kept, self.sentence = Concepts(), ""
        try:
            self._kept = load_concepts(run) if run else Concepts()
        except IcdrlError as error:
            self.sentence = str(error)
            self.trouble.emit(self.sentence)
        names = spec.entry_names if spec else ()
        self.concepts = tuple(
            each for each in self._kept.concepts if (each.step, each.entries) == (step, names)
        )
        self._asked = None
        self.concepts_changed.emit()
        self._find()

    def _find(self) -> None:
        """Ask for what is not known: concepts of this step, and how they depend."""
        run, step = self._shown.run, self._shown.shown_step
        if run is None or step is None or not self._kept.concepts:
            self._link.cancel(FIND_SLOT)
            self._asked = None
            if self.found is not None:
                self.found = None
                self.found_changed.emit()
            return
        lacking = len(self.concepts) < len(self._kept.concepts)
        if not (lacking or self._active):
            return
        request = FindConcepts(0, str(run.path), step, prepares=self._active)
        if self._asked is None or (self._active and not self._asked.prepares):
            self._asked = request
            self._link.ask(FIND_SLOT, request, self._take_found)

    def _take_found(self, answer: Answer) -> None:
        match answer:
            case ConceptsFound():
                self.found = answer
                if answer.step == self._shown.shown_step:
                    self.concepts = answer.concepts
                    self.sentence = " ".join(answer.refused)
                    self.concepts_changed.emit()
                self.found_changed.emit()
            case Refused() | Failed():
                self.sentence = answer.sentence
                self.found_changed.emit()
                if self._active:
                    self.trouble.emit(answer.sentence)

    def _take_made(self, answer: Answer) -> None:
        self._set_busy("", self.checking)
        match answer:
            case ConceptMade():
                self.trouble.emit("")
                self.checks.pop(answer.concept.name, None)
                self._read()
                self.made.emit(answer.concept)
                self.checks_changed.emit()
            case Refused() | Failed():
                self.trouble.emit(answer.sentence)

    def _take_check(self, answer: Answer) -> None:
        self._set_busy(self.making, "")
        match answer:
            case ConceptChecked() if answer.step == self._shown.shown_step:
                self.trouble.emit("")
                self.checks[answer.concept.name] = answer
                self.checks_changed.emit()
            case Refused() | Failed():
                self.trouble.emit(answer.sentence)

    def _set_busy(self, making: str, checking: str) -> None:
        if (making, checking) != (self.making, self.checking):
            self.making, self.checking = making, checking
            self.busy_changed.emit()
