"""`Session`: the two children, and the models that their events feed. No logic of its own."""

import asyncio
from collections.abc import Callable

import platformdirs
from PySide6.QtCore import QObject, Signal

from core.preferences import APP_NAME, Preferences
from core.protocol import (
    Answer,
    ExplorerEvent,
    Ready,
    Request,
    TrainerCommand,
    TrainerEvent,
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
    """Owns trainer and explorer; a dead explorer comes back, a dead trainer is told and replaced.

    call_soon: runs a function soon on the GUI thread, from whatever thread it is called.
    """

    trainer_died = Signal(object)

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
        self._answers_awaited = 0
        self._trainer: Child | None = None
        self._explorer: Child | None = None
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
        """Start both children; what they can do they say in `Ready`."""
        self._trainer = self._start_child("trainer", self._take_from_trainer, self._lose_trainer)
        self._explorer = self._start_child("explorer", self._take_answer, self._lose_explorer)

    async def close(self) -> None:
        """End both children; a training is stopped and kept."""
        self._closing = True
        children = [child for child in (self._trainer, self._explorer) if child]
        await asyncio.gather(*(asyncio.to_thread(each.quit, LEAVE_WITHIN_S) for each in children))

    def ask(self, slot: str, request: Request, receive: Callable[[Answer], None]) -> None:
        """Ask the explorer; see `ExplorerLink`."""
        self._requests.ask(slot, request, receive)

    def cancel(self, slot: str) -> None:
        """Give up what is asked in `slot`."""
        self._requests.cancel(slot)

    def _wire(self) -> None:
        training = self.training
        training.got_started.connect(self.retraining.take_start)
        training.got_started.connect(self.history.take_start)
        training.got_losses.connect(self.history.take_losses)
        training.got_change.connect(self.history.take_change)
        training.got_preview.connect(self.traversals.take_preview)
        training.got_snapshot.connect(self.comparison.take_snapshot)
        training.refused.connect(self.messages.error)
        training.failed.connect(self.messages.error)
        for model in (self.history, self.traversals, self.pictures, self.comparison):
            model.trouble.connect(self.messages.error)
        self.exploration.trouble.connect(self.messages.error)

    def _start_child(
        self,
        role: Role,
        receive: Callable[[object], None],
        died: Callable[[WorkerDied], None],
    ) -> Child:
        log = platformdirs.user_log_path(APP_NAME, appauthor=False) / f"{role}.log"
        child = Child(role, log, self._call_soon, receive, died)
        child.start()
        return child

    def _send_to_trainer(self, command: TrainerCommand) -> None:
        if self._trainer:
            self._trainer.send(command)

    def _send_to_explorer(self, command: object) -> None:
        if self._explorer:
            self._explorer.send(command)

    def _take_from_trainer(self, event: TrainerEvent) -> None:
        self.training.take(event)

    def _take_answer(self, event: ExplorerEvent) -> None:
        if not isinstance(event, Ready):
            self._requests.take(event)

    def _lose_trainer(self, error: WorkerDied) -> None:
        if self._closing:
            return
        self.training.lost()
        self._trainer = self._start_child("trainer", self._take_from_trainer, self._lose_trainer)
        self.training.restarted()
        self.trainer_died.emit(error)

    def _lose_explorer(self, error: WorkerDied) -> None:
        if self._closing:
            return
        self.messages.warn("The explorer ended unexpectedly and was started again.", str(error))
        self._explorer = self._start_child("explorer", self._take_answer, self._lose_explorer)
        self._requests.reset()
