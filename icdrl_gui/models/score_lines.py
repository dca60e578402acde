"""Histories of runs -> a table of scores: each run, means over seeds, what the constraint does."""

import statistics
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from core.config import RunConfig, flat
from core.export import ScoreCell, ScoreColumn, ScoreLine, ScoreSheet
from core.protocol import Protocol
from icdrl_gui.models.retraining import CONSTRAINT_ENABLED
from icdrl_gui.models.run_history import History
from icdrl_gui.models.score_history import Scores
from icdrl_gui.models.score_titles import column_of, in_order

_SEED = "seed"
# What does not decide what a step computes.
_ASIDE = {
    _SEED,
    "schema",
    "preset",
    "steps",
    "report_every",
    "picture_every",
    "evaluate_every",
    "checkpoint_every",
}
_PROTOCOLS: dict[Protocol, str] = {
    "live": "2,000 images, while training",
    "full": "20,000 images, full protocol",
}


@dataclass(frozen=True)
class _Run:
    """A run with the evaluation that stands in the table."""

    number: int
    history: History
    found: Scores | None

    @property
    def config(self) -> RunConfig | None:
        return self.history.config


def score_sheet(
    histories: Sequence[History], protocol: Protocol, at_common_step: bool = True
) -> ScoreSheet:
    """The table of scores of these runs.

    at_common_step: of the newest step at which all of them were evaluated so, where there is one;
    else of each run's newest.
    """
    step = common_step(histories, protocol) if at_common_step else None
    runs = [
        _Run(number, history, history.scores.at(protocol, step))
        for number, history in enumerate(histories, 1)
    ]
    names = in_order(name for run in runs if run.found for name in run.found.values)
    columns = tuple(column_of(name) for name in names)
    groups = _by(runs, _SEED)
    means = [_mean_line(group, columns) for group in groups if len(group) > 1]
    differences = [
        line
        for pair in _by(runs, _SEED, CONSTRAINT_ENABLED)
        if (line := _difference_line(pair, columns))
    ]
    lines = (*(_run_line(run) for run in runs), *means, *differences)
    return ScoreSheet(columns, lines, _note(runs, protocol, step, at_common_step))


def common_step(histories: Iterable[History], protocol: Protocol) -> int | None:
    """The newest step at which all of the runs that were evaluated so at all were."""
    steps = [{row.step for row in history.scores.rows(protocol)} for history in histories]
    known = [each for each in steps if each]
    return max(set.intersection(*known), default=None) if known else None


def _run_line(run: _Run) -> ScoreLine:
    config, found = run.config, run.found
    facts = (
        run.history.name,
        _constraint(config),
        "" if config is None else str(config.seed),
        f"{found.step:,}" if found else "–",
        f"{found.images:,}" if found else "–",
    )
    values = found.values if found else {}
    cells = {name: ScoreCell(value) for name, value in values.items()}
    return ScoreLine("run", facts, cells, run.number, run.history.colour)


def _mean_line(runs: Sequence[_Run], columns: Sequence[ScoreColumn]) -> ScoreLine:
    cells = {}
    for column in columns:
        values = _values(runs, column.name)
        if values:
            cells[column.name] = _mean(list(values.values()))
    seeds = len({run.config.seed for run in runs if run.config})
    facts = (
        f"mean ± sd of {', '.join(str(run.number) for run in runs)}",
        _constraint(runs[0].config),
    )
    return ScoreLine("mean", (*facts, f"{seeds} seeds", *_shared(runs)), cells)


def _difference_line(runs: Sequence[_Run], columns: Sequence[ScoreColumn]) -> ScoreLine | None:
    """On minus off; None unless there are both. Seeds that both have are paired."""
    sides = [
        [run for run in runs if run.config and _is_on(run.config) is on] for on in (True, False)
    ]
    on, off = sides
    if not on or not off:
        return None
    cells, paired = {}, 0
    for column in columns:
        left, right = _values(on, column.name), _values(off, column.name)
        seeds = [seed for seed in left if seed in right]
        paired = max(paired, len(seeds))
        if seeds:
            cells[column.name] = _mean([left[seed] - right[seed] for seed in seeds])
        elif left and right:
            apart = statistics.fmean(left.values()) - statistics.fmean(right.values())
            cells[column.name] = ScoreCell(apart)
    numbers = " − ".join(",".join(str(run.number) for run in side) for side in sides)
    how = "not paired"
    if paired:
        how = "1 seed" if paired == 1 else f"{paired} seeds"
    return ScoreLine(
        "difference", (f"difference {numbers}", "on − off", how, *_shared(runs)), cells
    )


def _by(runs: Iterable[_Run], *aside: str) -> list[list[_Run]]:
    """Runs of equal settings but these, which are left aside, together; in the runs' order."""
    keyed = [(repr(_key(run, aside)), run) for run in runs if run.config is not None]
    order = list(dict.fromkeys(key for key, _ in keyed))
    keyed.sort(key=lambda pair: order.index(pair[0]))
    return [[run for _, run in group] for _, group in groupby(keyed, key=lambda pair: pair[0])]


def _key(run: _Run, aside: Iterable[str]) -> Hashable:
    assert run.config is not None
    left_aside = _ASIDE | set(aside)
    settings: Mapping[str, Any] = flat(run.config)
    kept = tuple((path, str(value)) for path, value in settings.items() if path not in left_aside)
    marks = run.history.marks
    changes = tuple((m.step, m.path, str(m.value)) for m in marks if m.path not in _ASIDE)
    return kept, changes


def _values(runs: Iterable[_Run], name: str) -> dict[int, float]:
    """Seed -> score; of several runs of one seed the last."""
    return {
        run.config.seed: run.found.values[name]
        for run in runs
        if run.config and run.found and name in run.found.values
    }


def _mean(values: Sequence[float]) -> ScoreCell:
    spread = statistics.stdev(values) if len(values) > 1 else None
    return ScoreCell(statistics.fmean(values), spread)


def _shared(runs: Iterable[_Run]) -> tuple[str, str]:
    """Step and images, where all runs have the same."""
    found = [run.found for run in runs if run.found]
    steps, images = {each.step for each in found}, {each.images for each in found}
    return (
        f"{steps.pop():,}" if len(steps) == 1 else "various",
        f"{images.pop():,}" if len(images) == 1 else "various",
    )


def _is_on(config: RunConfig) -> bool:
    return config.method.independence.enabled


def _constraint(config: RunConfig | None) -> str:
    if config is None:
        return ""
    return "on" if _is_on(config) else "off"


def _note(runs: Sequence[_Run], protocol: Protocol, step: int | None, at_common_step: bool) -> str:
    """How and where the scores were taken."""
    how, found = _PROTOCOLS[protocol], [run for run in runs if run.found]
    if not found:
        return f"No run on show was evaluated so yet: {how}."
    lacking = len(runs) - len(found)
    rest = f" {lacking} of {len(runs)} runs have none." if lacking else ""
    if step is not None:
        which = "" if len(found) == 1 else f", the newest that all {len(found)} runs have"
        return f"Step {step:,}{which}: {how}.{rest}"
    apart = " (there is none that all have)" if at_common_step else ""
    return f"The newest step of each run{apart}: {how}.{rest}"
