"""CSV: losses as a table below a line with its recipe."""

import csv
import math
from collections.abc import Mapping, Sequence
from io import StringIO

import numpy as np
from numpy.typing import NDArray

from core.export.errors import ExportError
from core.export.recipe import CurvesRecipe

PREFIX = "# icdrl "
"""The first line is this and the recipe, a comment for readers that know such."""


_TIMES = ("step", "trained_s", "wall_time")
_SPEED = "images_per_s"


def losses_of_run(
    folder: str, rows: Sequence[Mapping[str, str]]
) -> tuple[list[dict[str, object]], CurvesRecipe]:
    """What is exported of the rows of a losses.csv: a table of one run, and its recipe.

    The columns are the run's folder, the times, the scalars and the speed, so that tables of
    several runs can be put below each other. Rows that are damaged, or whose step does not follow
    the row before, are left out.

    Raises:
        ExportError: there are no rows.
    """
    names = rows[0] if rows else ()
    scalars = [name for name in names if name not in (*_TIMES, _SPEED)]
    scalars += [_SPEED] if _SPEED in names else []
    table: list[dict[str, object]] = []
    last = 0
    for row in rows:
        cells: dict[str, object] = {"run": folder}
        try:
            cells |= {name: _number(row[name]) for name in (*_TIMES, *scalars)}
            step = int(float(row["step"]))
        except (KeyError, TypeError, ValueError, OverflowError):
            continue
        if step > last and None not in row:
            table.append(cells | {"step": step})
            last = step
    _require_any(table)
    return table, CurvesRecipe("losses", (folder,), (last,), tuple(scalars))


def _number(text: str) -> float | str:
    """The number, or blank where there is none."""
    number = float(text or "nan")
    return "" if math.isnan(number) else number


def losses_table(rows: Sequence[Mapping[str, object]], recipe: CurvesRecipe) -> bytes:
    """The rows, each by column name, below a header of the first one's names.

    Raises:
        ExportError: there are no rows.
    """
    _require_any(rows)
    file = StringIO()
    file.write(f"{PREFIX}{recipe.to_json()}\n")
    table = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
    table.writeheader()
    table.writerows(rows)
    return file.getvalue().encode()


def matrix_table(
    matrix: NDArray[np.float64],
    rows: Sequence[str],
    columns: Sequence[str],
    recipe: CurvesRecipe,
) -> bytes:
    """A matrix (R, C) with the names of its rows and columns."""
    file = StringIO()
    file.write(f"{PREFIX}{recipe.to_json()}\n")
    table = csv.writer(file, lineterminator="\n")
    table.writerow(["", *columns])
    for name, numbers in zip(rows, matrix.tolist(), strict=True):
        table.writerow([name, *(f"{number:.6g}" for number in numbers)])
    return file.getvalue().encode()


def recipe_in_table(content: bytes) -> str:
    """The text of the recipe in a table that begins with `PREFIX`."""
    return content.partition(b"\n")[0].decode("ascii", "replace").removeprefix(PREFIX)


def _require_any(rows: Sequence[object]) -> None:
    if not rows:
        raise ExportError("There are no losses to write yet: train the run a little longer.")
