"""`ScoreSheet`: scores of several runs as a table; as CSV for programs, as LaTeX for papers."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from io import StringIO
from typing import Literal

from core.export.errors import ExportError
from core.export.recipe import CurvesRecipe
from core.export.table import PREFIX

Kind = Literal["run", "mean", "difference"]

FACTS = ("run", "constraint", "seed", "step", "images")
"""What stands before the scores in each line."""

LATEX_ARROWS = {"higher": r"\,$\uparrow$", "lower": r"\,$\downarrow$", "neither": ""}
_SPECIAL = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{letter: f"\\{letter}" for letter in "&%$#_{}"},
    "−": "$-$",
    "±": r"$\pm$",
    "∞": r"$\infty$",
    "–": "--",
}


@dataclass(frozen=True)
class ScoreColumn:
    """A score's name in scores.csv, its title, which direction is better, whether it counts."""

    name: str
    title: str
    direction: Literal["higher", "lower", "neither"] = "neither"
    counts: bool = False


@dataclass(frozen=True)
class ScoreCell:
    """A score, or the mean of several; `spread`: their sample standard deviation."""

    value: float
    spread: float | None = None


@dataclass(frozen=True)
class ScoreLine:
    """One run, the mean over seeds, or the difference that the constraint makes.

    Attributes:
        facts: a text for each of `FACTS`.
        cells: name of a column -> its score; a score that is missing has none.
        number, colour: of the run in the legend; 0 and None for other lines.
    """

    kind: Kind
    facts: tuple[str, str, str, str, str]
    cells: Mapping[str, ScoreCell] = field(default_factory=dict)
    number: int = 0
    colour: int | None = None

    def text(self, column: ScoreColumn) -> str:
        """`0.412 ± 0.031`, of a count `5`, with a sign in front of differences; or empty."""
        cell = self.cells.get(column.name)
        if cell is None:
            return ""
        sign = "+" if self.kind == "difference" else ""
        digits = 0 if column.counts and cell.spread is None and cell.value.is_integer() else 3
        text = f"{cell.value:{sign}.{digits}f}".replace("-", "−").replace("inf", "∞")
        return text if cell.spread is None else f"{text} ± {cell.spread:.3f}"


@dataclass(frozen=True)
class ScoreSheet:
    """Lines and columns of a table; `note` says how and at which step the scores were taken."""

    columns: tuple[ScoreColumn, ...] = ()
    lines: tuple[ScoreLine, ...] = ()
    note: str = ""


def scores_csv(sheet: ScoreSheet, recipe: CurvesRecipe | None = None) -> str:
    """A line a row, with all digits, and the spread of a score in a column of its own.

    Raises:
        ExportError: there are no lines.
    """
    _require_any(sheet.lines)
    spread = [
        column.name
        for column in sheet.columns
        if any(_spread(line, column.name) is not None for line in sheet.lines)
    ]
    file = StringIO()
    if recipe is not None:
        file.write(f"{PREFIX}{recipe.to_json()}\n")
    table = csv.writer(file, lineterminator="\n")
    names = [column.name for column in sheet.columns]
    table.writerow(["kind", *FACTS, *(each for name in names for each in _headings(name, spread))])
    for line in sheet.lines:
        run, constraint, seed, step, images = line.facts
        counts = (step.replace(",", ""), images.replace(",", ""))
        row: list[object] = [line.kind, run, constraint, seed, *counts]
        for name in names:
            cell = line.cells.get(name)
            row.append("" if cell is None else f"{cell.value:.6g}")
            if name in spread:
                deviation = _spread(line, name)
                row.append("" if deviation is None else f"{deviation:.6g}")
        table.writerow(row)
    return file.getvalue()


def scores_latex(sheet: ScoreSheet, recipe: CurvesRecipe | None = None) -> str:
    """A tabular with the rules of the package booktabs; arrows say which direction is better.

    Raises:
        ExportError: there are no lines.
    """
    _require_any(sheet.lines)
    lines = [f"% {sheet.note}", r"% \usepackage{booktabs}"]
    if recipe is not None:
        lines.insert(0, f"% icdrl {recipe.to_json()}")
    lines.append(rf"\begin{{tabular}}{{llrrr{'r' * len(sheet.columns)}}}")
    lines.append(r"\toprule")
    titles = [escaped(column.title) + LATEX_ARROWS[column.direction] for column in sheet.columns]
    lines.append(" & ".join([*(fact.capitalize() for fact in FACTS), *titles]) + r" \\")
    before: Kind | None = None
    for line in sheet.lines:
        if line.kind != before:
            lines.append(r"\midrule")
        before = line.kind
        cells = [escaped(line.text(column)) or "--" for column in sheet.columns]
        lines.append(" & ".join([*map(escaped, line.facts), *cells]) + r" \\")
    return "\n".join([*lines, r"\bottomrule", r"\end{tabular}", ""])


def escaped(text: str) -> str:
    """A text as LaTeX prints it."""
    return "".join(_SPECIAL.get(letter, letter) for letter in text)


def _headings(name: str, spread: Sequence[str]) -> list[str]:
    return [name, f"{name}.sd"] if name in spread else [name]


def _spread(line: ScoreLine, name: str) -> float | None:
    cell = line.cells.get(name)
    return cell.spread if cell else None


def _require_any(lines: Sequence[object]) -> None:
    if not lines:
        raise ExportError("There are no scores to write yet: train a run, or evaluate one.")
