"""Rows that share the value of one factor, drawn as the Z-diff and FactorVAE scores ask."""

import numpy as np
from numpy.typing import NDArray

from core.metrics.discrete_information import Labels
from core.metrics.errors import MetricError

Rows = NDArray[np.int64]


class FixedFactor:
    """Draws groups of rows that share the value of a factor."""

    def __init__(self, labels: Labels, generator: np.random.Generator) -> None:
        """labels: (N, F) class of every factor.

        Raises:
            MetricError: a factor of which no value occurs twice.
        """
        self._generator = generator
        self._members = [_members(column) for column in labels.T]
        if not all(self._members):
            raise MetricError(
                "Some factor has no value that occurs twice: give more rows, or fewer bins."
            )

    def labels(self, count: int) -> Labels:
        """(count,) factors, drawn evenly and put in order."""
        return np.sort(self._generator.integers(len(self._members), size=count))

    def rows(self, factor: int, count: int, size: int) -> Rows:
        """(count, size) rows; those of a group share a value of `factor`, drawn for each group.

        Values that occur once are never drawn. The rows of a value come in shuffled passes, so that
        a group repeats a row only where the value has fewer than `size`.
        """
        members = self._members[factor]
        values = self._generator.integers(len(members), size=count)
        drawn = [
            self._shuffled_passes(rows, groups, size)
            for rows, groups in zip(members, np.bincount(values), strict=False)
        ]
        grouped = np.concatenate([np.empty((0, size), dtype=np.int64), *drawn])
        return grouped[self._generator.permutation(count)]

    def _shuffled_passes(self, rows: Rows, count: int, size: int) -> Rows:
        a_pass = len(rows) - len(rows) % size if len(rows) >= size else len(rows)
        passes = -(-count * size // a_pass)
        shuffled = self._generator.permuted(np.tile(rows, (passes, 1)), axis=1)[:, :a_pass]
        return shuffled.reshape(-1)[: count * size].reshape(count, size)


def _members(labels: Labels) -> list[Rows]:
    """The rows of every class that has at least two."""
    order = np.argsort(labels, kind="stable")
    counts = np.bincount(labels)
    return [rows for rows in np.split(order, np.cumsum(counts)[:-1]) if len(rows) > 1]
