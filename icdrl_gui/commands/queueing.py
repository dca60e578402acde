"""The queue: what waits is trained when the trainer is free, and leaves only once it began."""

from PySide6.QtCore import QObject, Slot

from core.config import RunConfig
from core.protocol import Ended, Started
from icdrl_gui.session import Session


class QueueCommands(QObject):
    """Lets the queue go on; holds it when a run could not begin, failed, or was stopped."""

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._starting: RunConfig | None = None
        training = session.training
        training.got_started.connect(self._take_start)
        training.got_end.connect(self._take_end)
        training.refused.connect(self._hold_if_starting)
        training.failed.connect(self._hold_if_starting)
        session.trainer_died.connect(self._hold_if_starting)
        session.queue.changed.connect(self.train_next)

    @Slot()
    def train_next(self) -> None:
        """Train what waits first, if the trainer is free and the queue is not held."""
        session = self._session
        waiting = session.queue.next
        if waiting is not None and not session.training.active and not session.closing:
            self._starting = waiting
            session.training.start(waiting, session.preferences.run_root)

    def let_go(self) -> None:
        """Hold the queue no longer, and train what waits first."""
        self._session.queue.set_paused(False)
        self.train_next()

    @Slot(object)
    def _take_start(self, event: Started) -> None:
        starting, self._starting = self._starting, None
        configs = self._session.queue.configs
        if starting is not None and configs and configs[0] == starting:
            self._session.queue.remove(0)

    @Slot(object)
    def _take_end(self, event: Ended) -> None:
        if event.reason == "finished":
            self.train_next()
        else:
            self._hold()

    @Slot()
    def _hold_if_starting(self) -> None:
        if self._starting is not None:
            self._starting = None
            self._hold()

    def _hold(self) -> None:
        queue = self._session.queue
        if queue.configs and not queue.paused and not self._session.closing:
            queue.set_paused(True)
            self._session.messages.info("The queue is held: untick Hold to let it go on.")
