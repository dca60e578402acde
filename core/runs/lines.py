"""What stands in a line of a run's files, and in a file's name."""

import json
import re
from contextlib import suppress
from pathlib import Path
from typing import Any

_STEP = re.compile(r"step-(\d+)\.")
_EVENT = re.compile(r"[^\t]+\t(\d+)\t([^\t]+)\t([^\t]*)")


def step_of_row(line: str) -> int | None:
    """The step that begins a row of a table; None for its header, or if it is damaged."""
    first = line.partition(",")[0]
    return int(first) if first.isdecimal() else None


def event_of(line: str) -> tuple[int, str, str] | None:
    """(step, kind, sentence) of a line of events.log; None if it is damaged."""
    match = _EVENT.fullmatch(line)
    return (int(match[1]), match[2], match[3]) if match else None


def change_of(line: str) -> dict[str, Any] | None:
    """A line of changes.jsonl; None if it is damaged."""
    with suppress(ValueError):
        change = json.loads(line)
        if isinstance(change, dict) and change.keys() == {"step", "path", "value"}:
            typed = isinstance(change["step"], int) and isinstance(change["path"], str)
            return change if typed else None
    return None


def step_of(path: Path) -> int:
    """The step in a file name like step-1000.safetensors."""
    match = _STEP.match(path.name)
    return int(match[1]) if match else 0
