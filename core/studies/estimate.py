"""How long a study may take on this machine, as runs that it trained before tell."""

import statistics
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from core.config import RunConfig
from core.errors import IcdrlError
from core.runs import RunFolder
from core.runs.journal import first_line, last_line
from core.studies.study import Study

Kind = tuple[str, int, int]
"""What decides how long a step takes for an image: method, side of the images, channels."""

Speeds = Mapping[Kind, float]
"""Kind of run -> images a second."""

# Of the runs that were trained last.
_MOST_LOOKED_AT = 200
_SPEED = "images_per_s"


def kind_of(config: RunConfig) -> Kind:
    """The kind of a run."""
    return config.method.kind, config.data.image_size, config.data.channels


def speeds_of(*roots: Path) -> Speeds:
    """How fast runs of each kind trained that lie below these folders: the median of the newest."""
    found: dict[Kind, list[float]] = {}
    for path in _newest_below(roots):
        run = RunFolder(path)
        with suppress(IcdrlError, OSError, ValueError):
            columns = first_line(run.losses).split(",")
            speed = float(last_line(run.losses).split(",")[columns.index(_SPEED)])
            if speed > 0:
                found.setdefault(kind_of(run.config()), []).append(speed)
    return {kind: statistics.median(speeds) for kind, speeds in found.items()}


def seconds_of(study: Study, speeds: Speeds, trained: Mapping[str, int] | None = None) -> float:
    """About how long a study takes here; NaN where an arm is of no kind that was trained before.

    trained: arm -> steps that its runs have trained already, all together. Cells that train beside
    each other share the machine, so that their number makes no great difference.
    """
    seconds = 0.0
    for arm in study.arms:
        config = study.arm_config(arm)
        steps = len(study.seeds) * config.steps - (trained or {}).get(arm.name, 0)
        seconds += steps * config.batch_size / speeds.get(kind_of(config), float("nan"))
    return seconds


def in_words(seconds: float) -> str:
    """`about 25 minutes`; empty where it is not known."""
    for unit, name, until in ((60.0, "minute", 90), (3600.0, "hour", 48), (86_400.0, "day", 1e9)):
        count = seconds / unit
        if count < until:
            rounded = max(1, round(count))
            return f"about {rounded:,} {name}{'' if rounded == 1 else 's'}"
    return ""


def _newest_below(roots: tuple[Path, ...]) -> list[Path]:
    """Folders with losses, the newest first."""
    dated = []
    for root in roots:
        for path in root.glob("*/losses.csv"):
            with suppress(OSError):
                dated.append((path.stat().st_mtime, path.parent))
    return [path for _, path in sorted(dated, reverse=True)[:_MOST_LOOKED_AT]]
