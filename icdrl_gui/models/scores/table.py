"""Histories of runs -> a table of scores: each run, means over seeds, what the constraint does."""

import math
import statistics
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from core.config import CONSTRAINT, RunConfig, flat
from core.counts import counted, named_step
from core.export import ScoreCell, ScoreColumn, ScoreLine, ScoreSheet
from core.protocol import EvaluationMode
from icdrl_gui.models.runs.history import History
from icdrl_gui.models.runs.retraining import CONSTRAINT_ENABLED
from icdrl_gui.models.scores.history import Scores
from icdrl_gui.models.scores.titles import column_of, in_order

_CONSTRAINT = f"{CONSTRAINT}."
# What does not decide what a step computes, and what the lines are about.
_ASIDE = {
    CONSTRAINT_ENABLED,
    "seed",
    "schema",
    "preset",
    "steps",
    "report_every",
    "picture_every",
    "evaluate_every",
    "checkpoint_every",
}
_MODES: dict[EvaluationMode, str] = {"live": "while training", "full": "full evaluation"}


@dataclass(frozen=True)
class _Run:
    """A shown run; `config`: what the evaluated step was trained with, None until it is read."""

    number: int
    history: History
    config: RunConfig | None
    found: Scores | None


@dataclass(frozen=True)
class _Group:
    """Evaluated runs that differ in their seeds alone.

    Attributes:
        setting: all but the constraint: settings, changes, step, number of images.
        is_on: whether the constraint is on; None: the method has none.
        runs: of each seed its runs.
    """

    setting: Hashable
    is_on: bool | None
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
        if on.is_on and off.is_on is False and on.setting == off.setting
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
    groups: dict[tuple[Hashable, bool | None, Hashable], dict[int, list[_Run]]] = {}
    for run in runs:
        if run.config is None or run.found is None:
            continue
        is_on = _is_on(run.config)
        settings = {path: str(v) for path, v in flat(run.config).items() if path not in _ASIDE}
        constraint = {path for path in settings if path.startswith(_CONSTRAINT)}
        rest = tuple(settings[path] for path in settings if path not in constraint)
        changes = tuple(
            (mark.step, mark.path, str(mark.value))
            for mark in run.history.marks
            if mark.step <= run.found.step
            and (mark.path not in _ASIDE or mark.path == CONSTRAINT_ENABLED)
        )
        # How a constraint is set that is off does not matter.
        how = tuple(settings[path] for path in sorted(constraint)) if is_on else ()
        setting = rest, changes, run.found.step, run.found.images
        seeds = groups.setdefault((setting, is_on, how), {})
        seeds.setdefault(run.config.seed, []).append(run)
    return [_Group(setting, is_on, seeds) for (setting, is_on, _), seeds in groups.items()]


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
            cells[column.name] = _mean([*values.values()])
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
        pairs = [(left[seed], right[seed]) for seed in paired if seed in left and seed in right]
        if not paired and len(left) == len(on.runs) and len(right) == len(off.runs):
            pairs = [(statistics.fmean(left.values()), statistics.fmean(right.values()))]
        elif len(pairs) < len(paired):
            continue
        if pairs and all(math.isfinite(value) for pair in pairs for value in pair):
            cells[column.name] = _mean([first - second for first, second in pairs])
    numbers = [group.numbers(paired or group.runs) for group in (on, off)]
    what = " − ".join(",".join(map(str, each)) for each in numbers)
    how = "not paired"
    if paired:
        how = counted(len(paired), "seed")
    return ScoreLine("difference", (f"difference {what}", "on − off", how, *on.where), cells)


def _mean(values: Sequence[float]) -> ScoreCell:
    """With the sample standard deviation, where there is one."""
    has_spread = len(values) > 1 and all(map(math.isfinite, values))
    return ScoreCell(statistics.fmean(values), statistics.stdev(values) if has_spread else None)


def _where(found: Scores | None) -> tuple[str, str]:
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
