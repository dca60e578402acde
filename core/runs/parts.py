"""The parts of a run's folder: files and folders of its own, of which none leads elsewhere."""

import os
import re
from pathlib import Path

from core.files.plain import kind_of
from core.runs.errors import RunError
from core.runs.lines import step_of

FILES = (
    *("config.json", "changes.jsonl", "labels.json", "losses.csv", "scores.csv"),
    *("events.log", "concepts.json", "concepts.lock", "lock"),
)
FOLDERS = ("checkpoints", "snapshots", "pictures")

_NUMBERED = re.compile(r"step-[0-9]+\.(safetensors|png)")


def numbered(folder: Path) -> list[Path]:
    """What is called like step-1000.safetensors in a folder, the lowest step first.

    Raises:
        RunError: the folder cannot be read.
    """
    return sorted((folder / entry.name for entry in _entries(folder)), key=step_of)


def require_own_parts(run: Path) -> None:
    """Check that no part of the run in the folder `run` is a link, a pipe, a device, ...

    What is written into a link ends up elsewhere, and a pipe is waited for.

    Raises:
        RunError: one is; or cannot be looked at.
    """
    for name in FILES:
        _require(run / name, "a file")
    for name in FOLDERS:
        _require(run / name, "a folder")
        for entry in _entries(run / name):
            # Asked of the entry, it costs nothing.
            if not entry.is_file(follow_symlinks=False):
                _require(run / name / entry.name, "a file")


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return [entry for entry in entries if _NUMBERED.fullmatch(entry.name)]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise RunError(f"Cannot read {folder}: {error.strerror}.") from None


def _require(part: Path, kind: str) -> None:
    try:
        found = kind_of(part)
    except FileNotFoundError:
        return
    except OSError as error:
        raise RunError(f"Cannot read {part}: {error.strerror}.") from None
    if found != kind:
        raise RunError(
            f"{part} is {found} where a run has {kind} of its own: replace it by one, or take it "
            "away."
        )
