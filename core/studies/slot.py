"""`train_cell`: one cell trained in a process of its own, on whatever machine this is called."""

import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Literal

from core.config import RunConfig
from core.protocol import Ended, Failed, Refused, Resume
from core.runs import RunError, RunFolder
from core.studies.folder import prepared_run
from core.worker.client import Child, WorkerDied

_SECONDS_BETWEEN_LOOKS = 0.2


@dataclass(frozen=True)
class CellJob:
    """What it takes to train a cell anywhere that sees the study's folder.

    Attributes:
        run, log, stop: the cell's places in the study's folder.
        threads: CPU threads; 0: as the machine's preferences say.
    """

    run: Path
    log: Path
    stop: Path
    config: RunConfig
    threads: int = 0


@dataclass(frozen=True)
class CellEnd:
    """How a cell ended; sentence: what there is to say of that."""

    reason: Literal["finished", "stopped", "failed"]
    sentence: str


def train_cell(job: CellJob) -> CellEnd:
    """Begin the run of a cell or go on with it, to its end or until it is asked to stop.

    Called twice, or while another process trains the run, it waits and trains nothing twice.

    Raises:
        RunError, StudyError, ConfigError: the run cannot be made or read.
    """
    if job.stop.exists():
        return CellEnd("stopped", "It had not begun.")
    run = prepared_run(job.run, job.config)
    while run.is_locked() and not job.stop.exists():
        time.sleep(_SECONDS_BETWEEN_LOOKS)
    if run.state() == "finished":
        return CellEnd("finished", "It was finished already.")
    return _trained(job, run)


def _trained(job: CellJob, run: RunFolder) -> CellEnd:
    heard: SimpleQueue[Any] = SimpleQueue()
    child = Child("trainer", job.log, lambda work: work(), heard.put, heard.put, job.threads)
    child.start()
    try:
        child.send(Resume(str(run.path)))
        while not job.stop.exists():
            with suppress(Empty):
                match heard.get(timeout=_SECONDS_BETWEEN_LOOKS):
                    case Ended(reason=reason, sentence=sentence):
                        return CellEnd(reason, sentence)
                    case Refused(sentence=sentence):
                        return _failed(run, sentence)
                    case Failed(sentence=sentence):
                        return _failed(run, f"{sentence} See {job.log}.")
                    case WorkerDied() as died:
                        return _failed(run, str(died))
    finally:
        child.quit()
    if run.state() == "finished":
        return CellEnd("finished", "It finished just then.")
    return CellEnd("stopped", "Stopped, and kept.")


def _failed(run: RunFolder, sentence: str) -> CellEnd:
    """The end of a run that could not say so itself."""
    with suppress(RunError):
        run.record_event(run.last_step(), "failed", sentence)
    return CellEnd("failed", sentence)
