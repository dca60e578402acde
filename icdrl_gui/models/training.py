"""`TrainingModel`: the one training that goes on, as the trainer tells it."""

import statistics
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from PySide6.QtCore import QObject, Signal

from core.config import RunConfig, changed, dump_config
from core.protocol import (
    Change,
    CheckpointSaved,
    Continue,
    Continued,
    Ended,
    Evaluated,
    Failed,
    HealthWarning,
    Losses,
    Pause,
    Paused,
    Picture,
    Preparing,
    Previewed,
    Ready,
    Refused,
    Resume,
    SettingChanged,
    SnapshotSaved,
    Started,
    Stop,
    Train,
    TrainerCommand,
    TrainerEvent,
    Usage,
    Watch,
)
from core.runs import RunFolder

State = Literal["loading", "idle", "preparing", "training", "paused", "stopping"]

_SPEEDS_REMEMBERED = 50


class TrainingModel(QObject):
    """State of the trainer; each event of a training leaves as a signal that carries it.

    Attributes:
        state: loading (the child imports torch), idle, preparing (data), training, paused or
            stopping.
        run, config, step: of the training that goes on or went on last; config has all changes.
        ready: what the trainer said first.
    """

    state_changed = Signal()
    progressed = Signal()
    got_ready = Signal(object)
    got_preparing = Signal(object)
    got_started = Signal(object)
    got_losses = Signal(object)
    got_preview = Signal(object)
    got_snapshot = Signal(object)
    got_checkpoint = Signal(object)
    got_evaluation = Signal(object)
    got_change = Signal(object)
    got_warning = Signal(object)
    got_usage = Signal(object)
    got_end = Signal(object)
    refused = Signal(str)
    failed = Signal(str, str)

    def __init__(
        self, send: Callable[[TrainerCommand], None], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._send = send
        self._speeds: deque[float] = deque(maxlen=_SPEEDS_REMEMBERED)
        self._watch: Watch | None = None
        self.state: State = "loading"
        self.ready: Ready | None = None
        self.run: Path | None = None
        self.config: RunConfig | None = None
        self.step = 0
        self.usage: Usage | None = None

    @property
    def active(self) -> bool:
        """Whether a run is being prepared, trained, paused or stopped."""
        return self.state in ("preparing", "training", "paused", "stopping")

    @property
    def images_per_s(self) -> float | None:
        """Moving median; None before the first report."""
        return statistics.median(self._speeds) if self._speeds else None

    @property
    def eta_s(self) -> float | None:
        """Seconds of training that are left; None before the first report."""
        speed = self.images_per_s
        if self.config is None or not speed:
            return None
        return (self.config.steps - self.step) * self.config.batch_size / speed

    def start(self, config: RunConfig, root: Path) -> None:
        """Train a new run below the folder `root`."""
        self._begin(config)
        self._send(Train(dump_config(config), str(root)))

    def resume(self, run: Path, steps: int | None = None) -> None:
        """Go on with a run from its last checkpoint.

        Raises:
            RunError, ConfigError: there is none there, or it cannot be read.
        """
        self._begin(RunFolder.open(run).current_config())
        self._send(Resume(str(run), steps))

    def pause(self) -> None:
        """Do no step until `go_on`."""
        self._send(Pause())

    def go_on(self) -> None:
        """End the pause."""
        self._send(Continue())

    def stop(self, keep: bool) -> None:
        """Stop and keep this step, or stop at once with what is on disk."""
        self._set_state("stopping")
        self._send(Stop(keep))

    def change(self, path: str, value: Any) -> None:
        """Change a setting of the running training from the next step on."""
        self._send(Change(path, value))

    def watch(self, watch: Watch) -> None:
        """What to draw every few seconds; kept for the trainings to come."""
        self._watch = watch
        self._send(watch)

    def lost(self) -> None:
        """The trainer died: whatever went on is over."""
        self._set_state("loading")

    def restarted(self) -> None:
        """There is a new trainer, which must be told what to draw."""
        if self._watch:
            self._send(self._watch)

    def take(self, event: TrainerEvent) -> None:
        """Take in one event of the trainer."""
        match event:
            case Ready():
                self.ready = event
                if self.state == "loading":
                    self._set_state("idle")
                self.got_ready.emit(event)
            case Preparing():
                self.got_preparing.emit(event)
            case Started():
                self._take_start(event)
            case Losses():
                self.step = event.step
                self._speeds.append(event.images_per_s)
                self.got_losses.emit(event)
                self.progressed.emit()
            case Previewed():
                self._reach(event.step)
                self.got_preview.emit(event)
            case SnapshotSaved():
                self.got_snapshot.emit(event)
            case CheckpointSaved():
                self.got_checkpoint.emit(event)
            case Evaluated():
                self.got_evaluation.emit(event)
            case SettingChanged():
                if self.config:
                    self.config = changed(self.config, {event.path: event.value})
                self.got_change.emit(event)
            case HealthWarning():
                self.got_warning.emit(event)
            case Usage():
                self.usage = event
                self._reach(event.step)
                self.got_usage.emit(event)
            case Paused():
                self._pause_at(event.step, "paused")
            case Continued():
                self._pause_at(event.step, "training")
            case Ended():
                self.step = event.step
                self._set_state("idle")
                self.got_end.emit(event)
            case Refused():
                if self.state == "preparing":
                    self._set_state("idle")
                self.refused.emit(event.sentence)
            case Failed():
                self._set_state("idle")
                self.failed.emit(event.sentence, event.traceback)
            case Picture():
                pass  # It lies in the run's folder; what is shown comes by `Previewed`.

    def _begin(self, config: RunConfig) -> None:
        self.config, self.run, self.step = config, None, 0
        self._speeds.clear()
        self._set_state("preparing")

    def _take_start(self, event: Started) -> None:
        self.run = Path(event.run)
        self.config = RunFolder(self.run).current_config()
        self.step = event.step
        self._set_state("training")
        self.got_started.emit(event)
        self.progressed.emit()

    def _reach(self, step: int) -> None:
        if step > self.step:
            self.step = step
            self.progressed.emit()

    def _pause_at(self, step: int, state: State) -> None:
        self.step = step
        self._set_state(state)
        self.progressed.emit()

    def _set_state(self, state: State) -> None:
        if state != self.state:
            self.state = state
            self.state_changed.emit()
