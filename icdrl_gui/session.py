"""`Session`: the two children, and the models that their events feed. No logic of its own."""

import asyncio
from collections.abc import Callable
from typing import Any

import platformdirs
from PySide6.QtCore import QObject, Signal, Slot

from core.preferences import APP_NAME, Preferences
from core.protocol import (
    Answer,
    ExplorerEvent,
    Ready,
    Request,
    TrainerCommand,
)
from core.worker.client import Child, Requests, Role, WorkerDied
from icdrl_gui.models.comparison import ComparisonModel
from icdrl_gui.models.exploration import ExplorationModel
from icdrl_gui.models.history import HistoryModel
from icdrl_gui.models.pictures import PicturesModel
from icdrl_gui.models.queue import QueueModel
from icdrl_gui.models.retraining import Retraining
from icdrl_gui.models.run_list import RunListModel
from icdrl_gui.models.shown_run import ShownRun
from icdrl_gui.models.training import TrainingModel
from icdrl_gui.models.traversals import TraversalsModel
from icdrl_gui.notifications import Messages

LEAVE_WITHIN_S = 4.0
"""How long a child may take to save and end before it is made to."""


class Session(QObject):
    """Owns trainer and explorer; one that dies is told of and replaced.

    Signals:
        trainer_died: carries the `WorkerDied`; a new trainer is there already, unless this one
            never got ready.
        idle: the explorer has answered everything.
    """

    trainer_died = Signal(object)
    idle = Signal()

    def __init__(
        self,
        preferences: Preferences,
        messages: Messages,
        call_soon: Callable[[Callable[[], None]], object],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.preferences = preferences
        self.messages = messages
        self._call_soon = call_soon
        self._closing = False
        self.trainer: Child | None = None
        self.explorer: Child | None = None
        self._requests = Requests(self._send_to_explorer)
        self.training = TrainingModel(self._send_to_trainer, self)
        self.shown = ShownRun(self)
        self.history = HistoryModel(self)
        self.run_list = RunListModel(preferences.run_root, self)
        self.queue = QueueModel(self)
        self.traversals = TraversalsModel(self, self.shown, self.training.watch, self)
        self.pictures = PicturesModel(self, self.shown, self)
        self.comparison = ComparisonModel(self, self)
        self.exploration = ExplorationModel(self, self.shown, self)
        self.retraining = Retraining(self)
        self._wire()

    def start(self) -> None:
        """Start both children, and read what an earlier session left."""
        self.trainer = self._start_child("trainer", self.training.take, self._lose_trainer)
        self.explorer = self._start_child("explorer", self._take_answer, self._lose_explorer)
        self.queue.restore()
        self.run_list.refresh()

    async def close(self) -> None:
        """End both children; a training is stopped and kept."""
        self._closing = True
        self.history.close()
        self.run_list.close()
        children = [child for child in (self.trainer, self.explorer) if child]
        await asyncio.gather(*(asyncio.to_thread(each.quit, LEAVE_WITHIN_S) for each in children))

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
        training.got_change.connect(self.comparison.take_change)
        training.got_preview.connect(self.traversals.take_preview)
        training.got_snapshot.connect(self.comparison.take_snapshot)
        training.state_changed.connect(self._follow_training)
        training.refused.connect(messages.error)
        training.failed.connect(messages.error)
        self.exploration.latent_changed.connect(self._follow_latent)
        self.history.runs_changed.connect(self._show_overlaid)
        self.run_list.renamed.connect(self.history.rename)
        self.shown.run_changed.connect(self._show_open)
        for model in (
            self.history,
            self.run_list,
            self.queue,
            self.traversals,
            self.pictures,
            self.comparison,
            self.exploration,
        ):
            model.trouble.connect(messages.error)

    @Slot()
    def _follow_training(self) -> None:
        going_on = self.training.state in ("training", "paused")
        self.traversals.follow_training(self.training.run if going_on else None)

    @Slot()
    def _follow_latent(self) -> None:
        if self.exploration.latent is not None:
            self.traversals.set_latent(self.exploration.latent)

    @Slot()
    def _show_overlaid(self) -> None:
        histories = self.history.histories.items()
        self.run_list.show_overlaid({path: history.colour for path, history in histories})

    @Slot()
    def _show_open(self) -> None:
        self.run_list.show_open(self.shown.run.path if self.shown.run else None)

    def _start_child(
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

    def _take_answer(self, event: ExplorerEvent) -> None:
        if isinstance(event, Ready):
            return
        self._requests.take(event)
        if not self._requests.busy:
            self.idle.emit()

    def _lose_trainer(self, error: WorkerDied) -> None:
        if self._closing:
            return
        self.training.lost()
        if error.was_ready:
            self.trainer = self._start_child("trainer", self.training.take, self._lose_trainer)
            self.training.restarted()
        self.trainer_died.emit(error)

    def _lose_explorer(self, error: WorkerDied) -> None:
        if self._closing:
            return
        if not error.was_ready:
            self.messages.error("The explorer cannot start: nothing can be drawn.", str(error))
            return
        self.messages.warn("The explorer ended unexpectedly and was started again.", str(error))
        self.explorer = self._start_child("explorer", self._take_answer, self._lose_explorer)
        self._requests.reset()
