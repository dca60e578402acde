"""`ScoreHistory`: every evaluation of one run so far."""

import math
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice

from core.bounds import MOST_SCALARS
from core.curves.growing import Growing
from core.metrics.catalogue import TITLES
from core.protocol import Evaluated, EvaluationMode
from core.runs import RunFolder

_NO_SCORES = ("step", "images", "protocol")


@dataclass(frozen=True)
class Scores:
    """One evaluation; values: column of scores.csv -> number, which may be infinite."""

    step: int
    images: int
    mode: EvaluationMode
    values: Mapping[str, float]

    def __contains__(self, name: str) -> bool:
        return name in self.values

    @property
    def knows_factors(self) -> bool:
        """Whether there is a score that needs factors."""
        return any(name in TITLES and TITLES[name].needs_factors for name in self.values)


class ScoreHistory:
    """Of each step and mode the evaluation of most images; of equally many, the newest."""

    def __init__(self, rows: Iterable[Scores] = ()) -> None:
        self._rows: dict[tuple[int, EvaluationMode], Scores] = {}
        for row in rows:
            self._put(row)

    @classmethod
    def read(cls, run: RunFolder) -> "ScoreHistory":
        """What scores.csv says; damaged rows are left out, and those about a concept."""
        found = []
        for row in run.rows(run.scores):
            if row.get("concept"):
                continue
            with suppress(KeyError, TypeError, ValueError):
                found.append(_scores_of(row))
        return cls(found)

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, event: Evaluated) -> None:
        """The run was evaluated."""
        values = {"total_correlation": event.total_correlation} | event.scores
        self._put(Scores(event.step, event.images, event.mode, _numbers(values)))

    def cut_back(self, step: int) -> None:
        """Forget what was evaluated after `step`, as a resumed run does."""
        self._rows = {key: row for key, row in self._rows.items() if row.step <= step}

    def rows(self, mode: EvaluationMode | None = None) -> list[Scores]:
        """In the order of their steps."""
        found = [row for row in self._rows.values() if mode in (None, row.mode)]
        return sorted(found, key=lambda row: row.step)

    def at(self, mode: EvaluationMode, step: int | None = None) -> Scores | None:
        """The evaluation at a step, or the one of the newest step."""
        if step is not None:
            return self._rows.get((step, mode))
        return next(reversed(self.rows(mode)), None)

    def curve(self, name: str, mode: EvaluationMode) -> tuple[Growing, Growing] | None:
        """Steps and finite values of a score by one mode; None where there are none."""
        points = [
            (float(row.step), row.values[name])
            for row in self.rows(mode)
            if name in row and math.isfinite(row.values[name])
        ]
        return (Growing(x for x, _ in points), Growing(y for _, y in points)) if points else None

    @property
    def names(self) -> tuple[str, ...]:
        """Every score that some evaluation has."""
        return tuple(dict.fromkeys(name for row in self.rows() for name in row.values))

    def _put(self, row: Scores) -> None:
        known = self._rows.get((row.step, row.mode))
        if known is None or row.images >= known.images:
            self._rows[row.step, row.mode] = row


def _scores_of(row: Mapping[str, str]) -> Scores:
    """A row of scores.csv.

    Raises:
        KeyError, TypeError, ValueError: it is damaged.
    """
    told = (
        (name, float(text))
        for name, text in row.items()
        if text and name not in _NO_SCORES and not name.startswith("correlation.")
    )
    values = dict(islice(told, MOST_SCALARS))
    # Runs of earlier versions have no such column, and were evaluated while they trained.
    mode: EvaluationMode = "full" if row.get("protocol") == "full" else "live"
    return Scores(int(row["step"]), int(row["images"]), mode, _numbers(values))


def _numbers(values: Mapping[str, float]) -> dict[str, float]:
    return {name: value for name, value in values.items() if not math.isnan(value)}
