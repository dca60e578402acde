"""Whole files, or none: written beside themselves, then moved into place."""

import contextlib
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO


def write_atomically(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Let `write` fill the file at `path`, which appears whole or stays as it was.

    Whatever goes wrong on the way, nothing is left beside it. The file gets the permissions that
    any new file would get; a symbolic link at `path` is replaced, not followed.

    Args:
        path: the file, in a folder that is there.
        write: gets the open file; what it returns is ignored, what it raises is passed on.

    Raises:
        OSError: the folder is not there or closed to us, the disk is full, ...
    """
    # Not derived from the file's own name, which may already be as long as a name can be.
    temporary = path.with_name(f".icdrl-{secrets.token_hex(8)}.tmp")
    file = temporary.open("xb")
    try:
        with file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    if os.name == "posix":
        _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Make the move into `folder` outlast a power cut, where the file system can."""
    # The file is whole and in place by now: a file system that cannot do this (some network
    # mounts refuse it) must not make a finished save look like a failed one.
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
