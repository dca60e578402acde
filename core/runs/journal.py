"""Append-only text files that survive a torn last line."""

from collections.abc import Callable
from pathlib import Path

from core.files.atomic import write_atomically
from core.files.plain import require_plain_file


def append_line(path: Path, line: str) -> None:
    """Add one line; on a power cut at most this one is lost.

    Raises:
        OSError: the disk is full, or the folder is gone.
    """
    with path.open("a", encoding="utf-8", newline="") as file:
        file.write(line + "\n")


def complete_lines(path: Path) -> list[str]:
    """All lines that were written to their end; none where there is no file."""
    if not _is_there(path):
        return []
    *lines, _torn = path.read_text(encoding="utf-8", errors="replace").split("\n")
    return lines


def first_line(path: Path) -> str:
    """The first line, if it was written to its end; empty where there is none."""
    if not _is_there(path):
        return ""
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        line = file.readline()
    return line[:-1] if line.endswith("\n") else ""


def last_line(path: Path) -> str:
    """The last complete line, read from the file's end; empty where there is none."""
    if not _is_there(path):
        return ""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - 65_536))
        *lines, _torn = file.read().split(b"\n")
    return lines[-1].decode("utf-8", errors="replace") if lines else ""


def keep_lines(path: Path, wanted: Callable[[str], bool]) -> None:
    """Rewrite the file, atomically, with the complete lines that are `wanted`."""
    lines = complete_lines(path)
    kept = "".join(line + "\n" for line in lines if wanted(line))
    if _is_there(path):
        write_atomically(path, lambda file: file.write(kept.encode()))


def _is_there(path: Path) -> bool:
    """Whether there is a file; whatever else lies there is an OSError, not waited for."""
    try:
        require_plain_file(path)
    except FileNotFoundError:
        return False
    return True
