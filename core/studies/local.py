"""`LocalSlots`: cells trained on this machine, several at once."""

import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import psutil

from core.config import ConfigError
from core.preferences import CORES, Preferences
from core.studies.slot import CellEnd, CellJob, train_cell

MOST_JOBS = 256

_BYTES_A_CELL = 2 * 10**9


class LocalSlots:
    """Each slot is a thread that starts a process for each cell and awaits its end."""

    def __init__(self, jobs: int, threads: int) -> None:
        """jobs: cells at once; threads: CPU threads of each."""
        self.threads = threads
        self.train: Callable[[CellJob], CellEnd] = train_cell
        self.executor: Executor = ThreadPoolExecutor(jobs, "slot", _leave_interrupts_to_others)

    def require_fit(self, study: Path) -> None:
        """This process made the folder."""

    def require_alive(self) -> None:
        """They live as long as this process."""


@contextmanager
def local_slots(cells: int, jobs: int | None, preferences: Preferences) -> Iterator[LocalSlots]:
    """Slots for so many cells: `jobs`, or as many as memory and cores carry.

    Cores are split among them. What still runs at the end is awaited.

    Raises:
        ConfigError: no slot, too many, or more threads than cores are preferred.
    """
    preferences.require_cores()
    cores = CORES // preferences.threads if preferences.threads else CORES
    if jobs is None:
        memory = psutil.virtual_memory().available // _BYTES_A_CELL
        jobs = max(1, min(cells, cores, memory))
    elif not 1 <= jobs <= MOST_JOBS:
        raise ConfigError(f"--jobs should be from 1 to {MOST_JOBS}, not {jobs}.")
    slots = LocalSlots(jobs, preferences.threads or max(1, CORES // jobs))
    with slots.executor:
        yield slots


def _leave_interrupts_to_others() -> None:
    """Keep Ctrl-C from the processes that this thread starts, from their first moment on."""
    if os.name == "posix":
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
