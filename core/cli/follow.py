"""Follows a training: a progress bar, a line for what matters, stopped and kept by Ctrl-C."""

import shlex
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from types import FrameType
from typing import TYPE_CHECKING

from core.cli.terminal import console, print_error, print_json
from core.config import Scalar
from core.counts import counted, named_step
from core.protocol import Ended, Evaluated, Event, HealthWarning, Losses

if TYPE_CHECKING:
    from core.training.loop import Training

_LOSSES_TOLD = 3
# The scores of a line: those that need known factors and take least room to tell.
_TOLD = (("mig", "MIG"), ("sap", "SAP"), ("jemmig", "JEMMIG"), ("mod", "MOD"), ("exp", "EXP"))


def follow(training: "Training", as_json: bool) -> int:
    """Train to the end or to Ctrl-C; returns the exit code."""
    out = console()
    if not as_json:
        with suppress(OSError):  # A full disk is told when the training is over and saved.
            out.print(f"Run folder: {training.run.path.absolute()}", markup=False)
    view = _View(training.config.method.scalars())
    ended = _train(training, view)
    if as_json:
        print_json({"run": str(training.run.path.absolute())} | view.summary(ended))
    elif ended.reason == "failed":
        print_error(ended.sentence)
    else:
        out.print(ended.sentence)
        out.print(view.outcome())
        if ended.reason == "stopped":
            command = f"icdrl resume {shlex.quote(str(training.run.path))}"
            out.print(f"Go on with: {command}", markup=False)
    return 1 if ended.reason == "failed" else 0


def _train(training: "Training", view: "_View") -> Ended:
    with stop_requests() as stopping, view.shown(training.config.steps):
        for report in training.events():
            for event in report.events:
                view.take(event)
                if isinstance(event, Ended):
                    return event
            view.advance(report.step, training.config.steps)
            if stopping:
                view.say("Stopping, and keeping this step; Ctrl-C again interrupts at once.")
                break
        *_, ended = training.stop()
        assert isinstance(ended, Ended)
        return ended


class _View:
    """What a person sees of the events: a bar, and a line for what matters."""

    def __init__(self, scalars: tuple[Scalar, ...]) -> None:
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
        from rich.table import Column

        self._scalars = scalars
        self._losses: Losses | None = None
        self._evaluated: Evaluated | None = None
        self._left_out: set[str] = set()
        self._out = console(stderr=True)
        columns = (
            TextColumn("step {task.completed:,.0f}/{task.total:,.0f}"),
            BarColumn(bar_width=12),
            TimeRemainingColumn(),
            # It takes the room that is left: in a narrow terminal it is cut, not the step.
            TextColumn("{task.fields[state]}", table_column=Column(ratio=1, no_wrap=True)),
        )
        self._progress = Progress(
            *columns, console=self._out, disable=not sys.stderr.isatty(), expand=True
        )
        self._task = self._progress.add_task("", total=1, state="")

    @contextmanager
    def shown(self, steps: int) -> Iterator[None]:
        self._progress.update(self._task, total=steps)
        with self._progress:
            yield

    def advance(self, step: int, steps: int) -> None:
        self._progress.update(self._task, completed=step, total=steps)

    def say(self, sentence: str, style: str | None = None) -> None:
        with suppress(OSError):  # A training does not end for lack of a listener.
            self._out.print(sentence, markup=False, style=style)

    def take(self, event: Event) -> None:
        match event:
            case Losses():
                self._losses = event
                # Losses come first among the values.
                losses = [f"{name} {value:.3f}" for name, value in [*event.values.items()][:3]]
                state = " · ".join([f"{event.images_per_s:,.0f} img/s", *losses])
                self._progress.update(self._task, state=state)
            case Evaluated():
                self._evaluated = event
                self.say(f"{named_step(event.step)}: {self.outcome()}")
                for name in event.refused.keys() - self._left_out:
                    self._left_out.add(name)
                    self.say(f"{named_step(event.step)}: no {name}: {event.refused[name]}")
            case HealthWarning():
                self.say(f"{named_step(event.step)}: {event.sentence}", style="yellow")

    def outcome(self) -> str:
        """One line: how the training stands, and how good and independent the codes are."""
        parts = [self._standing(self._losses.values)] if self._losses else []
        if self._evaluated:
            images = counted(self._evaluated.images, "real image")
            parts.append(
                f"total correlation of the codes of {images} "
                f"{self._evaluated.total_correlation:.3f} nats (independent: 0)"
            )
            scores = self._evaluated.scores
            told = [f"{title} {scores[name]:.3f}" for name, title in _TOLD if name in scores]
            if told:
                parts.append(", ".join(told))
        return "; ".join(parts) + "." if parts else "Nothing was reported yet."

    def _standing(self, values: Mapping[str, float]) -> str:
        """The main losses, each with the level to compare it with."""
        told = []
        for scalar in self._scalars:
            if scalar.main and scalar.name in values:
                level = f" ({scalar.meaning}: {scalar.level:.3f})" if scalar.level else ""
                told.append(f"{scalar.title} {values[scalar.name]:.3f}{level}")
        return ", ".join(told[:_LOSSES_TOLD])

    def summary(self, ended: Ended) -> dict[str, object]:
        return {
            "step": ended.step,
            "reason": ended.reason,
            "sentence": ended.sentence,
            "losses": self._losses.values if self._losses else {},
            "levels": {s.name: s.level for s in self._scalars if s.level is not None},
            "total_correlation": self._evaluated.total_correlation if self._evaluated else None,
            "scores": self._evaluated.scores if self._evaluated else {},
        }


@contextmanager
def stop_requests() -> Iterator[list[int]]:
    """A list that Ctrl-C or SIGTERM fills: whoever follows a training looks at it now and then.

    A second Ctrl-C interrupts at once.
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
