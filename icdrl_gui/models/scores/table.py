"""Histories of runs -> a table of scores: each run, means over seeds, what the constraint does."""

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from core.analysis import Evaluation, Grouped, Summary, grouped, paired_difference, summarise
from core.config import RunConfig
from core.counts import counted, named_step
from core.export import ScoreCell, ScoreColumn, ScoreLine, ScoreSheet
from core.metrics.catalogue import in_order
from core.protocol import EvaluationMode
from icdrl_gui.models.runs.history import History
from icdrl_gui.models.scores.titles import column_of

_MODES: dict[EvaluationMode, str] = {"live": "while training", "full": "full evaluation"}


@dataclass(frozen=True)
class _Run:
    """A shown run; `config`: what the evaluated step was trained with, None until it is read."""

    number: int
    history: History
    config: RunConfig | None
    found: Evaluation | None


@dataclass(frozen=True)
class _Group:
    """Evaluated runs that differ in their seeds alone.

    Attributes:
        computes: what they compute at a step.
        runs: of each seed its runs.
    """

    computes: Grouped
    runs: Mapping[int, Sequence[_Run]]

    def scores(self, name: str) -> dict[int, float]:
        """Seed -> score, the mean of its runs; without the seeds that lack it."""
        scores = {}
        for seed, runs in self.runs.items():
            values = [run.found.values[name] for run in runs if run.found and name in run.found]
            if values:
                scores[seed] = statistics.fmean(values)
        return scores

    def numbers(self, seeds: Iterable[int]) -> list[int]:
        """The runs of these seeds, as numbered on screen."""
        return sorted(run.number for seed in seeds for run in self.runs[seed])

    @property
    def is_on(self) -> bool | None:
        """Whether the constraint is on; None: the method has none."""
        return self.computes.is_on

    @property
    def where(self) -> tuple[str, str]:
        """Step and number of images, which all runs share."""
        return _where(next(iter(self.runs.values()))[0].found)


def score_sheet(
    histories: Sequence[History], mode: EvaluationMode, at_common_step: bool = True
) -> ScoreSheet:
    """The table of scores of these runs.

    Means and differences are of runs at the same step and of equally many images only.

    at_common_step: of the newest step at which all of them were evaluated so, where there is one;
    else of each run's newest.
    """
    step = common_step(histories, mode) if at_common_step else None
    runs = []
    for number, history in enumerate(histories, 1):
        found = history.scores.at(mode, step)
        config = history.config_at(found.step if found else None)
        runs.append(_Run(number, history, config, found))
    names = in_order(name for run in runs if run.found for name in run.found.values)
    columns = tuple(column_of(name) for name in names)
    groups = _groups(runs)
    means = [_mean_line(group, columns) for group in groups if len(group.runs) > 1]
    differences = [
        _difference_line(on, off, columns)
        for on in groups
        for off in groups
        if on.is_on and off.is_on is False
        if (on.computes.rest, on.where) == (off.computes.rest, off.where)
    ]
    lines = (*(_run_line(run) for run in runs), *means, *differences)
    return ScoreSheet(columns, lines, _note(runs, mode, step, at_common_step))


def common_step(histories: Iterable[History], mode: EvaluationMode) -> int | None:
    """The newest step at which all of the runs that were evaluated so at all were."""
    steps = [{row.step for row in history.scores.rows(mode)} for history in histories]
    known = [each for each in steps if each]
    return max(set.intersection(*known), default=None) if known else None


def _groups(runs: Iterable[_Run]) -> list[_Group]:
    """In the order of the first run of each."""
    groups: dict[tuple[Grouped, int, int], dict[int, list[_Run]]] = {}
    for run in runs:
        if run.config is None or run.found is None:
            continue
        found = run.found
        marks = [mark for mark in run.history.marks if mark.step <= found.step]
        computes = grouped(run.config, ((mark.step, mark.path, mark.value) for mark in marks))
        seeds = groups.setdefault((computes, found.step, found.images), {})
        seeds.setdefault(run.config.seed, []).append(run)
    return [_Group(computes, seeds) for (computes, *_), seeds in groups.items()]


def _run_line(run: _Run) -> ScoreLine:
    config, found = run.config, run.found
    constraint, seed = ("", "") if config is None else (_on_off(_is_on(config)), str(config.seed))
    values = found.values if found else {}
    cells = {name: ScoreCell(value) for name, value in values.items()}
    facts = (run.history.name, constraint, seed, *_where(found))
    return ScoreLine("run", facts, cells, run.number, run.history.colour)


def _mean_line(group: _Group, columns: Sequence[ScoreColumn]) -> ScoreLine:
    """Over all seeds; a score that some seed lacks has no mean."""
    cells = {}
    for column in columns:
        values = group.scores(column.name)
        if len(values) == len(group.runs):
            cells[column.name] = _cell(summarise(values.values()))
    who = ", ".join(map(str, group.numbers(group.runs)))
    seeds = counted(len(group.runs), "seed")
    facts = (f"mean ± sd of {who}", _on_off(group.is_on), seeds, *group.where)
    return ScoreLine("mean", facts, cells)


def _difference_line(on: _Group, off: _Group, columns: Sequence[ScoreColumn]) -> ScoreLine:
    """On minus off, of the seeds that both have; where they share none, of their means."""
    paired = [seed for seed in on.runs if seed in off.runs]
    cells = {}
    for column in columns:
        left, right = on.scores(column.name), off.scores(column.name)
        if not paired and len(left) == len(on.runs) and len(right) == len(off.runs):
            left, right = ({0: statistics.fmean(each.values())} for each in (left, right))
        found = paired_difference(left, right)
        if found and found.n == max(len(paired), 1):
            cells[column.name] = _cell(found)
    numbers = [group.numbers(paired or group.runs) for group in (on, off)]
    what = " − ".join(",".join(map(str, each)) for each in numbers)
    how = "not paired"
    if paired:
        how = counted(len(paired), "seed")
    return ScoreLine("difference", (f"difference {what}", "on − off", how, *on.where), cells)


def _cell(found: Summary) -> ScoreCell:
    interval = None if found.low is None or found.high is None else (found.low, found.high)
    return ScoreCell(found.mean, found.sd, interval)


def _where(found: Evaluation | None) -> tuple[str, str]:
    return (f"{found.step:,}", f"{found.images:,}") if found else ("–", "–")


def _is_on(config: RunConfig) -> bool | None:
    constraint = config.method.constraint
    return None if constraint is None else constraint.enabled


def _on_off(is_on: bool | None) -> str:
    return {True: "on", False: "off", None: "–"}[is_on]


def _note(
    runs: Sequence[_Run], mode: EvaluationMode, step: int | None, at_common_step: bool
) -> str:
    """How and where the scores were taken."""
    how, found = _MODES[mode], [run.found for run in runs if run.found]
    if not found:
        return f"None of the shown runs was evaluated so yet: {how}."
    counts = sorted({each.images for each in found})
    fewest = f"{counts[0]:,} to " if counts[0] < counts[-1] else ""
    how += f", {fewest}{counted(counts[-1], 'image')}"
    if len({(each.step, each.images) for each in found}) > 1:
        how += "; only equal steps and numbers of images are compared"
    lacking = len(runs) - len(found)
    rest = f" {lacking} of {len(runs)} runs have none." if lacking else ""
    if step is not None:
        which = "" if len(found) == 1 else f", the newest that all {len(found)} runs have"
        return f"{named_step(step).capitalize()}{which}: {how}.{rest}"
    apart = " (there is none that all have)" if at_common_step else ""
    return f"The newest step of each run{apart}: {how}.{rest}"
