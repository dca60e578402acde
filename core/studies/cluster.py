"""`ClusterSlots`: cells trained by the workers of a Dask cluster that is there already."""

import logging
import multiprocessing
import os
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import replace
from importlib import metadata
from pathlib import Path
from typing import Any

from core.preferences import CORES, load_preferences
from core.studies.errors import StudyError
from core.studies.folder import STUDY_FILE
from core.studies.slot import CellEnd, CellJob, train_cell

_APP = "icdrl"
_SECONDS_TO_CONNECT = 10
# Loggers of Dask with a level of their own.
_TALKATIVE = ("distributed", "distributed.client", "tornado", "tornado.application")


class ClusterSlots:
    """As many slots as the workers have threads; a cell whose worker dies goes to another."""

    threads = 0

    def __init__(self, client: Any, address: str) -> None:
        """client: a `distributed.Client`; address: where its scheduler is."""
        self._client, self._address = client, address
        self.train: Callable[[CellJob], CellEnd] = _TrainOnWorker(metadata.version(_APP))
        # What went wrong with a cell would go wrong again; where its worker died it is no retry.
        self.executor: Executor = client.get_executor(pure=False, retries=0)

    def require_alive(self) -> None:
        """Check that the scheduler is there.

        Raises:
            StudyError: it is not.
        """
        if self._client.status != "running":
            raise StudyError(
                f"The scheduler at {self._address} is gone: what was trained is kept; start a "
                "scheduler and workers, and run the study again to go on."
            )

    def require_fit(self, study: Path) -> None:
        """Check that every worker runs this version and sees the study's folder.

        Those that come later are checked when they get a cell.

        Raises:
            StudyError: one does not.
        """
        ours = metadata.version(_APP)
        versions = self._client.run(metadata.version, _APP, on_error="return")
        for worker, version in versions.items():
            if isinstance(version, Exception):
                raise StudyError(f"The worker {worker} has no icdrl: install {ours} there.")
            _require_version(f"The worker {worker}", version, ours)
        seen = self._client.run(os.path.isfile, str(study / STUDY_FILE))
        for worker, is_seen in seen.items():
            if not is_seen:
                raise _unseen(f"The worker {worker}", study)


class _TrainOnWorker:
    """`train_cell`, as a worker of a cluster does it; `version`: of who asks for it."""

    def __init__(self, version: str) -> None:
        self._version = version

    def __call__(self, job: CellJob) -> CellEnd:
        from distributed import get_worker

        worker = get_worker()
        who = f"The worker {worker.address}"
        _require_version(who, metadata.version(_APP), self._version)
        study = job.run.parent.parent
        if not (study / STUDY_FILE).is_file():
            raise _unseen(who, study)
        # Workers are daemons, which may have no children; theirs end with them all the same.
        multiprocessing.current_process().daemon = False
        preferred = load_preferences().within_cores().threads
        threads = preferred or max(1, CORES // worker.state.nthreads)
        return train_cell(replace(job, threads=threads))


@contextmanager
def cluster_slots(address: str) -> Iterator[ClusterSlots]:
    """The slots of the cluster whose scheduler is at `address`.

    Raises:
        StudyError: dask is not installed, or there is no scheduler.
    """
    try:
        from distributed import Client
        from distributed.comm.addressing import resolve_address
    except ImportError:
        raise StudyError(
            "--scheduler needs dask: install icdrl with its extra, `pip install 'icdrl[cluster]'`."
        ) from None
    for name in _TALKATIVE:  # What they have to say is said in one sentence.
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    try:
        resolve_address(address)  # A client would be left half made.
        client = Client(address, timeout=_SECONDS_TO_CONNECT, set_as_default=False)
    except (OSError, ValueError) as error:
        raise StudyError(
            f"No scheduler answers at {address}: start one with `dask scheduler`, or give the "
            f"address that it says, such as tcp://host:8786 ({type(error).__name__})."
        ) from None
    try:
        yield ClusterSlots(client, address)
    finally:
        client.close(timeout=_SECONDS_TO_CONNECT)


def _require_version(who: str, theirs: str, ours: str) -> None:
    if theirs != ours:
        raise StudyError(
            f"{who} has icdrl {theirs}, and the study is run by {ours}: install the same version "
            "everywhere."
        )


def _unseen(who: str, study: Path) -> StudyError:
    return StudyError(
        f"{who} does not see the study's folder {study}: give one on a file system that this "
        "machine and all workers share."
    )
