"""How large a bundle is, of what, and which glibc it asks for."""

import re
from collections import Counter
from pathlib import Path

_GLIBC = re.compile(rb"GLIBC_2\.(\d+)\b")
_MB = 10**6


def size_mb(path: Path) -> float:
    """Of a file, or of all files below a folder; what is linked to counts once."""
    return sum(_sizes(path).values()) / _MB


def largest_parts(folder: Path, count: int = 10) -> list[tuple[str, float]]:
    """Names and sizes in MB of the largest of the things that lie in a bundle's inner folder."""
    sizes: Counter[str] = Counter()
    for path, size in _sizes(folder).items():
        parts = path.relative_to(folder).parts
        sizes[parts[1] if parts[0] == "_internal" and len(parts) > 1 else parts[0]] += size
    return [(name, size / _MB) for name, size in sizes.most_common(count)]


def glibc_asked_for(folder: Path) -> str:
    """The newest version of glibc that a binary below the folder names, such as 2.34."""
    newest = 0
    for path in _sizes(folder):
        with path.open("rb") as file:
            if file.read(4) == b"\x7fELF":
                newest = max([newest, *map(int, _GLIBC.findall(file.read()))])
    return f"2.{newest}"


def _sizes(path: Path) -> dict[Path, int]:
    files = [path] if path.is_file() else path.rglob("*")
    return {file: file.stat().st_size for file in files if file.is_file() and not file.is_symlink()}
