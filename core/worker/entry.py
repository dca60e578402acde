"""Where a child process begins: its log, its threads, its signals; then the work."""

import faulthandler
import logging
import os
import signal
import sys
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Literal

from core.config import ConfigError
from core.preferences import load_preferences

Role = Literal["trainer", "explorer"]


def main(role: Role, pipe: Connection, log: str, threads: int) -> None:
    """Serve the parent at the other end of `pipe` until it says Quit or is gone.

    Whatever the process prints, to its last breath, is appended to `log`. threads: of a trainer;
    0: as the preferences say.
    """
    _write_into(Path(log))
    # Ctrl-C in a terminal reaches the children as well: the parent decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _limit_threads(role, threads)

    from core.worker.process import serve

    serve(role, pipe, threads)
    # All is said and saved: taking torch apart would only keep the parent waiting.
    logging.shutdown()
    sys.stderr.flush()
    os._exit(0)


def _write_into(log: Path) -> None:
    file = log.open("a", encoding="utf-8", errors="replace", buffering=1)
    sys.stdout = sys.stderr = file
    # What libraries and a dying interpreter write goes to these two, past Python.
    for descriptor in (1, 2):
        os.dup2(file.fileno(), descriptor)
    faulthandler.enable(file)
    logging.basicConfig(stream=file, format="%(asctime)s %(levelname)s %(message)s")


def _limit_threads(role: Role, threads: int) -> None:
    """Tell the arithmetic libraries, which read it when torch is imported."""
    if role == "explorer":
        threads = 1
    elif not threads:
        with suppress(ConfigError):  # It is told when a training begins.
            threads = load_preferences().within_cores().threads
        threads = threads or os.cpu_count() or 1
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = str(threads)
