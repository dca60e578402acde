"""Factors and codes from .npy, .npz and CSV files."""

import csv
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TextIO
from zipfile import is_zipfile

import numpy as np
from numpy.lib.format import MAGIC_PREFIX
from numpy.typing import NDArray

from core.capacity import lack_of_memory
from core.data.array_stream import npy_array, npz_array, npz_names
from core.data.errors import DataError
from core.files.atomic import write_atomically
from core.files.plain import require_plain_file
from core.metrics.errors import MetricError

What = Literal["factors", "codes"]

# Of memory for each of a CSV file, and characters of a row, which takes more while it is text.
_BYTES_PER_BYTE = 10
_LONGEST_ROW = 1 << 20


@dataclass(frozen=True)
class Table:
    """Columns of numbers, values (N, K) or (N,), and the names of the columns if the file has them.

    That the values are numbers and finite is left to the metrics.
    """

    values: NDArray[Any]
    names: tuple[str, ...] = ()


def read_table(path: Path, what: What) -> Table:
    """The factors or codes in a file.

    .npy: the array. .npz: the array called `factors` or `codes`, whichever is wanted, with the
    names in `factor_names` or `code_names`; or its only array. .csv: numbers with commas between
    them, below a row of names if it has one. Nothing is unpickled.

    Raises:
        MetricError: the file cannot be read, is damaged, of another kind, or too large.
    """
    readers = {".npy": _read_npy, ".npz": _read_npz, ".csv": _read_csv}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise MetricError(f"{path} is no table: give the {what} as {', '.join(readers)}.")
    try:
        require_plain_file(path)
        return reader(path, what)
    except OSError as error:
        raise MetricError(f"Cannot read {path}: {error.strerror or error}.") from None
    except DataError as error:
        raise MetricError(str(error)) from None
    except (ValueError, csv.Error) as error:
        reason, *_ = str(error).splitlines() or [type(error).__name__]
        sentence = f"{path} is damaged or of another kind: {reason.rstrip('.')}."
        raise MetricError(sentence) from None


def require_npz(path: Path) -> None:
    """Check, before work is done for it, that `save_tables` can write there.

    Raises:
        MetricError: another suffix than .npz, or no such folder.
    """
    if path.suffix.lower() != ".npz":
        raise MetricError(f"{path} cannot be written: choose a name that ends in .npz.")
    if not path.absolute().parent.is_dir():
        raise MetricError(f"{path} cannot be written: there is no folder {path.parent}.")


def save_tables(
    path: Path,
    codes: NDArray[Any],
    code_names: tuple[str, ...],
    factors: NDArray[Any] | None,
    factor_names: tuple[str, ...],
) -> None:
    """Write codes, and factors where known, to a .npz file that `read_table` takes for either.

    Raises:
        MetricError: it cannot be written, and stays as it was.
    """
    arrays = {"codes": codes, "code_names": np.array(code_names)}
    if factors is not None:
        arrays |= {"factors": factors, "factor_names": np.array(factor_names)}
    try:
        write_atomically(path, lambda file: np.savez(file, **arrays))  # type: ignore[arg-type]
    except OSError as error:
        raise MetricError(f"{path} cannot be written: {error.strerror}.") from None


def _read_npy(path: Path, what: What) -> Table:
    if is_zipfile(path):
        raise MetricError(f"{path} is an archive: call it .npz.")
    return Table(npy_array(path).read())


def _read_npz(path: Path, what: What) -> Table:
    with path.open("rb") as file:
        if file.read(len(MAGIC_PREFIX)) == MAGIC_PREFIX:
            raise MetricError(f"{path} is no archive: call it .npy.")
    arrays = npz_names(path)
    found = [what] if what in arrays else sorted(arrays)
    if len(found) != 1:
        raise MetricError(
            f"{path} has no array '{what}' but {', '.join(found) or 'nothing'}: save it with "
            f"numpy.savez(path, {what}=...)."
        )
    names = f"{what.removesuffix('s')}_names"
    named = names in arrays and found == [what]
    given = np.ravel(npz_array(path, names).read()).tolist() if named else []
    return Table(npz_array(path, found[0]).read(), tuple(map(str, given)))


def _read_csv(path: Path, what: What) -> Table:
    if lack := lack_of_memory(path.stat().st_size * _BYTES_PER_BYTE):
        raise MetricError(f"{path} {lack}; save it as .npy.")
    names: tuple[str, ...] = ()
    values, columns = array("d"), 0
    with path.open(encoding="utf-8-sig", newline="") as file:
        for line, row in enumerate(filter(None, csv.reader(_lines(file, path))), 1):
            columns = columns or len(row)
            if len(row) != columns:
                raise MetricError(
                    f"{path} has rows of different lengths: {len(row)} in row {line}, {columns} in "
                    "the first."
                )
            wrong = [cell for cell in row if not _is_number(cell)]
            if wrong and line > 1:
                raise MetricError(f"{path} holds '{wrong[0]}' in row {line}; give numbers.")
            if wrong:
                names = tuple(cell.strip() for cell in row)
            else:
                values.extend(map(float, row))
    return Table(np.array(values).reshape(-1, max(1, columns)), names)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _lines(file: TextIO, path: Path) -> Iterator[str]:
    while line := file.readline(_LONGEST_ROW):
        if len(line) == _LONGEST_ROW and not line.endswith("\n"):
            raise MetricError(
                f"{path} has a row of {_LONGEST_ROW:,} characters or more: give an .npy file."
            )
        yield line
