"""Whether a path leads to a plain file: to open a pipe or a device may wait forever."""

import errno
import os
import stat
from pathlib import Path

_KINDS = {
    stat.S_IFREG: "a file",
    stat.S_IFDIR: "a folder",
    stat.S_IFLNK: "a link",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}
# Of Windows, where it counts as a folder.
_JUNCTION = 0xA0000003


def require_plain_file(path: Path) -> None:
    """Check, without opening it, that a plain file lies at `path` or where its link leads.

    Raises:
        OSError: nothing lies there, or something else does; `strerror` says what.
    """
    kind = _kind(path.stat())
    if kind != "a file":
        raise OSError(errno.EINVAL, f"It is {kind}, not a file", str(path))


def kind_of(path: Path) -> str:
    """What lies at `path` itself: a file, a folder, a link, a pipe, ...

    Raises:
        OSError: nothing does, or it cannot be looked at.
    """
    return _kind(path.lstat())


def _kind(found: os.stat_result) -> str:
    if getattr(found, "st_reparse_tag", 0) == _JUNCTION:
        return "a link"
    return _KINDS.get(stat.S_IFMT(found.st_mode), "something else")
