"""`Growing`: numbers that are appended one by one and drawn at any zoom without delay."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

# Numbers that share one minimum and one maximum. A power of two, as the buckets of `envelope` are.
_BLOCK = 64


class Growing:
    """A column of float64 that grows at its end; NaN where there is no number."""

    def __init__(self, values: Numbers | Iterable[float] = ()) -> None:
        self._data = np.empty(0)
        self._low, self._high = np.empty(0), np.empty(0)
        self._length = 0
        self._blocks = 0
        self.extend(np.fromiter(values, float) if not isinstance(values, np.ndarray) else values)

    def __len__(self) -> int:
        return self._length

    @property
    def values(self) -> Numbers:
        """All numbers: a view that the next change may leave behind."""
        return self._data[: self._length]

    def append(self, value: float) -> None:
        """Add one number."""
        if self._length == len(self._data):
            self._reserve(self._length + 1)
        self._data[self._length] = value
        self._length += 1
        if self._length % _BLOCK == 0:
            self._summarise()

    def extend(self, values: Numbers) -> None:
        """Add many numbers."""
        self._reserve(self._length + len(values))
        self._data[self._length : self._length + len(values)] = values
        self._length += len(values)
        self._summarise()

    def cut(self, length: int) -> None:
        """Keep the first `length` numbers."""
        self._length = min(self._length, length)
        self._blocks = min(self._blocks, self._length // _BLOCK)

    def envelope(self, start: int, stop: int, most: int) -> tuple[NDArray[np.intp], Numbers]:
        """What to draw of the numbers from `start` to `stop` so that no peak is lost.

        Returns:
            indices and values, either all of them, or the minimum and the maximum of each of at
            most `most` buckets. Buckets keep their places while numbers are added.
        """
        start, stop = max(0, start), min(stop, self._length)
        count = stop - start
        if count <= 2 * most:
            return np.arange(start, max(start, stop)), self._data[start : max(start, stop)]
        size = 1 << (-(-count // most) - 1).bit_length()
        first = start // size * size
        low, high = self._extremes(first, stop, size)
        edges = np.arange(first, stop, size)
        indices, values = np.repeat(edges, 2), np.empty(2 * len(edges))
        values[::2], values[1::2] = low, high
        return np.maximum(indices, start), values

    def _extremes(self, first: int, stop: int, size: int) -> tuple[Numbers, Numbers]:
        """Minimum and maximum of each bucket of `size` numbers; `first` is a bucket's start."""
        if size < _BLOCK:
            part, starts = self._data[first:stop], np.arange(0, stop - first, size)
            return np.fmin.reduceat(part, starts), np.fmax.reduceat(part, starts)
        last = min(-(-stop // _BLOCK), self._blocks)
        rest = self._data[last * _BLOCK : stop]
        low, high = self._low[first // _BLOCK : last], self._high[first // _BLOCK : last]
        if len(rest):
            low = np.append(low, np.fmin.reduce(rest))
            high = np.append(high, np.fmax.reduce(rest))
        starts = np.arange(0, len(low), size // _BLOCK)
        return np.fmin.reduceat(low, starts), np.fmax.reduceat(high, starts)

    def _reserve(self, length: int) -> None:
        if length <= len(self._data):
            return
        capacity = max(length, 2 * len(self._data), 4 * _BLOCK)
        self._data = _enlarged(self._data, self._length, capacity)
        self._low = _enlarged(self._low, self._blocks, -(-capacity // _BLOCK))
        self._high = _enlarged(self._high, self._blocks, -(-capacity // _BLOCK))

    def _summarise(self) -> None:
        full = self._length // _BLOCK
        if full > self._blocks:
            new = self._data[self._blocks * _BLOCK : full * _BLOCK].reshape(-1, _BLOCK)
            self._low[self._blocks : full] = np.fmin.reduce(new, axis=1)
            self._high[self._blocks : full] = np.fmax.reduce(new, axis=1)
            self._blocks = full


def _enlarged(array: Numbers, used: int, capacity: int) -> Numbers:
    larger = np.empty(capacity)
    larger[:used] = array[:used]
    return larger
