"""`Session`: the two children, and the models that their events feed. No logic of its own."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

import platformdirs
from PySide6.QtCore import QObject, Signal, Slot

from core.preferences import APP_NAME, Preferences
from core.protocol import (
    Answer,
    ExplorerEvent,
    HealthWarning,
    Preparing,
    Ready,
    Request,
    TrainerCommand,
    TrainerEvent,
)
from core.worker.client import Child, Requests, Role, WorkerDied
from icdrl_gui.models.comparison import ComparisonModel
from icdrl_gui.models.concepts.concepts import ConceptsModel
from icdrl_gui.models.concepts.moves import ConceptMoves
from icdrl_gui.models.concepts.tagging import TaggingModel
from icdrl_gui.models.exploration import ExplorationModel
from icdrl_gui.models.pictures.pictures import PicturesModel
from icdrl_gui.models.pictures.traversals import TraversalsModel
from icdrl_gui.models.runs.colours import RunColours
from icdrl_gui.models.runs.histories import HistoryModel
from icdrl_gui.models.runs.queue import QueueModel
from icdrl_gui.models.runs.retraining import Retraining
from icdrl_gui.models.runs.run_list import RunListModel
from icdrl_gui.models.runs.shown_run import ShownRun
from icdrl_gui.models.scores.codes import CodesModel
from icdrl_gui.models.scores.scores import ScoresModel
from icdrl_gui.models.training import TrainingModel
from icdrl_gui.notifications import Messages

# What keeps a run from training, and what nothing is trained or drawn without: see `Message.cause`.
TRAINING, TRAINER, _EXPLORER = "training", "trainer", "explorer"

# How long a child may take to end before it is made to: one saves, the other has nothing to.
_TRAINER_ENDS_WITHIN_S = 3.5
_EXPLORER_ENDS_WITHIN_S = 1.0


class Session(QObject):
    """Owns trainer and explorer; one that dies is reported and replaced.

    Signals:
        trainer_died: carries the `WorkerDied`; a new trainer is there already, unless this one
            never got ready.
        explorer_died: likewise; a new explorer comes next.
        idle: the explorer has answered everything.
        preparing: carries how far the explorer is with the data that an answer needs.
    """

    trainer_died = Signal(object)
    explorer_died = Signal(object)
    idle = Signal()
    preparing = Signal(object)

    def __init__(
        self,
        preferences: Preferences,
        messages: Messages,
        call_soon: Callable[[Callable[[], None]], object],
        parent: QObject | None = None,
        colours: RunColours | None = None,
    ) -> None:
        """colours: those that runs had so far."""
        super().__init__(parent)
        self.preferences = preferences
        self.messages = messages
        self._call_soon = call_soon
        self.closing = False
        self.trainer: Child | None = None
        self.explorer: Child | None = None
        self._requests = Requests(self._send_to_explorer)
        self.training = TrainingModel(self._send_to_trainer, self)
        self.shown = ShownRun(self)
        self.history = HistoryModel(colours, self)
        self.run_list = RunListModel(preferences.run_root, self)
        self.queue = QueueModel(self)
        self.traversals = TraversalsModel(self, self.shown, self.training.watch, self)
        self.pictures = PicturesModel(self, self.shown, self)
        self.comparison = ComparisonModel(self, self)
        self.exploration = ExplorationModel(self, self.shown, self)
        self.scores = ScoresModel(self, self.history, self.shown, self)
        # Asked last: the pictures come first.
        self.codes = CodesModel(self, self.shown, self)
        self.concepts = ConceptsModel(self, self.shown, self)
        self.moves = ConceptMoves(self.exploration, self.concepts, self)
        self.tagging = TaggingModel(self, self.shown, self.concepts, self)
        self.retraining = Retraining(self)
        self._wire()

    def start(self) -> None:
        """Start both children, and read what an earlier session left."""
        self.start_trainer()
        self.start_explorer()
        self.queue.restore()
        self.run_list.refresh()

    def start_trainer(self) -> None:
        """Start a trainer where there is none."""
        self.trainer = self._child("trainer", self._take_event, self._lose_trainer)
        self.training.restarted()

    def start_explorer(self) -> None:
        """Start an explorer where there is none."""
        self.explorer = self._child("explorer", self._take_answer, self._lose_explorer)
        self._requests.reset()

    async def close(self) -> None:
        """End both children, and hear no more of them; a training is stopped and kept."""
        self.closing = True
        self.history.close()
        ends = []
        if self.trainer:
            ends.append(asyncio.to_thread(self.trainer.quit, _TRAINER_ENDS_WITHIN_S))
        if self.explorer:
            ends.append(asyncio.to_thread(self.explorer.quit, _EXPLORER_ENDS_WITHIN_S))
        await asyncio.gather(*ends)
        await asyncio.to_thread(self.run_list.close)

    @property
    def busy(self) -> bool:
        """Whether the explorer owes an answer."""
        return self._requests.busy

    def ask(self, slot: str, request: Request, receive: Callable[[Answer], None]) -> None:
        """Ask the explorer; see `ExplorerLink`."""
        self._requests.ask(slot, request, receive)

    def cancel(self, slot: str) -> None:
        """Give up what is asked in `slot`."""
        self._requests.cancel(slot)

    def _wire(self) -> None:
        training, messages = self.training, self.messages
        training.got_started.connect(self.retraining.take_start)
        training.got_started.connect(self.history.take_start)
        training.got_losses.connect(self.history.take_losses)
        training.got_change.connect(self.history.take_change)
        training.got_evaluation.connect(self.history.take_evaluation)
        training.got_evaluation.connect(self.codes.take_evaluation)
        self.scores.scored.connect(self.history.take_scores)
        self.scores.scored.connect(self.codes.take_scores)
        self.scores.told.connect(messages.info)
        training.got_change.connect(self.comparison.take_change)
        training.got_preview.connect(self.traversals.take_preview)
        training.got_snapshot.connect(self.comparison.take_snapshot)
        training.got_warning.connect(self._tell_warning)
        training.got_end.connect(self.history.take_end)
        training.state_changed.connect(self._follow_training)
        for moved in (training.state_changed, training.progressed):
            moved.connect(self._follow_progress)
        training.refused.connect(partial(messages.trouble, TRAINING))
        training.failed.connect(partial(messages.error, cause=TRAINING))
        training.got_started.connect(partial(self._settle, TRAINING))
        training.got_ready.connect(partial(self._settle, TRAINER))
        self.exploration.latent_changed.connect(self._follow_latent)
        self.concepts.concepts_changed.connect(self._show_concepts)
        self.history.runs_changed.connect(self._show_overlaid)
        self.run_list.renamed.connect(self.history.rename)
        self.shown.run_changed.connect(self._show_open)
        # Without a sentence what a model was in trouble with is over.
        for model in (
            self.history,
            self.run_list,
            self.queue,
            self.traversals,
            self.pictures,
            self.comparison,
            self.exploration,
            self.scores,
            self.codes,
            self.concepts,
            self.tagging,
        ):
            model.trouble.connect(partial(messages.trouble, type(model).__name__))

    def _settle(self, cause: str, event: object) -> None:
        self.messages.settle(cause)

    @Slot(object)
    def _tell_warning(self, event: HealthWarning) -> None:
        self.messages.warn(f"Step {event.step:,}: {event.sentence}")

    @Slot()
    def _follow_training(self) -> None:
        going_on = self.training.state in ("training", "paused")
        run = self.training.run if going_on else None
        self.traversals.follow_training(run)
        self.codes.follow_training(run)

    @Slot()
    def _follow_progress(self) -> None:
        training = self.training
        self.run_list.follow_training(training.run if training.active else None, training.step)

    @Slot()
    def _follow_latent(self) -> None:
        if self.exploration.latent is not None:
            self.traversals.set_latent(self.exploration.latent)

    @Slot()
    def _show_concepts(self) -> None:
        self.traversals.set_concepts(self.concepts.concepts)

    @Slot()
    def _show_overlaid(self) -> None:
        histories = self.history.histories.items()
        self.run_list.show_overlaid({path: history.colour for path, history in histories})

    @Slot()
    def _show_open(self) -> None:
        self.run_list.show_open(self.shown.run.path if self.shown.run else None)

    def _child(
        self,
        role: Role,
        receive: Callable[[Any], None],
        died: Callable[[WorkerDied], None],
    ) -> Child:
        log = platformdirs.user_log_path(APP_NAME, appauthor=False) / f"{role}.log"
        child = Child(role, log, self._call_soon, receive, died)
        child.start()
        return child

    def _send_to_trainer(self, command: TrainerCommand) -> None:
        if self.trainer:
            self.trainer.send(command)

    def _send_to_explorer(self, command: object) -> None:
        if self.explorer:
            self.explorer.send(command)

    def _take_event(self, event: TrainerEvent) -> None:
        if not self.closing:
            self.training.take(event)

    def _take_answer(self, event: ExplorerEvent) -> None:
        if self.closing:
            return
        if isinstance(event, Ready):
            self.messages.settle(_EXPLORER)
            return
        if isinstance(event, Preparing):
            self.preparing.emit(event)
            return
        self._requests.take(event)
        if not self._requests.busy:
            self.idle.emit()

    def _lose_trainer(self, error: WorkerDied) -> None:
        if self.closing:
            return
        self.training.lost()
        if error.was_ready:
            self.start_trainer()
        self.trainer_died.emit(error)

    def _lose_explorer(self, error: WorkerDied) -> None:
        if self.closing:
            return
        self.explorer_died.emit(error)
        if error.was_ready:
            sentence = "The explorer ended unexpectedly and was started again."
            self.messages.warn(sentence, error.log or str(error))
            self.start_explorer()
        else:
            self.messages.error(
                "The explorer cannot start: nothing can be drawn.",
                error.log or str(error),
                action=("Start again", self.start_explorer),
                cause=_EXPLORER,
            )
