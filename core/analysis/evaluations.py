"""`Evaluation`: a row of a run's scores.csv."""

import csv
import math
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from core.protocol import EvaluationMode

_FACTS = ("step", "images", "protocol")
_OF_PAIRS = "correlation."


@dataclass(frozen=True)
class Evaluation:
    """What the codes of so many real images scored at a step.

    scores: column of scores.csv -> number, which may be infinite; those that could be computed.
    """

    step: int
    images: int
    mode: EvaluationMode
    scores: Mapping[str, float]


def read_evaluations(
    lines: Iterable[str], only: tuple[int, EvaluationMode] | None = None
) -> list[Evaluation]:
    """The evaluations in the lines of a scores.csv, as they were made; damaged ones are left out.

    Correlations of pairs of codes, which stand there too, are no scores. only: a step and how it
    was evaluated; the others are not looked at, which takes a fraction of the time.
    """
    rows = csv.reader(lines)
    places = {name: place for place, name in enumerate(next(rows, []))}
    scored = [
        (name, place)
        for name, place in places.items()
        if name not in _FACTS and not name.startswith(_OF_PAIRS)
    ]
    found = []
    for row in rows:
        with suppress(IndexError, KeyError, ValueError):
            step, mode = int(row[places["step"]]), _mode(row, places)
            if only is not None and only != (step, mode):
                continue
            scores = {name: float(row[place]) for name, place in scored if row[place]}
            numbers = {name: value for name, value in scores.items() if not math.isnan(value)}
            found.append(Evaluation(step, int(row[places["images"]]), mode, numbers))
    return found


def evaluation_at(
    evaluations: Sequence[Evaluation], step: int, mode: EvaluationMode
) -> Evaluation | None:
    """That of a step, of most images; of equally many, the newest. None: there is none."""
    found = [each for each in evaluations if (each.step, each.mode) == (step, mode)]
    return max(reversed(found), key=lambda each: each.images, default=None)


def _mode(row: Sequence[str], places: Mapping[str, int]) -> EvaluationMode:
    """Runs of the first version have no such column, and were evaluated while they trained."""
    return "full" if "protocol" in places and row[places["protocol"]] == "full" else "live"
