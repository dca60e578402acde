"""CSV: losses as a table below a line with its recipe."""

import csv
from collections.abc import Mapping, Sequence
from io import StringIO

from core.export.errors import ExportError
from core.export.recipe import CurvesRecipe

PREFIX = "# icdrl "
"""The first line is this and the recipe, a comment for readers that know such."""


_TIMES = ("step", "trained_s", "wall_time")


def losses_recipe(run: str, rows: Sequence[Mapping[str, str]]) -> CurvesRecipe:
    """The recipe of a table of the losses.csv of the run called `run`.

    Raises:
        ExportError: there are no rows.
    """
    _require_any(rows)
    scalars = tuple(name for name in rows[0] if name not in _TIMES)
    return CurvesRecipe("losses", (run,), (int(rows[-1]["step"]),), scalars)


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


def recipe_in_table(content: bytes) -> str:
    """The text of the recipe in a table that begins with `PREFIX`."""
    return content.partition(b"\n")[0].decode("ascii", "replace").removeprefix(PREFIX)


def _require_any(rows: Sequence[object]) -> None:
    if not rows:
        raise ExportError("There are no losses to write yet: train the run a little longer.")
