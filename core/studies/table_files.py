"""The table of a study as CSV for programs, as LaTeX for papers, and in words."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from io import StringIO

from core.analysis import CONFIDENCE, Summary
from core.counts import counted
from core.export.score_sheet import LATEX_ARROWS, escaped
from core.metrics.catalogue import TITLES
from core.studies.results import ArmScores
from core.studies.study import Study

_PARTS = ("mean", "sd", "low", "high")
_ARROWS = {"higher": " ↑", "lower": " ↓", "neither": ""}


def title_of(name: str) -> str:
    """What a score is called, with the direction that is better: `MIG ↑`."""
    return f"{TITLES[name].title}{_ARROWS[TITLES[name].direction]}" if name in TITLES else name


def spread_of(summary: Summary | None, sign: str = "") -> str:
    """`0.412 ± 0.031`, or a dash where there is nothing; sign `+` for differences."""
    if summary is None:
        return "–"
    deviation = "" if summary.sd is None else f" ± {summary.sd:.3f}"
    return _number(summary.mean, sign) + deviation


def interval_of(summary: Summary | None, sign: str = "") -> str:
    """`[0.390, 0.431]`, or nothing where there is none."""
    if summary is None or summary.low is None or summary.high is None:
        return ""
    return f"[{_number(summary.low, sign)}, {_number(summary.high, sign)}]"


def difference_title(line: ArmScores) -> str:
    """What a line of differences is called."""
    return f"{line.arm} − {line.against}"


def how_it_was_made(study: Study, lacking: int) -> str:
    """What the numbers of the table are, and how many runs are not among them."""
    missing = f"; {lacking:,} of {counted(study.cells, 'run')} are not in it" if lacking else ""
    return (
        f"mean ± sd over seeds, {CONFIDENCE:.0%} bootstrap interval of the mean; full evaluations "
        f"at the last step, none chosen by its score{missing}"
    )


def table_csv(table: Sequence[ArmScores], names: Sequence[str]) -> str:
    """A row an arm, a difference, and what was published, with all digits."""
    file = StringIO()
    rows = csv.writer(file, lineterminator="\n")
    columns = [f"{name}.{part}" if part != "mean" else name for name in names for part in _PARTS]
    rows.writerow(["kind", "arm", "against", "n", *columns])
    for line in table:
        rows.writerow(["arm", line.arm, "", line.n, *_cells(line.scores, names)])
    for line in table:
        if line.against:
            facts = ["difference", line.arm, line.against, line.pairs]
            rows.writerow([*facts, *_cells(line.difference, names)])
    for line in table:
        if line.published:
            alone = {name: Summary(1, value) for name, value in line.published.items()}
            rows.writerow(["published", line.arm, "", "", *_cells(alone, names)])
    return file.getvalue()


def table_latex(
    table: Sequence[ArmScores], names: Sequence[str], study: Study, lacking: int
) -> str:
    """A tabular with the rules of the package booktabs; below each mean its interval."""
    lines = [f"% {study.name}: {how_it_was_made(study, lacking)}", r"% \usepackage{booktabs}"]
    lines.append(rf"\begin{{tabular}}{{lr{'r' * len(names)}}}")
    heads = [escaped(TITLES[n].title) + LATEX_ARROWS[TITLES[n].direction] for n in names]
    lines += [r"\toprule", _row(["Arm", "$n$", *heads]), r"\midrule"]
    for line in table:
        lines += _latex_lines(line.arm, line.n, line.scores, names)
        if line.published:
            values = [line.published.get(name) for name in names]
            shown = ["--" if value is None else f"{value:g}" for value in values]
            source = f"~~{escaped(study.published_in or 'published')}"
            lines.append(_row([source, "", *shown]))
    if any(line.against for line in table):
        lines.append(r"\midrule")
    for line in table:
        if line.against:
            title = difference_title(line)
            lines += _latex_lines(title, line.pairs, line.difference, names, "+")
    return "\n".join([*lines, r"\bottomrule", r"\end{tabular}", ""])


def _latex_lines(
    title: str, n: int, scores: Mapping[str, Summary], names: Sequence[str], sign: str = ""
) -> list[str]:
    spreads = [escaped(spread_of(scores.get(name), sign)) for name in names]
    lines = [_row([escaped(title), str(n), *spreads])]
    intervals = [escaped(interval_of(scores.get(name), sign)) for name in names]
    if any(intervals):
        small = [rf"{{\scriptsize {each}}}" if each else "" for each in intervals]
        lines.append(_row(["", "", *small]))
    return lines


def _row(cells: Iterable[str]) -> str:
    return " & ".join(cells) + r" \\"


def _cells(scores: Mapping[str, Summary], names: Sequence[str]) -> list[object]:
    cells: list[object] = []
    for name in names:
        found = scores.get(name)
        parts = [getattr(found, part) if found else None for part in _PARTS]
        cells += ["" if part is None else repr(part) for part in parts]
    return cells


def _number(value: float, sign: str) -> str:
    return f"{value:{sign}.3f}".replace("-", "−").replace("inf", "∞")
