"""`Trainer`: trains one run at a time and does what it is told between two steps."""

import json
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import torch

from core import devices
from core.config import ConfigError, DataConfig, RunConfig, parse_config
from core.data.catalogue import list_datasets
from core.data.dataset import Dataset
from core.errors import IcdrlError
from core.exploring.traversal import require_columns
from core.preferences import Preferences, load_preferences
from core.protocol import (
    AvailableData,
    Change,
    Continue,
    Continued,
    Ended,
    Event,
    Pause,
    Paused,
    Previewed,
    Quit,
    Ready,
    Refused,
    Resume,
    Started,
    Stop,
    Train,
    Usage,
    Watch,
)
from core.ranges import needs_observed
from core.runs import RunFolder, new_run_path
from core.training import launch
from core.training.loop import Report, Training
from core.worker.pipe import Orphaned, Pipe
from core.worker.preparing import prepare

_SECONDS_BETWEEN_USAGES = 0.5
_NEVER = float("inf")


class NothingToDoError(IcdrlError):
    """A command that makes no sense now."""


class _StoppedError(IcdrlError):
    """Stop or Quit came while data was prepared."""


class Trainer:
    """Its owner calls `handle` for a command and, while `busy`, `advance` in between.

    The preferences are read at each Train and Resume: one changed meanwhile, such as the device
    or the threads, holds from the next training on.
    """

    def __init__(self, pipe: Pipe, threads: int = 0) -> None:
        """threads: of the processor, whatever the preferences say; 0: as they say."""
        self._pipe = pipe
        self._threads = threads
        self._training: Training | None = None
        self._reports: Iterator[Report] = iter(())
        self._paused = False
        self._watch = Watch(seconds=0)
        self._preview_due = _NEVER
        self._usage_due = 0.0

    @property
    def busy(self) -> bool:
        """Whether there is a step to do."""
        return self._training is not None and not self._paused

    def ready(self) -> Ready:
        """What only torch knows."""
        preferences = Preferences()
        with suppress(ConfigError):  # Told when a training begins.
            preferences = self._preferences()
        try:
            device = devices.choose_device(preferences.device)
        except devices.DeviceError:
            device = devices.choose_device("auto")
        devices.prepare_arithmetic(preferences.threads)
        return Ready(
            devices=tuple(devices.available_devices()),
            device=str(device),
            threads=torch.get_num_threads(),
            versions=devices.versions(),
            data=tuple(
                AvailableData(
                    info.name,
                    info.description,
                    info.count,
                    info.prepared,
                    tuple(map(str, info.places)),
                )
                for info in list_datasets()
            ),
        )

    def handle(self, command: object) -> None:
        """Do what a command says.

        Raises:
            IcdrlError: it cannot be done, or makes no sense now.
        """
        match command:
            case Train():
                self._train(command)
            case Resume():
                self._resume(command)
            case Pause():
                self._pause()
            case Continue():
                self._continue()
            case Change():
                self._current().change(command.path, command.value)
            case Watch():
                self._look_at(command)
            case Stop():
                self._stop(command.keep)
            case Orphaned():
                if self._training:
                    self._training.interrupt()
            case Quit():
                if self._training:
                    self._stop(keep=True)
            case _:
                raise TypeError(f"no command: {command!r}")

    def advance(self) -> None:
        """One step, and what is due by the clock."""
        if time.monotonic() >= self._preview_due:
            self._preview()
        events = self._step()
        if any(isinstance(event, Ended) for event in events):
            self.abandon()
        for event in events:
            self._pipe.send(event)
        if self._training and time.monotonic() >= self._usage_due:
            self._tell_usage()

    def abandon(self) -> None:
        """Let the training go, saved or not: free its run and its memory."""
        if self._training:
            self._training.close()
        self._training = None
        self._reports = iter(())
        self._paused = False
        devices.free_memory()

    def _train(self, command: Train) -> None:
        self._require_idle()
        config = _config(command.config)
        device = launch.prepare_device(self._preferences())
        dataset = self._load(config.data, step=0)
        if dataset is None:
            return
        path = new_run_path(Path(command.root), config)
        self._begin(launch.start(path, config, dataset, device), dataset, resumed=False)

    def _resume(self, command: Resume) -> None:
        self._require_idle()
        folder = RunFolder.open(Path(command.run))
        config = launch.config_to_resume(folder, command.steps)
        device = launch.prepare_device(self._preferences())
        dataset = self._load(config.data, folder.checkpoint_step())
        if dataset is None:
            return
        self._begin(launch.resume(folder, config, dataset, device), dataset, resumed=True)

    def _preferences(self) -> Preferences:
        found = load_preferences().within_cores()
        return found.model_copy(update={"threads": self._threads}) if self._threads else found

    def _load(self, data: DataConfig, step: int) -> Dataset | None:
        """The data of a run that stands at `step`; None, and told so, if Stop or Quit came."""
        try:
            return prepare(data, self._pipe, self._look_out_for_stop)
        except _StoppedError as stopped:
            self._pipe.send(Ended(step, "stopped", str(stopped)))
            return None

    def _look_out_for_stop(self) -> None:
        """Raise at Stop or Quit; all else waits until the training has begun."""
        while (command := self._pipe.peek()) is not None:
            if not isinstance(command, Stop):
                self._pipe.postpone(command)
            if isinstance(command, Stop | Quit):
                raise _StoppedError("Stopped while the data was prepared: nothing was trained.")

    def _begin(self, training: Training, dataset: Dataset, resumed: bool) -> None:
        self._training = training
        self._reports = training.events()
        self._paused = False
        left_out = [f"Left out: {sentence}" for sentence in dataset.skipped]
        notice = " ".join([training.notice, *left_out]).strip()
        run = str(training.run.path.absolute())
        self._pipe.send(Started(run, training.step, resumed, notice))
        self._usage_due = 0.0
        self._preview_due = 0.0 if self._watch.seconds > 0 else _NEVER

    def _pause(self) -> None:
        training = self._current()
        if self._paused:
            raise NothingToDoError("The training is paused already.")
        self._paused = True
        self._pipe.send(Paused(training.step))

    def _continue(self) -> None:
        training = self._current()
        if not self._paused:
            raise NothingToDoError("The training is not paused.")
        self._paused = False
        self._pipe.send(Continued(training.step))

    def _stop(self, keep: bool) -> None:
        events = self._current().stop(keep)
        self.abandon()  # Whoever hears of the end finds the run free.
        for event in events:
            self._pipe.send(event)

    def _look_at(self, watch: Watch) -> None:
        if needs_observed(watch.rule):
            raise ConfigError(
                f"The range {watch.rule} needs real images, which takes too long between two "
                "steps: watch prior or fixed:LOW,HIGH."
            )
        require_columns(watch.columns)
        self._watch = watch
        self._preview_due = 0.0 if watch.seconds > 0 else _NEVER
        if self._training and self._paused and watch.seconds > 0:
            self._preview()

    def _step(self) -> tuple[Event, ...]:
        training = self._current()
        try:
            return next(self._reports).events
        except IcdrlError as error:
            return (Ended(training.step, "failed", str(error)),)

    def _preview(self) -> None:
        training, watch = self._current(), self._watch
        try:
            grid, recipe = training.traversal(watch.anchor, watch.rule, watch.columns)
        except IcdrlError as error:
            self._preview_due = _NEVER  # Told once, not every few seconds.
            self._pipe.send(Refused(str(error)))
            return
        self._pipe.send(Previewed(training.step, grid, recipe))
        self._preview_due = time.monotonic() + watch.seconds

    def _tell_usage(self) -> None:
        training = self._current()
        device = training.method.device
        memory = devices.peak_memory(device)
        self._pipe.send(Usage(training.step, str(device), torch.get_num_threads(), memory))
        self._usage_due = time.monotonic() + _SECONDS_BETWEEN_USAGES

    def _current(self) -> Training:
        if self._training is None:
            raise NothingToDoError("Nothing is being trained.")
        return self._training

    def _require_idle(self) -> None:
        if self._training:
            raise NothingToDoError(
                f"{self._training.run.name} is being trained: stop it before another is."
            )


def _config(text: str) -> RunConfig:
    try:
        values = json.loads(text)
    except ValueError as error:
        raise ConfigError(f"The config is not JSON ({error}).") from None
    if not isinstance(values, dict):
        raise ConfigError("The config holds no JSON object.")
    return parse_config(values, "The config")
