"""The lock that a trainer holds on its run; the system frees it should the process die."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from core.runs.errors import RunError

# Whoever looks whether a run is locked holds the lock for an instant: a trainer outwaits that.
_PATIENCE_S = 0.5


@contextmanager
def hold_lock(path: Path, busy: str = "is being trained") -> Iterator[None]:
    """Hold the lock at `path`, a file that stays.

    busy: what another process does with the folder that it lies in, should one hold it.

    Raises:
        RunError: another process holds it, or it cannot be made.
    """
    lock = FileLock(path, timeout=_PATIENCE_S)
    try:
        lock.acquire()
    except Timeout:
        raise RunError(f"{path.parent} {busy} by another process.") from None
    except (OSError, NotImplementedError) as error:
        raise RunError(f"Cannot lock {path.parent}: {error}.") from None
    try:
        yield
    finally:
        lock.release()


def is_held(path: Path) -> bool:
    """Whether some process holds the lock at `path`."""
    if not path.exists():
        return False
    lock = FileLock(path, blocking=False)
    try:
        lock.acquire()
    except Timeout:
        return True
    except (OSError, NotImplementedError):
        return False
    lock.release()
    return False
