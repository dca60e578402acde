"""`LossRows`: the reports of some runs as rows for a file, copied, so that any thread may write."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import overload

import numpy as np
from numpy.typing import NDArray

from core.curves.loss_table import TIMES
from icdrl_gui.models.runs.history import History

# Rows that become Python objects in one go.
_CHUNK = 1000

Row = Mapping[str, object]


class LossRows(Sequence[Row]):
    """Run, step and times, then these scalars; blank where there is no number.

    A row is made when it is asked for: a million of them never exist at once.
    """

    def __init__(self, histories: Iterable[History], scalars: Iterable[str]) -> None:
        self._names = ("run", *TIMES, *scalars)
        self._parts = [(each.path.name, self._copied(each)) for each in histories]

    def __len__(self) -> int:
        return sum(columns.shape[1] for _, columns in self._parts)

    def __iter__(self) -> Iterator[Row]:
        for run, columns in self._parts:
            for start in range(0, columns.shape[1], _CHUNK):
                for values in columns[:, start : start + _CHUNK].T.tolist():
                    yield self._row(run, values)

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Row]: ...
    def __getitem__(self, index: int | slice) -> Row | Sequence[Row]:
        if isinstance(index, slice):
            return [self[i] for i in range(len(self))[index]]
        place = range(len(self))[index]
        for run, columns in self._parts:
            if place < columns.shape[1]:
                return self._row(run, columns[:, place].tolist())
            place -= columns.shape[1]
        raise IndexError(index)

    def _copied(self, history: History) -> NDArray[np.float64]:
        """(columns, rows)"""
        table = np.full((len(self._names) - 1, len(history)), np.nan)
        for place, name in enumerate(self._names[1:]):
            if (column := history.column(name)) is not None:
                table[place] = column.values
        return table

    def _row(self, run: str, values: list[float]) -> Row:
        step, *rest = values
        cells = ["" if math.isnan(value) else value for value in rest]
        return dict(zip(self._names, (run, int(step), *cells), strict=True))
