"""Follows a study while it trains: a bar, a line for each run that ended, Ctrl-C keeps all."""

import shlex
import signal
import sys
from dataclasses import asdict

from core.cli.follow import stop_requests
from core.cli.study_table import print_table
from core.cli.terminal import console, print_json
from core.counts import counted
from core.studies.outcome import write_outcome
from core.studies.results import as_lines
from core.studies.running import CellEnded, CellsTraining, StudyRun
from core.studies.status import CellStatus, cell_states, counted_states

_INTERRUPTED = 128 + signal.SIGINT


def follow_study(study_run: StudyRun, as_json: bool) -> int:
    """Train what is missing, to the end or to Ctrl-C; returns the exit code."""
    folder = study_run.folder
    out = console()
    if not as_json:
        out.print(f"Study folder: {folder.path.absolute()}", markup=False)
    interrupted = _train(study_run)
    results = write_outcome(folder)
    cells = cell_states(folder)
    if as_json:
        print_json(
            {
                "study": folder.study.name,
                "folder": folder.path.absolute(),
                "cells": [asdict(cell) for cell in cells],
                "table": as_lines(results.table),
            }
        )
    else:
        print_table(folder.study, results)
        out.print(f"{counted(len(cells), 'run')}: {counted_states(cells)}.", markup=False)
        if any(cell.state != "finished" for cell in cells):
            command = f"icdrl study run {shlex.quote(str(folder.path))}"
            out.print(f"Go on with: {command}", markup=False)
    if interrupted:
        return _INTERRUPTED
    return 0 if all(cell.state == "finished" for cell in cells) else 1


def _train(study_run: StudyRun) -> bool:
    """Whether it was interrupted."""
    cells = cell_states(study_run.folder)
    with stop_requests() as stopping, _View(cells) as view:
        for event in study_run.events():
            view.take(event)
            if stopping and not view.stopping:
                view.stopping = True
                view.say("Stopping, and keeping every run; Ctrl-C again interrupts at once.")
                study_run.stop()
        return bool(stopping)


class _View:
    """What a person sees of a study."""

    def __init__(self, cells: list[CellStatus]) -> None:
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
        from rich.table import Column

        self.stopping = False
        self._steps = {cell.run: cell.step for cell in cells}
        self._totals = {cell.run: cell.steps for cell in cells}
        self._left = sum(cell.state != "finished" for cell in cells)
        self._out = console(stderr=True)
        columns = (
            TextColumn("{task.fields[done]}"),
            BarColumn(bar_width=12),
            TimeRemainingColumn(),
            TextColumn("{task.fields[running]}", table_column=Column(ratio=1, no_wrap=True)),
        )
        self._progress = Progress(
            *columns, console=self._out, disable=not sys.stderr.isatty(), expand=True
        )
        self._task = self._progress.add_task(
            "", total=sum(self._totals.values()), completed=self._done, done="", running=""
        )
        self._show(())

    @property
    def _done(self) -> int:
        return sum(min(step, self._totals[name]) for name, step in self._steps.items())

    def __enter__(self) -> "_View":
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def take(self, event: CellEnded | CellsTraining) -> None:
        match event:
            case CellsTraining():
                self._steps |= event.steps
                self._show([f"{name} {step:,}" for name, step in event.steps.items()])
            case CellEnded():
                self._left = event.left
                if event.end.reason == "finished":
                    self._steps[event.cell.name] = self._totals[event.cell.name]
                if event.end.reason == "failed" or not self.stopping:
                    self._tell(event)

    def say(self, sentence: str, style: str | None = None) -> None:
        self._out.print(sentence, markup=False, style=style)

    def _tell(self, event: CellEnded) -> None:
        style = "yellow" if event.end.reason == "failed" else None
        sentence = f"{event.cell.arm}, seed {event.cell.seed}: {event.end.reason}"
        if event.end.reason == "failed":
            sentence += f": {event.end.sentence}"
        self.say(sentence, style)

    def _show(self, running: "list[str] | tuple[()]") -> None:
        total = len(self._totals)
        done = f"{total - self._left}/{counted(total, 'run')}"
        self._progress.update(
            self._task, completed=self._done, done=done, running=" · ".join(running)
        )
