"""`CodesModel`: what the codes of the shown run say of the data's factors, and of each other."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from core.counts import named_step
from core.protocol import Answer, Correlate, Correlated, Evaluated, Failed, Refused
from icdrl_gui.models.explorer_link import ExplorerLink
from icdrl_gui.models.runs.shown_run import ShownRun

_SLOT = "codes"


class CodesModel(QObject):
    """Names the codes of a `ShownRun` after the factors that they follow.

    While the shown run trains and its newest step is followed, its own evaluations tell. Else the
    explorer encodes real images at the shown step: where that data is at hand, or, drawing or
    reading it first, once somebody looks.

    Attributes:
        found: what there is to see; None before the first.
        sentence: why there is nothing, if that is known.
        busy: whether an answer is waited for.
    """

    found_changed = Signal()
    busy_changed = Signal()
    trouble = Signal(str)

    def __init__(self, link: ExplorerLink, shown: ShownRun, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._link, self._shown = link, shown
        self._viewers: set[str] = set()
        self._training: Path | None = None
        self._asked: Correlate | None = None
        self.found: Evaluated | None = None
        self.sentence = ""
        self.busy = False
        shown.run_changed.connect(self._change_run)
        shown.step_changed.connect(self._ask)
        shown.steps_changed.connect(self._ask)
        shown.labels_changed.connect(self.found_changed)

    @property
    def codes(self) -> tuple[str, ...]:
        """Rows of the information matrix."""
        return tuple(code.name for code in self._shown.spec.codes) if self._shown.spec else ()

    @property
    def continuous(self) -> tuple[str, ...]:
        """Rows and columns of the correlation matrix."""
        return tuple(code.name for code in self._shown.spec.continuous) if self._shown.spec else ()

    @property
    def run_name(self) -> str:
        """Of the shown run; empty if there is none."""
        return self._shown.run.name if self._shown.run else ""

    @property
    def folder_name(self) -> str:
        """Of the folder of the shown run, for recipes."""
        return self._shown.run.path.name if self._shown.run else ""

    def name(self, code: str) -> str:
        """What a code is called: by a person, else after the factor that it follows."""
        return self._shown.names.get(code, "")

    def title(self) -> str:
        """Run, step and number of images."""
        if self.found is None:
            return self.run_name
        title = (
            f"{self.run_name} · {named_step(self.found.step)} · {self.found.images:,} real images"
        )
        matching = self.found.matching
        if matching is None or matching.images == self.found.images:
            return title
        return title + self._shown.code_names.origin(self.codes, self.found.step)

    def set_active(self, active: bool, viewer: str = "codes") -> None:
        """Whether somebody looks at the matrices in this place."""
        (self._viewers.add if active else self._viewers.discard)(viewer)
        self._ask()

    @property
    def _active(self) -> bool:
        return bool(self._viewers)

    @Slot(object)
    def follow_training(self, run: Path | None) -> None:
        """The run that trains now; None: none does."""
        self._training = run
        self._ask()

    @Slot(object)
    def take_evaluation(self, event: Evaluated) -> None:
        """The run in training was evaluated."""
        if self._live:
            self._take(event)

    def take_scores(self, run: Path, event: Evaluated) -> None:
        """A run was evaluated beside its training."""
        if self._is_shown(run) and event.step == self._shown.shown_step:
            self._take(event)

    @property
    def _live(self) -> bool:
        return (
            self._training is not None
            and self._is_shown(self._training)
            and self._shown.step is None
        )

    @Slot()
    def _change_run(self) -> None:
        self._link.cancel(_SLOT)
        self._asked = self.found = None
        self.sentence = ""
        self._set_busy(False)
        self.found_changed.emit()
        self._ask()

    @Slot()
    def _ask(self) -> None:
        run, step = self._shown.run, self._shown.shown_step
        if run is None or step is None or (self.found and self.found.step == step):
            return
        if self._live and (self.found or step == 0):
            return  # Its next evaluation comes by itself.
        request = Correlate(0, str(run.path), step, prepares=self._active)
        before = self._asked
        if before and (before.step, before.prepares) in ((step, True), (step, self._active)):
            return
        self._asked = request
        self._set_busy(True)
        self._link.ask(_SLOT, request, self._receive)

    def _receive(self, answer: Answer) -> None:
        asked = self._asked
        self._set_busy(False)
        if asked and asked.step != self._shown.shown_step:
            self._asked = None  # That step was left meanwhile; shown again, it is asked about anew.
            return
        match answer:
            case Correlated():
                if self.sentence:
                    self.trouble.emit("")
                self._take(answer.evaluated)
            case Refused() | Failed():
                self.found, self.sentence = None, answer.sentence
                self._shown.set_matching(None)
                self.found_changed.emit()
                if asked and asked.prepares:
                    self.trouble.emit(answer.sentence)

    def _take(self, found: Evaluated) -> None:
        self.found, self.sentence = found, ""
        self._shown.set_matching(found.matching)
        self.found_changed.emit()

    def _is_shown(self, run: Path) -> bool:
        shown = self._shown.run
        return shown is not None and shown.path.resolve() == run.resolve()

    def _set_busy(self, busy: bool) -> None:
        if busy != self.busy:
            self.busy = busy
            self.busy_changed.emit()
