"""Data of a run for a child: the parent hears how far it is, and may give it up."""

import time
from collections.abc import Callable

from core.config import DataConfig
from core.data.catalogue import load_dataset
from core.data.dataset import Dataset
from core.protocol import Preparing
from core.worker.pipe import Pipe

_SECONDS_BETWEEN_EVENTS = 0.1


def prepare(data: DataConfig, pipe: Pipe, look_up: Callable[[], None]) -> Dataset:
    """Load the data; `look_up` is called again and again meanwhile, and raises to give up.

    Raises:
        DataError: it cannot be loaded.
    """
    due = 0.0

    def progress(done: int, total: int) -> None:
        nonlocal due
        look_up()
        if total and (time.monotonic() >= due or done == total):
            due = time.monotonic() + _SECONDS_BETWEEN_EVENTS
            pipe.send(Preparing(data.source, done, total))

    return load_dataset(data, progress)
