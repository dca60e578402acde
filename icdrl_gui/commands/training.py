"""Train, pause, stop in three meanings, resume, and the constraint: toggled or flipped."""

import asyncio
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from core.config import RunConfig, changed
from core.errors import IcdrlError
from core.presets import load_preset
from core.protocol import Ended, SnapshotSaved, Started
from core.runs import RunFolder
from core.worker.client import WorkerDied
from icdrl_gui.dialogs.stop import StopDialog
from icdrl_gui.main_window import MainWindow
from icdrl_gui.notifications import DesktopNotifier
from icdrl_gui.session import Session
from icdrl_gui.tasks import Tasks

FIRST_PRESET = "dsprites-quick"


class TrainingCommands(QObject):
    """Carries out what the toolbar, the Run menu and the list of runs ask for.

    Signals:
        config_wanted: Setup should show this config.
        constraint_changed: the constraint controls should show this config.
        compare_wanted: two runs, to be seen side by side.
        watch_wanted: a run began, and should be looked at.
    """

    config_wanted = Signal(object)
    constraint_changed = Signal(object)
    compare_wanted = Signal(Path, Path)
    watch_wanted = Signal(Path)

    def __init__(
        self, session: Session, window: MainWindow, tasks: Tasks, notifier: DesktopNotifier
    ) -> None:
        super().__init__(window)
        self._session = session
        self._window = window
        self._tasks = tasks
        self._notifier = notifier
        self._draft: RunConfig | None = None
        self._to_delete: Path | None = None
        training = session.training
        training.state_changed.connect(self._show_constraint)
        training.got_change.connect(self._show_constraint)
        training.refused.connect(self._show_constraint)
        training.got_started.connect(self._take_start)
        training.got_snapshot.connect(self._take_snapshot)
        training.got_end.connect(self._take_end)
        session.retraining.paired.connect(self.compare_wanted)
        session.trainer_died.connect(self._take_death)

    @Slot(object)
    def take_draft(self, config: RunConfig | None) -> None:
        """What Setup holds now; None while it is not valid."""
        self._draft = config
        self._show_constraint()

    def train_draft(self) -> None:
        """Train what Setup holds."""
        if self._draft is None:
            self._session.messages.error("Setup holds a value that is not valid: mend it first.")
        else:
            self.train(self._draft)

    def enqueue_draft(self) -> None:
        """Put what Setup holds at the end of the queue."""
        if self._draft is None:
            self._session.messages.error("Setup holds a value that is not valid: mend it first.")
        else:
            self._session.queue.add(self._draft)

    def train_first(self) -> None:
        """The start page's button."""
        config = load_preset(FIRST_PRESET).config
        self.config_wanted.emit(config)
        self.train(config)

    def train(self, config: RunConfig) -> None:
        """Train now, or after the run that trains now."""
        session = self._session
        if session.training.active:
            session.queue.add(config)
            session.messages.info("A run is training: this one waits in the queue.")
        else:
            session.training.start(config, session.preferences.run_root)

    def train_next(self) -> None:
        """Train what waits first in the queue, if it is free."""
        session = self._session
        if not session.training.active and (waiting := session.queue.next()) is not None:
            self.train(waiting)

    def resume(self, run: Path) -> None:
        """Go on with a run from its last checkpoint."""
        try:
            self._session.training.resume(run)
        except IcdrlError as error:
            self._session.messages.error(str(error))

    def resume_shown(self) -> None:
        """Go on with the run on show."""
        if run := self._session.shown.run:
            self.resume(run.path)
        else:
            self._session.messages.error("No run is on show: open one from the list of runs.")

    def duplicate(self, run: Path) -> None:
        """Put a run's config, with its changes, into Setup."""
        try:
            self.config_wanted.emit(RunFolder.open(run).current_config())
        except IcdrlError as error:
            self._session.messages.error(str(error))

    def pause_or_go_on(self) -> None:
        """Halt after this step, or go on."""
        training = self._session.training
        if training.state == "paused":
            training.go_on()
        else:
            training.pause()

    def retrain(self) -> None:
        """Train the run on show again with the constraint flipped, then compare both."""
        session = self._session
        if session.shown.run is None:
            session.messages.error("There is no run to flip yet: train one, or open one.")
            return
        try:
            flipped = session.retraining.flip(session.shown.run.path)
        except IcdrlError as error:
            session.messages.error(str(error))
            return
        self.config_wanted.emit(flipped)
        self.train(flipped)

    def toggle_constraint(self) -> None:
        """Flip the switch: of the run that trains, or of Setup."""
        config = self._constrained()
        if config is not None:
            path = "method.independence.enabled"
            self.edit_constraint(path, not config.method.independence.enabled)

    def edit_constraint(self, path: str, value: Any) -> None:
        """Change the constraint: of the run that trains, at its next step, or of Setup."""
        training = self._session.training
        if training.active:
            training.change(path, value)
        elif self._draft is not None:
            self.config_wanted.emit(changed(self._draft, {path: value}))

    def ask_to_stop(self) -> None:
        """Ask which of the three meanings of stop is meant."""
        training = self._session.training
        if training.run is None or not training.active:
            return
        run = RunFolder(training.run)
        saved = run.checkpoint_step() if run.checkpoints() else None
        dialog = StopDialog(run.name, training.step, saved, self._window)
        dialog.finished.connect(lambda: self.stop(dialog.meaning))
        dialog.open()

    def stop(self, meaning: str) -> None:
        """keep, now, delete or cancel."""
        training = self._session.training
        if meaning == "cancel" or not training.active:
            return
        if meaning == "delete":
            self._to_delete = training.run
        training.stop(keep=meaning == "keep")

    def delete(self, run: Path) -> None:
        """Move a run to the trash."""
        self._tasks.spawn(self._delete(run))

    @Slot()
    def _show_constraint(self) -> None:
        self.constraint_changed.emit(self._constrained())

    def _constrained(self) -> RunConfig | None:
        training = self._session.training
        return training.config if training.active else self._draft

    @Slot(object)
    def _take_start(self, event: Started) -> None:
        if event.notice:
            self._session.messages.info(event.notice)
        self._session.run_list.refresh()
        self.watch_wanted.emit(Path(event.run))

    @Slot(object)
    def _take_snapshot(self, event: SnapshotSaved) -> None:
        shown = self._session.shown
        if shown.run is not None and Path(event.path).is_relative_to(shown.run.path):
            shown.refresh_steps()

    @Slot(object)
    def _take_end(self, event: Ended) -> None:
        session = self._session
        run = session.training.run
        if event.reason == "failed":
            session.messages.error(event.sentence)
        else:
            session.messages.info(event.sentence)
        name = RunFolder(run).name if run else "The run"
        self._notifier.tell(f"{name} {event.reason}", event.sentence)
        session.run_list.refresh()
        if self._to_delete is not None:
            self.delete(self._to_delete)
            self._to_delete = None
        if event.reason != "stopped":
            self.train_next()

    @Slot(object)
    def _take_death(self, error: WorkerDied) -> None:
        session = self._session
        run = session.training.run
        sentence = "The trainer ended unexpectedly and was started again."
        if not error.was_ready:
            session.messages.error("The trainer cannot start: nothing can be trained.", str(error))
        elif run is not None and RunFolder(run).state() == "interrupted":
            self.offer_to_resume(run, sentence)
        else:
            session.messages.error(sentence, str(error))
        self._notifier.tell("The trainer ended unexpectedly", str(error))
        session.run_list.refresh()

    def offer_to_resume(self, run: Path, before: str = "") -> None:
        """Say that a run was interrupted, with a button that goes on with it."""
        folder = RunFolder(run)
        self._session.messages.error(
            f"{before} {folder.name} goes on from step {folder.checkpoint_step():,} if you "
            "resume it.".strip(),
            action=("Resume", lambda: self.resume(run)),
        )

    async def _delete(self, run: Path) -> None:
        shown = self._session.shown
        await asyncio.to_thread(RunFolder(run).move_to_trash)
        if shown.run is not None and shown.run.path == run:
            shown.close()
        self._session.history.forget(run)
        self._session.run_list.refresh()
