import subprocess
import sys
from pathlib import Path

import pytest

from core.training.contention import WINDOW_S, WINDOWS, Contention


class Watched:
    """A `Contention` with a clock and a queue of its own."""

    def __init__(self) -> None:
        self._now = self._waited = 0.0
        self._threads = ["a", "b"]
        self._contention = Contention(self._told, lambda: self._now)

    def _told(self) -> dict[str, float]:
        return dict.fromkeys(self._threads, self._waited / len(self._threads))

    def end_half_of_the_threads(self) -> None:
        """What they waited is told no more."""
        self._threads = ["b"]

    def missing(self, seconds: float, in_line: float) -> list[int]:
        """What it says, asked ten times a second, while `in_line` threads stand in line."""
        said = []
        for _ in range(round(seconds * 10)):
            self._now += 0.1
            self._waited += 0.1 * in_line
            said.append(self._contention.missing())
        return said


LASTING = WINDOW_S * WINDOWS + 1


def test_that_lasting_contention_is_told_once_it_has_lasted() -> None:
    said = Watched().missing(LASTING, 0.9)
    assert sum(said) == 1
    assert 1 not in said[: round(WINDOW_S * (WINDOWS - 1) * 10)]


def test_that_every_processor_that_is_missing_counts() -> None:
    assert sum(Watched().missing(LASTING, 2.8)) == 3


def test_that_threads_that_end_do_not_count_backwards() -> None:
    watched = Watched()
    assert not any(watched.missing(LASTING - 2, 0.4))
    watched.end_half_of_the_threads()
    assert not any(watched.missing(LASTING, 0.4))
    assert sum(watched.missing(LASTING, 0.9)) == 1


def test_that_a_burst_of_other_work_is_not_told() -> None:
    watched = Watched()
    for _ in range(10):
        burst = watched.missing(WINDOW_S * (WINDOWS - 1), 1.0)
        assert not any(burst + watched.missing(WINDOW_S * 2, 0.0))


def test_that_a_window_that_is_used_now_and_then_is_not_told() -> None:
    assert not any(Watched().missing(60, 0.3))


def test_that_a_step_of_many_seconds_is_one_window() -> None:
    now = waited = 0.0
    contention = Contention(lambda: {"a": waited}, lambda: now)
    said = []
    for _ in range(WINDOWS):
        now, waited = now + 5, waited + 4.5
        said.append(contention.missing())
    assert said == [0] * (WINDOWS - 1) + [1]


@pytest.mark.skipif(not Path("/proc/self/schedstat").exists(), reason="only Linux counts it")
def test_that_the_system_counts_threads_that_wait_behind_other_programs() -> None:
    loops = "import os\nos.sched_setaffinity(0, {min(os.sched_getaffinity(0))})\nwhile True: pass"
    busy = subprocess.Popen([sys.executable, "-c", loops])
    try:
        watch = "; ".join(
            [
                "import os, time",
                "os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})",
                "from core.training.contention import Contention",
                "contention, said, end = Contention(), 0, time.monotonic() + 20",
                "exec('while not said and time.monotonic() < end: said = contention.missing()')",
                "print(said)",
            ]
        )
        niced = ["nice", "-n", "10", sys.executable, "-c", watch]
        assert subprocess.run(niced, capture_output=True, text=True).stdout == "1\n"
    finally:
        busy.kill()
        busy.wait()
