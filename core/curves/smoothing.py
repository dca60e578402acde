"""Exponential moving average of a column, kept up to date as the column grows."""

import math

import numpy as np

from core.curves.growing import Growing, Numbers

STRONGEST = 0.999
"""Weight of the past up to which a curve still follows its numbers."""

_CHUNK = 64

# Past this exponent of e a share is nothing beside 1.
_NOTHING = -40.0


class MovingAverage:
    """EMA of `of` over all of its numbers, whatever is drawn of them; `values` is its column.

    The weight of the past is `factor`, once a number. NaN is passed over and stays NaN. The
    start is unbiased: each value is a weighted mean of the numbers so far.
    """

    def __init__(self, of: Growing, factor: float) -> None:
        if not 0 <= factor <= STRONGEST:
            raise ValueError(f"no EMA has the factor {factor}")
        self._of = of
        self.factor = factor
        self.values = Growing()
        self._sum = 0.0
        self._weight = 0.0
        self.update()

    def update(self) -> None:
        """Take in the numbers that were added to the column."""
        new = self._of.values[len(self.values) :]
        if len(new) == 1:
            self.values.append(self._next(float(new[0])))
        elif len(new):
            smooth = np.full(len(new), np.nan)
            finite = np.isfinite(new)
            smooth[finite] = self._smoothed(new[finite])
            self.values.extend(smooth)

    def cut(self, length: int) -> None:
        """Keep the first `length` numbers, as the column did."""
        self.values.cut(length)
        count = np.count_nonzero(np.isfinite(self._of.values[: len(self.values)]))
        self._weight = 1 - self.factor**count
        kept = self.values.values
        last = kept[np.isfinite(kept)][-1:]
        self._sum = float(last[0]) * self._weight if len(last) else 0.0

    def _next(self, value: float) -> float:
        if not np.isfinite(value):
            return float("nan")
        self._sum = self.factor * self._sum + (1 - self.factor) * value
        self._weight = self.factor * self._weight + 1 - self.factor
        return self._sum / self._weight

    def _smoothed(self, values: Numbers) -> Numbers:
        """Chunk by chunk: within one by doubling its reach, then what one hands to the next.

        A product of matrices would be shorter, but starts threads that fight with the training.
        """
        factor = self.factor
        padded = np.zeros(-(-len(values) // _CHUNK) * _CHUNK)
        padded[: len(values)] = (1 - factor) * values
        sums, reach = padded.reshape(-1, _CHUNK), 1
        while reach < _CHUNK:
            sums[:, reach:] += factor**reach * sums[:, :-reach]
            reach *= 2
        carried, decay = np.empty(len(sums)), factor**_CHUNK
        before = self._sum
        for i, last in enumerate(sums[:, -1].tolist()):
            carried[i] = before
            before = decay * before + last
        sums += carried[:, None] * factor ** np.arange(1.0, _CHUNK + 1)
        flat = sums.ravel()[: len(values)]
        if len(values):
            self._sum = float(flat[-1])
        # What each mean still lacks of its weight; nothing after a while.
        start = math.ceil(_NOTHING / math.log(factor)) if factor else 1
        missing = (1 - self._weight) * factor ** np.arange(1.0, min(len(values), start) + 1)
        flat[: len(missing)] /= 1 - missing
        if len(values):
            self._weight = 1 - float(missing[-1]) if len(values) <= start else 1.0
        return flat
