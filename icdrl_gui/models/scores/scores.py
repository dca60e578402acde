"""`ScoresModel`: the scores of the shown runs, and evaluating one of them fully."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from core.analysis import Evaluation
from core.counts import named_step
from core.export import CurvesRecipe, ScoreSheet
from core.metrics.catalogue import TITLES, in_order
from core.protocol import Answer, Evaluate, EvaluationMode, Failed, Refused, Scored
from icdrl_gui.models.explorer_link import ExplorerLink
from icdrl_gui.models.runs.histories import HistoryModel
from icdrl_gui.models.runs.history import History
from icdrl_gui.models.runs.shown_run import ShownRun
from icdrl_gui.models.scores.table import common_step, score_sheet

_SLOT = "evaluation"


class ScoresModel(QObject):
    """Which evaluations are compared, and what they say.

    Attributes:
        at_common_step: whether the table has one step for all runs, where there is one.
        evaluated: name of the run that is being evaluated; empty: none is.

    Signals:
        scores_changed: other runs are shown, or one has new scores.
        choice_changed: other evaluations are compared.
        evaluated_changed: an evaluation begins or ends.
        scored: a run was evaluated fully: its path, and the `Evaluated`.
        trouble: a sentence that is an error; empty once it is over.
        told: a sentence that is news.
    """

    scores_changed = Signal()
    choice_changed = Signal()
    evaluated_changed = Signal()
    scored = Signal(object, object)
    trouble = Signal(str)
    told = Signal(str)

    def __init__(
        self,
        link: ExplorerLink,
        history: HistoryModel,
        shown: ShownRun,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._link, self._history, self._shown = link, history, shown
        self._mode: EvaluationMode | None = None
        self.at_common_step = True
        self.evaluated = ""
        history.runs_changed.connect(self.scores_changed)
        history.scores_changed.connect(self.scores_changed)
        shown.run_changed.connect(self.evaluated_changed)
        shown.steps_changed.connect(self.evaluated_changed)

    @property
    def histories(self) -> list[History]:
        """The shown runs."""
        return list(self._history.histories.values())

    @property
    def names(self) -> tuple[str, ...]:
        """Every score that some shown run has."""
        return in_order(name for history in self.histories for name in history.scores.names)

    @property
    def mode(self) -> EvaluationMode:
        """Which evaluations are compared: as chosen, else full ones if all evaluated runs have one.

        Before the first evaluation: those while training.
        """
        if self._mode is not None:
            return self._mode
        known = [history for history in self.histories if len(history.scores)]
        full = bool(known) and all(history.scores.at("full") for history in known)
        return "full" if full else "live"

    @property
    def step(self) -> int | None:
        """The step that all runs have in common in the table."""
        return common_step(self.histories, self.mode) if self.at_common_step else None

    @property
    def can_evaluate(self) -> bool:
        """Whether there is a snapshot to evaluate, and none is being evaluated."""
        return self._shown.shown_step is not None and not self.evaluated

    @property
    def shown_name(self) -> str:
        """The run, with its step, that would be evaluated; empty: none."""
        run, step = self._shown.run, self._shown.shown_step
        return f"{run.name} at {named_step(step)}" if run and step is not None else ""

    def sheet(self) -> ScoreSheet:
        """The table."""
        return score_sheet(self.histories, self.mode, self.at_common_step)

    def recipe(self) -> CurvesRecipe:
        """What the table was made from."""
        histories, step = self.histories, self.step
        found = [history.scores.at(self.mode, step) for history in histories]
        return CurvesRecipe(
            "scores",
            tuple(history.path.name for history in histories),
            tuple(each.step if each else 0 for each in found),
            self.names,
        )

    def notice(self) -> str:
        """What a person should know about scores that are missing; empty: nothing."""
        known = [history for history in self.histories if len(history.scores)]
        if not known:
            return ""
        blind = [
            history for history in known if not any(map(_knows_factors, history.scores.rows()))
        ]
        if not blind:
            return ""
        none = len(blind) == len(known)
        who = "None of the shown runs" if none else _listed([history.name for history in blind])
        verb = "was" if none or len(blind) == 1 else "were"
        negated = "" if none else " not"
        return (
            f"{who} {verb}{negated} scored against known factors: either the data has none, and "
            "total correlation, correlation and active codes are all there is, or press Evaluate."
        )

    def choose_mode(self, mode: EvaluationMode) -> None:
        """Compare evaluations while training, or full ones."""
        self._mode = mode
        self.choice_changed.emit()

    def choose_step(self, common: bool) -> None:
        """Compare at one step, or each run at its newest."""
        self.at_common_step = common
        self.choice_changed.emit()

    def evaluate(self) -> None:
        """Score the shown run fully, at the shown step."""
        run, step = self._shown.run, self._shown.shown_step
        if run is None or step is None:
            self.trouble.emit("A run needs a snapshot to be evaluated: open one, or train one.")
            return
        self._set_evaluated(run.name)
        request = Evaluate(0, str(run.path), step)
        self._link.ask(_SLOT, request, partial(self._receive, run.path))

    @Slot()
    def cancel(self) -> None:
        """Give the evaluation up."""
        if self.evaluated:
            self._link.cancel(_SLOT)
            self._set_evaluated("")

    def _receive(self, run: Path, answer: Answer) -> None:
        self._set_evaluated("")
        match answer:
            case Scored():
                self.trouble.emit("")
                self.scored.emit(run, answer.evaluated)
                for sentence in answer.refused:
                    self.told.emit(sentence)
            case Refused() | Failed():
                self.trouble.emit(answer.sentence)

    def _set_evaluated(self, name: str) -> None:
        if name != self.evaluated:
            self.evaluated = name
            self.evaluated_changed.emit()


def _knows_factors(evaluation: Evaluation) -> bool:
    """Whether there is a score that needs factors."""
    return any(name in TITLES and TITLES[name].needs_factors for name in evaluation.values)


def _listed(names: list[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last
