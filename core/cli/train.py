"""`icdrl train` and `icdrl resume`: a training with a progress bar, stopped by Ctrl-C."""

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from core.cli.options import SettingsOption, edited
from core.cli.runs import RunArgument
from core.cli.terminal import (
    DeviceOption,
    JsonOption,
    console,
    print_error,
    print_json,
    progress_bar,
)
from core.config import ConfigError, RunConfig, load_config
from core.preferences import Preferences, load_preferences
from core.presets import load_preset
from core.protocol import Ended, Evaluated, Event, HealthWarning, Losses
from core.runs import RunFolder, find_run, new_run_path

if TYPE_CHECKING:
    from core.training import Training

DEFAULT_PRESET = "dsprites-small-tcgan"


def train(
    preset: Annotated[
        str | None, typer.Option(help=f"A shipped config; {DEFAULT_PRESET} if nothing is given.")
    ] = None,
    config: Annotated[Path | None, typer.Option(help="A config file.")] = None,
    steps: Annotated[int | None, typer.Option(help="Total number of steps.")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of all random numbers.")] = None,
    device: DeviceOption = None,
    run_dir: Annotated[
        Path | None, typer.Option(help="The run's own folder, new or empty.")
    ] = None,
    settings: SettingsOption = None,
    as_json: JsonOption = False,
) -> int:
    """Train a run from its first step."""
    preferences = load_preferences()
    chosen = edited(_config(preset, config), settings, steps=steps, seed=seed)
    path = run_dir or new_run_path(preferences.run_root, chosen)
    training = _prepare(chosen, preferences, device, lambda: RunFolder.create(path, chosen), False)
    return _follow(training, as_json)


def resume(
    run: RunArgument,
    steps: Annotated[int | None, typer.Option(help="New total number of steps.")] = None,
    device: DeviceOption = None,
    as_json: JsonOption = False,
) -> int:
    """Go on with a run from its last checkpoint."""
    preferences = load_preferences()
    folder = find_run(preferences.run_root, run)
    training = _prepare(folder.config(), preferences, device, lambda: folder, True)
    if steps is not None and steps != training.config.steps:
        training.change("steps", steps)
    return _follow(training, as_json)


def _config(preset: str | None, file: Path | None) -> RunConfig:
    if preset and file:
        raise ConfigError("Give --preset or --config, not both.")
    return load_config(file) if file else load_preset(preset or DEFAULT_PRESET).config


def _prepare(
    config: RunConfig,
    preferences: Preferences,
    device: str | None,
    folder: Callable[[], RunFolder],
    resuming: bool,
) -> "Training":
    """Load the data, then open the folder: a run that cannot start leaves none behind."""
    from core.data.catalogue import load_dataset
    from core.devices import choose_device, lower_priority, prepare_arithmetic
    from core.training import Training

    chosen = choose_device(device or preferences.device)
    prepare_arithmetic(preferences.threads)
    lower_priority()
    with progress_bar(f"Preparing {config.data.source}") as progress:
        dataset = load_dataset(config.data, progress)
    for sentence in dataset.skipped:
        print_error(f"left out: {sentence}")
    training = Training(folder(), dataset, chosen, resume=resuming)
    if training.notice:
        print_error(training.notice)
    return training


def _follow(training: "Training", as_json: bool) -> int:
    """Train to the end or to Ctrl-C; returns the exit code."""
    out = console()
    if not as_json:
        out.print(f"Run folder: {training.run.path.resolve()}", markup=False)
    view = _View(training.method.information_prior)
    ended: Ended | None = None
    try:
        with _stop_requests() as stopping, view.shown(training.config.steps):
            for report in training.events():
                for event in report.events:
                    view.take(event)
                    ended = event if isinstance(event, Ended) else ended
                view.advance(report.step, training.config.steps)
                if stopping and ended is None:
                    ended = training.stop()
                    break
    finally:
        training.close()
    assert ended is not None
    if as_json:
        print_json(view.summary(training.run, ended))
        return 1 if ended.reason == "failed" else 0
    if ended.reason == "failed":
        print_error(ended.sentence)
        return 1
    out.print(ended.sentence)
    out.print(view.outcome())
    if ended.reason == "stopped":
        out.print(f"Go on with: icdrl resume {training.run.path}", markup=False)
    return 0


class _View:
    """What a person sees of the events: a bar, and a line for what matters."""

    def __init__(self, information_prior: float) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        self._prior = information_prior
        self._losses: Losses | None = None
        self._evaluated: Evaluated | None = None
        self._out = Console(stderr=True, soft_wrap=True, highlight=False)
        columns = (
            TextColumn("step {task.completed:,.0f}/{task.total:,.0f}"),
            BarColumn(bar_width=24),
            TimeRemainingColumn(),
            TextColumn("{task.fields[state]}"),
        )
        self._progress = Progress(*columns, console=self._out, disable=not sys.stderr.isatty())
        self._task = self._progress.add_task("", total=1, state="")

    @contextmanager
    def shown(self, steps: int) -> Iterator[None]:
        self._progress.update(self._task, total=steps)
        with self._progress:
            yield

    def advance(self, step: int, steps: int) -> None:
        self._progress.update(self._task, completed=step, total=steps)

    def take(self, event: Event) -> None:
        match event:
            case Losses():
                self._losses = event
                state = f"{event.images_per_s:,.0f} img/s · " + " · ".join(
                    f"{name} {event.values[name]:.3f}"
                    for name in ("discriminator", "generator", "information")
                )
                self._progress.update(self._task, state=state)
            case Evaluated():
                self._evaluated = event
                self._out.print(f"step {event.step:,}: {self.outcome()}")
            case HealthWarning():
                self._out.print(f"step {event.step:,}: {event.sentence}", style="yellow")

    def outcome(self) -> str:
        """One line: how informative the codes are, and how independent."""
        parts = []
        if self._losses:
            information = self._losses.values["information"]
            parts.append(
                f"Information loss {information:.3f} nats (ignoring the image: {self._prior:.3f})"
            )
        if self._evaluated:
            parts.append(
                f"total correlation of the codes of {self._evaluated.images:,} real images "
                f"{self._evaluated.total_correlation:.3f} nats (independent: 0)"
            )
        return "; ".join(parts) + "." if parts else "Nothing was reported yet."

    def summary(self, run: RunFolder, ended: Ended) -> dict[str, object]:
        return {
            "run": str(run.path.resolve()),
            "step": ended.step,
            "reason": ended.reason,
            "sentence": ended.sentence,
            "losses": self._losses.values if self._losses else {},
            "information_prior": self._prior,
            "total_correlation": self._evaluated.total_correlation if self._evaluated else None,
        }


@contextmanager
def _stop_requests() -> Iterator[list[int]]:
    """A list that Ctrl-C or SIGTERM fills: the loop looks at it between two steps.

    A second Ctrl-C interrupts at once, keeping nothing since the last checkpoint.
    """
    requests: list[int] = []

    def request(number: int, frame: FrameType | None) -> None:
        if requests:
            raise KeyboardInterrupt
        requests.append(number)

    before = {}
    for number in (signal.SIGINT, signal.SIGTERM):
        before[number] = signal.signal(number, request)
    try:
        yield requests
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
