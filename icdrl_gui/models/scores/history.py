"""`ScoreHistory`: every evaluation of one run so far."""

import math
from collections.abc import Iterable, Mapping

from core.analysis import Evaluation, evaluations_of
from core.curves.growing import Growing
from core.protocol import Evaluated, EvaluationMode
from core.runs import RunFolder


class ScoreHistory:
    """Of each step and mode the evaluation of most images; of equally many, the newest."""

    def __init__(self, rows: Iterable[Evaluation] = ()) -> None:
        self._rows: dict[tuple[int, EvaluationMode], Evaluation] = {}
        for row in rows:
            self._put(row)

    @classmethod
    def read(cls, run: RunFolder) -> "ScoreHistory":
        """What scores.csv says; damaged rows are left out, and those about a concept."""
        return cls(evaluations_of(run))

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, event: Evaluated) -> None:
        """The run was evaluated."""
        values = {"total_correlation": event.total_correlation} | event.scores
        self._put(Evaluation(event.step, event.images, event.mode, _numbers(values)))

    def cut_back(self, step: int) -> None:
        """Forget what was evaluated after `step`, as a resumed run does."""
        self._rows = {key: row for key, row in self._rows.items() if row.step <= step}

    def rows(self, mode: EvaluationMode | None = None) -> list[Evaluation]:
        """In the order of their steps."""
        found = [row for row in self._rows.values() if mode in (None, row.mode)]
        return sorted(found, key=lambda row: row.step)

    def at(self, mode: EvaluationMode, step: int | None = None) -> Evaluation | None:
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

    def _put(self, row: Evaluation) -> None:
        known = self._rows.get((row.step, row.mode))
        if known is None or row.images >= known.images:
            self._rows[row.step, row.mode] = row


def _numbers(values: Mapping[str, float]) -> dict[str, float]:
    return {name: value for name, value in values.items() if not math.isnan(value)}
