"""What this machine has room for: one thing may take half of what is free, and no more."""

import shutil
from pathlib import Path

import psutil


def lack_of_memory(needed: int) -> str:
    """What stands against taking `needed` bytes of memory; empty where nothing does.

    Completes a sentence: "needs 6.2 GB of memory, more than half of the 11.0 GB that are free".
    """
    return _lack(needed, psutil.virtual_memory().available, "memory")


def lack_of_disk(needed: int, folder: Path) -> str:
    """What stands against writing `needed` bytes into `folder`; as `lack_of_memory`.

    Raises:
        OSError: there is no such folder.
    """
    return _lack(needed, shutil.disk_usage(folder).free, "disk")


def in_words(size: int) -> str:
    """A number of bytes for people: 512 KB, 36 MB, 6.2 GB."""
    for unit, name in ((10**9, "GB"), (10**6, "MB")):
        if size >= unit:
            return f"{size / unit:,.1f} {name}"
    return f"{size / 1000:,.1f} KB"


def _lack(needed: int, free: int, what: str) -> str:
    if needed <= free // 2:
        return ""
    return (
        f"needs {in_words(needed)} of {what}, more than half of the {in_words(free)} that are free"
    )
