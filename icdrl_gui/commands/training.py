"""Train, pause, stop in three meanings, resume, and the constraint: toggled or flipped."""

import asyncio
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from core.config import CONSTRAINT_ENABLED, RunConfig, changed
from core.counts import named_step
from core.errors import IcdrlError
from core.presets import FIRST_PRESET, load_preset
from core.protocol import Ended, SnapshotSaved, Started
from core.runs import RunFolder
from core.worker.client import WorkerDied
from icdrl_gui.dialogs.stop import StopDialog
from icdrl_gui.main_window import MainWindow
from icdrl_gui.notifications import DesktopNotifier
from icdrl_gui.session import TRAINER, TRAINING, Session
from icdrl_gui.tasks import Tasks

# What has to be mended before something can be done: see `Message.cause`.
SETUP = "setup"
_BUSY, _NO_RUN = "busy", "no run shown"
_DIED = "The trainer ended unexpectedly and was started again."


class TrainingCommands(QObject):
    """Carries out what the toolbar, the Run menu and the list of runs ask for.

    Signals:
        config_wanted: Setup should show this config.
        constraint_changed: the constraint controls should show this config.
        compare_wanted: two runs, to be seen side by side.
        watch_wanted: a run began, and should be looked at.
        settings_taken: a run's config is in Setup now.
    """

    config_wanted = Signal(object)
    constraint_changed = Signal(object)
    compare_wanted = Signal(Path, Path)
    watch_wanted = Signal(Path)
    settings_taken = Signal()

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
        self._begun_here = False
        self._trained_last: Path | None = None
        training = session.training
        training.state_changed.connect(self._show_constraint)
        training.state_changed.connect(self._settle_what_waited)
        session.shown.run_changed.connect(self._settle_what_waited)
        training.got_change.connect(self._show_constraint)
        training.refused.connect(self._show_constraint)
        training.got_started.connect(self._take_start)
        training.got_snapshot.connect(self._take_snapshot)
        training.got_end.connect(self._take_end)
        training.got_checkpoint.connect(session.run_list.refresh)
        training.got_evaluation.connect(session.run_list.refresh)
        training.refused.connect(self._give_up_deleting)
        training.failed.connect(self._take_failure)
        session.retraining.paired.connect(self.compare_wanted)
        session.trainer_died.connect(self._take_death)

    @Slot(object)
    def take_draft(self, config: RunConfig | None) -> None:
        """What Setup holds now; None while it is not valid."""
        self._draft = config
        self._show_constraint()

    def train_draft(self) -> None:
        """Train what Setup holds."""
        if (config := self._valid_draft()) is not None:
            self.train(config)

    def enqueue_draft(self) -> None:
        """Put what Setup holds at the end of the queue."""
        if (config := self._valid_draft()) is not None:
            self._session.queue.add(config)

    def train_first(self) -> None:
        """The start page's button."""
        self.train(load_preset(FIRST_PRESET).config)

    def train(self, config: RunConfig) -> None:
        """Train now, or after the run that trains now."""
        session = self._session
        if session.training.active:
            session.queue.add(config)
            session.messages.info("A run is training: this one waits in the queue.")
        else:
            self._begun_here = True
            session.training.start(config, session.preferences.run_root)

    def resume(self, run: Path, steps: int | None = None) -> None:
        """Go on with a run from its last checkpoint; `steps` is a new total."""
        session = self._session
        if session.training.active:
            sentence = "A run is training: stop it, or wait, then resume this one."
            session.messages.error(sentence, cause=_BUSY)
            return
        try:
            session.training.resume(run, steps)
        except IcdrlError as error:
            session.messages.error(str(error), cause=TRAINING)
        else:
            self._begun_here = True

    def resume_shown(self) -> None:
        """Go on with the shown run."""
        if run := self._run_on_show():
            self.resume(run)

    def use_settings(self, run: Path) -> None:
        """Put a run's config, with its changes, into Setup."""
        try:
            config = RunFolder.open(run).current_config()
        except IcdrlError as error:
            self._session.messages.error(str(error), cause=SETUP)
        else:
            self.config_wanted.emit(config)
            self.settings_taken.emit()

    def use_settings_shown(self) -> None:
        """Put the config of the shown run into Setup."""
        if run := self._run_on_show():
            self.use_settings(run)

    def pause_or_go_on(self) -> None:
        """Halt after this step, or go on."""
        training = self._session.training
        if training.state == "paused":
            training.go_on()
        else:
            training.pause()

    def retrain(self) -> None:
        """Train the shown run again with the constraint flipped, then compare both."""
        session = self._session
        if session.shown.run is None:
            sentence = "There is no run to flip yet: train one, or open one."
            session.messages.error(sentence, cause=_NO_RUN)
            return
        try:
            flipped = session.retraining.flip(session.shown.run.path)
        except IcdrlError as error:
            session.messages.error(str(error), cause=TRAINING)
            return
        self.train(flipped)

    def toggle_constraint(self) -> None:
        """Flip the switch: of the run that trains, or of Setup."""
        config = self._constrained()
        constraint = config.method.constraint if config else None
        if constraint is not None:
            self.edit_constraint(CONSTRAINT_ENABLED, not constraint.enabled)

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
        if not training.active or training.state == "stopping":
            return
        if training.run is None:
            self.stop("now")  # Its data is being prepared: there is nothing to keep yet.
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
        self._tasks.spawn(self._delete(run), cause=f"deleting {run}")

    @Slot()
    def _show_constraint(self) -> None:
        self.constraint_changed.emit(self._constrained())

    def _constrained(self) -> RunConfig | None:
        training = self._session.training
        return training.config if training.active else self._draft

    @Slot()
    def _settle_what_waited(self) -> None:
        session = self._session
        if not session.training.active:
            session.messages.settle(_BUSY)
        if session.shown.run is not None:
            session.messages.settle(_NO_RUN)

    @Slot(object)
    def _take_start(self, event: Started) -> None:
        session = self._session
        run, shown = Path(event.run), session.shown.run
        session.messages.settle(_interrupted(run))
        if event.notice:
            session.messages.info(event.notice)
        session.run_list.refresh()
        # One that waited in the queue is shown if the one before it was looked at.
        if self._begun_here or shown is None or shown.path == self._trained_last:
            self.watch_wanted.emit(run)
        self._begun_here, self._trained_last = False, run

    @Slot(object)
    def _take_snapshot(self, event: SnapshotSaved) -> None:
        shown = self._session.shown
        if shown.run is not None and Path(event.path).is_relative_to(shown.run.path.absolute()):
            shown.refresh_steps()

    @Slot(object)
    def _take_end(self, event: Ended) -> None:
        session = self._session
        run = session.training.run
        name = RunFolder(run).name if run else "The run"
        if event.reason == "failed":
            session.messages.error(event.sentence, cause=TRAINING)
        else:
            session.messages.info(event.sentence)
        self._notifier.tell(f"{name} {event.reason}", event.sentence)
        session.run_list.refresh()
        if self._to_delete is not None:
            self.delete(self._to_delete)
            self._to_delete = None

    @Slot(str, str)
    def _take_failure(self, sentence: str, traceback: str) -> None:
        """A defect ended the training; the message is there already."""
        self._give_up_deleting()
        self._notifier.tell("The training failed", sentence)
        self._session.run_list.refresh()

    @Slot()
    def _give_up_deleting(self) -> None:
        """The run did not end as it was told to: a later end is that of another run."""
        self._to_delete = None

    @Slot(object)
    def _take_death(self, error: WorkerDied) -> None:
        session = self._session
        self._give_up_deleting()
        run = session.training.run
        if not error.was_ready:
            session.messages.error(
                "The trainer cannot start: nothing can be trained.",
                error.log or str(error),
                action=("Start again", session.start_trainer),
                cause=TRAINER,
            )
        elif run is not None and RunFolder(run).state() == "interrupted":
            self.offer_to_resume(run, _DIED)
        else:
            session.messages.error(_DIED, error.log or str(error), cause=TRAINING)
        self._notifier.tell("The trainer ended unexpectedly", str(error))
        session.run_list.refresh()

    def offer_to_resume(self, run: Path, before: str = "") -> None:
        """Say that a run was interrupted, with a button that goes on with it."""
        folder = RunFolder(run)
        self._session.messages.warn(
            f"{before} {folder.name} goes on from {named_step(folder.checkpoint_step())} if you "
            "resume it.".strip(),
            action=("Resume", lambda: self.resume(run)),
            cause=_interrupted(run),
        )

    async def close(self) -> None:
        """Once the children have ended: delete what was stopped to be deleted."""
        if self._to_delete is not None:
            await asyncio.to_thread(RunFolder(self._to_delete).move_to_trash)

    async def _delete(self, run: Path) -> None:
        shown = self._session.shown
        await asyncio.to_thread(RunFolder(run).move_to_trash)
        if shown.run is not None and shown.run.path == run:
            shown.close()
        self._session.messages.settle(_interrupted(run))
        self._session.history.forget(run)
        self._session.comparison.forget(run)
        self._session.run_list.refresh()

    def _run_on_show(self) -> Path | None:
        if run := self._session.shown.run:
            return run.path
        sentence = "No run is shown: open one from the list of runs."
        self._session.messages.error(sentence, cause=_NO_RUN)
        return None

    def _valid_draft(self) -> RunConfig | None:
        if self._draft is None:
            sentence = "Setup holds a value that is not valid: mend it first."
            self._session.messages.error(sentence, cause=SETUP)
        return self._draft


def _interrupted(run: Path) -> str:
    """The cause of an offer to go on with a run."""
    return f"{run} was interrupted"
