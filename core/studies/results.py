"""What came out of a study: cells.csv, and the table of arms times scores."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from io import StringIO
from typing import Any

from core.analysis import (
    Evaluation,
    Summary,
    evaluation_at,
    paired_difference,
    read_evaluations,
    summarise,
)
from core.metrics.catalogue import in_order
from core.protocol import EvaluationMode
from core.runs.journal import complete_lines
from core.studies.errors import StudyError
from core.studies.folder import Cell, StudyFolder
from core.studies.study import Arm


@dataclass(frozen=True)
class ArmScores:
    """A line of the table.

    Attributes:
        arm: its name.
        n: how many of its runs were evaluated at their last step.
        scores: name -> its spread over those runs.
        against: name of the arm that it is told apart from; empty: none.
        difference: name -> the spread of this arm's score minus the other's, seed by seed.
        published: name -> what the literature has.
    """

    arm: str
    n: int
    scores: Mapping[str, Summary]
    against: str = ""
    difference: Mapping[str, Summary] = field(default_factory=dict)
    published: Mapping[str, float] = field(default_factory=dict)

    @property
    def pairs(self) -> int:
        """How many seeds both arms have."""
        return max((each.n for each in self.difference.values()), default=0)


class Results:
    """The evaluations of a study's cells, read when they are asked for, and once.

    What reads them raises a StudyError where a file of a run cannot be read.
    """

    def __init__(self, folder: StudyFolder) -> None:
        self.folder = folder
        self._began = folder.began()

    @cached_property
    def evaluations(self) -> dict[str, list[Evaluation]]:
        """Name of a cell -> all its evaluations."""
        return {cell.name: self._read(cell) for cell in self.folder.cells}

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The scores of the table: those that the study names, or all that some cell has."""
        if self.folder.study.scores:
            return self.folder.study.scores
        found = (each for seeds in self._final.values() for each in seeds.values())
        return in_order(name for each in found for name in each.scores)

    @cached_property
    def live_names(self) -> tuple[str, ...]:
        """Those of the scores that are computed while runs train."""
        known = in_order(
            name for cell in self.folder.cells for each in self.live(cell) for name in each.scores
        )
        wanted = self.folder.study.scores or known
        return tuple(name for name in wanted if name in known)

    def live(self, cell: Cell) -> list[Evaluation]:
        """A cell's evaluations while it trained."""
        return [each for each in self.evaluations[cell.name] if each.mode == "live"]

    @cached_property
    def table(self) -> tuple[ArmScores, ...]:
        """A line an arm, of its runs' full evaluations at the last step that the study has."""
        return tuple(map(self._line, self.folder.study.arms))

    @property
    def lacking(self) -> int:
        """How many cells stand in no line of the table."""
        return self.folder.study.cells - sum(line.n for line in self.table)

    def cells_csv(self) -> str:
        """A row a cell and evaluated step, of all scores."""
        names = in_order(
            name for found in self.evaluations.values() for each in found for name in each.scores
        )
        file = StringIO()
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["arm", "seed", "run", "step", "images", "protocol", *names])
        for cell in self.folder.cells:
            for each in self.evaluations[cell.name]:
                facts = (cell.arm, cell.seed, cell.name, each.step, each.images, each.mode)
                rows.writerow([*facts, *(each.scores.get(name, "") for name in names)])
        return file.getvalue()

    def scores_of(self, arm: str, name: str) -> list[float]:
        """Of every run of the arm that has it, in the order of the seeds."""
        scores = self._scores[arm].get(name, {})
        return [scores[seed] for seed in sorted(scores)]

    @cached_property
    def _final(self) -> dict[str, dict[int, Evaluation]]:
        """Arm -> seed -> the full evaluation at the last step."""
        found: dict[str, dict[int, Evaluation]] = {arm.name: {} for arm in self.folder.study.arms}
        for cell in self.folder.cells:
            last = cell.config.steps
            evaluation = evaluation_at(self._read(cell, (last, "full")), last, "full")
            if evaluation is not None:
                found[cell.arm][cell.seed] = evaluation
        return found

    @cached_property
    def _scores(self) -> dict[str, dict[str, dict[int, float]]]:
        """Arm -> name -> seed -> score, of the full evaluations at the last step."""
        found: dict[str, dict[str, dict[int, float]]] = {arm: {} for arm in self._final}
        for arm, evaluations in self._final.items():
            for seed, each in evaluations.items():
                for name, score in each.scores.items():
                    found[arm].setdefault(name, {})[seed] = score
        return found

    def _read(self, cell: Cell, only: tuple[int, EvaluationMode] | None = None) -> list[Evaluation]:
        if cell.name not in self._began:
            return []
        path = self.folder.run(cell).scores
        try:
            return read_evaluations(complete_lines(path), only)
        except OSError as error:
            raise StudyError(f"Cannot read {path}: {error.strerror}.") from None

    def _line(self, arm: Arm) -> ArmScores:
        ours = self._scores[arm.name]
        theirs = self._scores[arm.against] if arm.against else {}
        scores, difference = {}, {}
        for name in self.names:
            if name in ours:
                scores[name] = summarise(self.scores_of(arm.name, name))
            if apart := paired_difference(ours.get(name, {}), theirs.get(name, {})):
                difference[name] = apart
        n = len(self._final[arm.name])
        return ArmScores(arm.name, n, scores, arm.against, difference, arm.published)


def as_lines(table: Iterable[ArmScores]) -> list[dict[str, Any]]:
    """The table as programs read it."""
    lines = []
    for line in table:
        told: dict[str, Any] = {"arm": line.arm, "n": line.n, "scores": _told(line.scores)}
        if line.against:
            apart = {"against": line.against, "n": line.pairs, "scores": _told(line.difference)}
            told["difference"] = apart
        if line.published:
            told["published"] = dict(line.published)
        lines.append(told)
    return lines


def _told(scores: Mapping[str, Summary]) -> dict[str, dict[str, float | None]]:
    return {
        name: {"mean": s.mean, "sd": s.sd, "low": s.low, "high": s.high, "n": s.n}
        for name, s in scores.items()
    }
