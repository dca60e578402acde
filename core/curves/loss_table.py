"""Reads a run's losses.csv into columns, fast."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.bounds import MOST_SCALARS
from core.runs import RunError

TIMES = ("step", "trained_s", "wall_time")
"""Columns that every row has and that never fall."""

SPEED = "images_per_s"

_MOST_COLUMNS = MOST_SCALARS + len(TIMES) + 1  # and the speed

# Rows that are parsed in one go; the interpreter serves other threads in between.
_CHUNK = 500


def read_losses(path: Path) -> tuple[dict[str, NDArray[np.float64]], int]:
    """The columns of losses.csv by name, (rows,) each, NaN where blank; and how many are damaged.

    A last row that is still being written is left out. Damaged rows, and rows whose step does
    not follow the row before, are left out and counted. No file is an empty table.

    Raises:
        RunError: it cannot be read, or is no such table.
    """
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return {}, 0
    except OSError as error:
        raise RunError(f"Cannot read {path}: {error.strerror}.") from None
    header, *rows = text.rpartition("\n")[0].split("\n")
    if not header:
        return {}, 0
    names = header.rstrip("\r").split(",")
    if len(names) > _MOST_COLUMNS:
        raise RunError(
            f"{path} has {len(names):,} columns, more than the {_MOST_COLUMNS} that a run may "
            "report: its curves cannot be shown."
        )
    if not set(TIMES) <= set(names) or len(set(names)) < len(names):
        raise RunError(
            f"{path} is damaged in line 1, which should name {', '.join(TIMES)} and the losses: "
            "mend that line to see the run's curves."
        )
    chunks = [_parse(rows[i : i + _CHUNK], len(names)) for i in range(0, len(rows), _CHUNK)]
    table = np.concatenate(chunks) if chunks else np.empty((0, len(names)))
    times = table[:, [names.index(name) for name in TIMES]]
    steps = np.where(np.isfinite(times).all(1), times[:, 0], -np.inf)
    whole = steps > np.maximum.accumulate(np.append(0.0, steps))[:-1]
    columns = {name: table[whole, i] for i, name in enumerate(names)}
    for name in TIMES:
        columns[name] = np.maximum.accumulate(columns[name])
    return columns, len(rows) - int(np.count_nonzero(whole))


def _parse(rows: list[str], width: int) -> NDArray[np.float64]:
    """(rows, width); a damaged row is all NaN."""
    try:
        table = np.loadtxt([_filled(row) for row in rows], delimiter=",", comments=None, ndmin=2)
    except ValueError:
        table = None
    if table is not None and table.shape == (len(rows), width):
        return table
    return np.array([_parse_row(row, width) for row in rows])


def _filled(row: str) -> str:
    """The row with nan in its blanks."""
    row = f",{row},".replace(",,", ",nan,")
    return row.replace(",,", ",nan,")[1:-1]


def _parse_row(row: str, width: int) -> list[float]:
    try:
        numbers = [float(cell or "nan") for cell in row.split(",")]
    except ValueError:
        numbers = []
    return numbers if len(numbers) == width else [float("nan")] * width
