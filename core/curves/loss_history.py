"""`LossHistory`: what one run reported so far, as columns that grow."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np

from core.config import RunConfig, changed
from core.counts import counted
from core.curves.growing import Growing
from core.curves.loss_table import SPEED, TIMES, read_losses
from core.curves.smoothing import MovingAverage
from core.protocol import Losses
from core.runs import RunError, RunFolder


@dataclass(frozen=True)
class Mark:
    """A setting was changed; `step` is the first one that it holds for."""

    step: int
    path: str
    value: Any

    @property
    def sentence(self) -> str:
        """`independence.enabled: off`."""
        value = ("off", "on")[self.value] if isinstance(self.value, bool) else self.value
        return f"{self.path.removeprefix('method.')}: {value}"


class LossHistory:
    """Columns of one run, one row a report: step, trained_s, wall_time, then every scalar.

    Attributes:
        path, name: the run's folder, and what a person calls it.
        colour: index in `INKS`; stays with the run.
        marks: changes of settings, in order.
        started_config: as started; None until it is read.
        trouble: what was wrong with the files, or empty.
    """

    def __init__(self, path: Path, name: str = "", colour: int = 0) -> None:
        self.path = path
        self.name = name or path.name
        self.colour = colour
        self.marks: list[Mark] = []
        self.started_config: RunConfig | None = None
        self.trouble = ""
        self._columns = {name: Growing() for name in TIMES}
        self._averages: dict[str, MovingAverage] = {}

    @classmethod
    def read(cls, path: Path) -> Self:
        """The history of the run at `path`; takes a second for a million rows, so not in the GUI.

        Raises:
            RunError, ConfigError: it is no run, or its config or losses cannot be read.
        """
        run = RunFolder.open(path)
        history = cls(path, run.name)
        history.started_config = run.config()
        columns, damaged = read_losses(run.losses)
        history._columns |= {name: Growing(values) for name, values in columns.items()}
        try:
            changes = run.changes()
        except RunError as error:
            changes, history.trouble = [], str(error)
        history.marks = [Mark(each["step"], each["path"], each["value"]) for each in changes]
        if damaged:
            rows = counted(damaged, "damaged row")
            history.trouble = f"{run.losses} has {rows}, left out of the curves."
        return history

    def __len__(self) -> int:
        return len(self._columns["step"])

    @property
    def scalars(self) -> tuple[str, ...]:
        """Names of all columns but the times, in the file's order; the speed comes last."""
        names = [name for name in self._columns if name not in (*TIMES, SPEED)]
        return (*names, SPEED) if SPEED in self._columns else tuple(names)

    def level(self, scalar: str) -> tuple[float, str] | None:
        """A value to compare a scalar with, and what it would mean; None: there is none."""
        config = self.config_at()
        known = config.method.scalars() if config else ()
        for each in known:
            if each.name == scalar and each.level is not None:
                return each.level, each.meaning
        return None

    @property
    def last_step(self) -> int:
        """The last step that was reported; 0 before the first report."""
        return int(self._columns["step"].values[-1]) if len(self) else 0

    def column(self, name: str) -> Growing | None:
        """One column, which goes on growing; None if the run never reported it."""
        return self._columns.get(name)

    def smoothed(self, name: str, factor: float) -> Growing | None:
        """The EMA of a column over all of its rows, which goes on growing with it."""
        column = self._columns.get(name)
        if column is None:
            return None
        average = self._averages.get(name)
        if average is None or average.factor != factor:
            average = self._averages[name] = MovingAverage(column, factor)
        return average.values

    def append(self, losses: Losses) -> bool:
        """Take in one report; whether it is new. One of an earlier step is known from the file."""
        if losses.step <= self.last_step:
            return False
        times = {
            "step": float(losses.step),
            "trained_s": losses.trained_s,
            "wall_time": losses.wall_time,
        }
        rows, row = len(self), times | losses.values | {SPEED: losses.images_per_s}
        for name in row:
            if name not in self._columns:
                self._columns[name] = Growing(np.full(rows, np.nan))
        for name, column in self._columns.items():
            value = row.get(name, math.nan)
            if name in times and rows:
                # A clock that was set back must not turn the curve back.
                value = max(value, float(column.values[-1]))
            column.append(value)
        for average in self._averages.values():
            average.update()
        return True

    def mark(self, step: int, path: str, value: Any) -> None:
        """Remember that a setting was changed."""
        mark = Mark(step, path, value)
        if mark not in self.marks:
            self.marks.append(mark)

    def config_at(self, step: int | None = None) -> RunConfig | None:
        """The settings that hold at a step, or now; None until they are read."""
        if self.started_config is None:
            return None
        marks = [mark for mark in self.marks if step is None or mark.step <= step]
        return changed(self.started_config, {mark.path: mark.value for mark in marks})

    def cut_back(self, step: int) -> None:
        """Forget what was reported after `step`, as a resumed run does.

        A change made when that step was over holds from the next one on, and is kept.
        """
        rows = int(np.searchsorted(self._columns["step"].values, step, side="right"))
        for column in self._columns.values():
            column.cut(rows)
        for average in self._averages.values():
            average.cut(rows)
        self.marks = [mark for mark in self.marks if mark.step <= step + 1]

    def marks_over(self, x_axis: str) -> list[tuple[float, str]]:
        """Where the marks stand on an axis (step, trained_s or wall_time), and what they say."""
        if not len(self):
            return []
        steps, x = self._columns["step"].values, self._columns[x_axis].values
        rows = np.searchsorted(steps, [mark.step for mark in self.marks])
        # A change holds from the step after the report that it was made at.
        places = (
            [float(mark.step) for mark in self.marks]
            if x_axis == "step"
            else x[np.minimum(rows, len(steps) - 1)].tolist()
        )
        return [(x, mark.sentence) for x, mark in zip(places, self.marks, strict=True)]
