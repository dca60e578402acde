"""Notices that other programs keep processors from a training, as the system's scheduler counts it.

The threads of a training wait for each other many times a step. Where another program computes all
the time, the thread that shares a processor with it is served last and late, and the rest wait: a
training with fewer threads is then several times, at worst a hundred times, as fast.
"""

import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

# Time that is judged together, and how many such windows in a row must agree.
WINDOW_S = 2.0
WINDOWS = 3

_TASKS = Path("/proc/self/task")


class Contention:
    """Watches how many threads of this process stand in line for a processor."""

    def __init__(
        self,
        waited_s: Callable[[], dict[str, float]] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Begin to watch.

        Args:
            waited_s: thread -> seconds that it has stood in line so far; by default what Linux
                says of the threads of this process, and nothing on other systems.
            clock: seconds.
        """
        self._waited_s = waited_s or _waited_s
        self._clock = clock
        self._in_line: deque[float] = deque(maxlen=WINDOWS)
        self._began, self._waited = clock(), self._waited_s()

    def missing(self) -> int:
        """How many processors the threads have lacked for some time now; to be asked at every step.

        Once told, it is told again only when it lasts anew.
        """
        now = self._clock()
        if now - self._began < WINDOW_S:
            return 0
        waited = self._waited_s()
        # A thread that began or ended meanwhile tells nothing.
        lasting = waited.keys() & self._waited.keys()
        in_line = sum(waited[thread] - self._waited[thread] for thread in lasting)
        self._in_line.append(in_line / (now - self._began))
        self._began, self._waited = now, waited
        if len(self._in_line) < WINDOWS:
            return 0
        missing = int(min(self._in_line) + 0.5)
        if missing:
            self._in_line.clear()
        return missing


def _waited_s() -> dict[str, float]:
    waited = {}
    with suppress(OSError):  # Another system than Linux.
        for task in _TASKS.iterdir():
            with suppress(OSError):  # A thread that has just ended.
                waited[task.name] = int((task / "schedstat").read_text().split()[1]) / 1e9
    return waited
