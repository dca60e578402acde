"""Notices that other programs keep the processor from a training."""

import statistics
from collections import deque

from core.protocol import HealthWarning

# Reports that the usual pace is taken from, and slow ones on end until it is told.
USUAL = 20
SLOW = 3

_TIMES_SLOWER = 5
_SENTENCE = (
    "The training has become more than {times} times slower: other programs keep the processor "
    "busy, and its {threads} threads wait for each other at every step. Fewer threads wait less: "
    "set threads to {fewer} (in Setup under This machine), then stop and resume."
)


class Pace:
    """Watches the speed of a training on the CPU that shares its work between `threads`."""

    def __init__(self, threads: int) -> None:
        self._threads = threads
        self._usual: deque[float] = deque(maxlen=USUAL)
        self._slow = 0
        self._told = False

    def observe(self, step: int, images_per_s: float) -> list[HealthWarning]:
        """Take in the speed since the last report; a warning once, when it has slumped for long."""
        if self._threads < 2 or self._told:
            return []
        usual = statistics.median(self._usual) if len(self._usual) == USUAL else 0.0
        if images_per_s * _TIMES_SLOWER >= usual:
            self._usual.append(images_per_s)
            self._slow = 0
            return []
        self._slow += 1
        if self._slow < SLOW:
            return []
        self._told = True
        sentence = _SENTENCE.format(
            times=_TIMES_SLOWER, threads=self._threads, fewer=self._threads - 1
        )
        return [HealthWarning(step, "processor busy", sentence)]
