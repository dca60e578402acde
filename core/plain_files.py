"""Whether a path leads to a plain file: to open a pipe or a device may wait for ever."""

import errno
import stat
from pathlib import Path

_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


def require_plain_file(path: Path) -> None:
    """Check, without opening it, that a plain file lies at `path` or where its link leads.

    Raises:
        OSError: nothing lies there, or something else does; `strerror` says what.
    """
    kind = stat.S_IFMT(path.stat().st_mode)
    if kind != stat.S_IFREG:
        found = _KINDS.get(kind, "something else")
        raise OSError(errno.EINVAL, f"It is {found}, not a file", str(path))
