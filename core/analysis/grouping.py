"""`grouped`: which runs repeat each other with other seeds, or differ in their constraint alone."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Any

from core.config import CONSTRAINT, CONSTRAINT_ENABLED, RunConfig, flat

# What does not decide what a step computes.
_ASIDE = {
    "seed",
    "schema",
    "preset",
    "steps",
    "report_every",
    "picture_every",
    "evaluate_every",
    "checkpoint_every",
}


@dataclass(frozen=True)
class Grouped:
    """What a run computes, but for its seed; equal ones are repetitions.

    Attributes:
        rest: all but the constraint: runs alike in this differ by what the constraint does.
        is_on: whether the constraint is on; None: the method has none.
        how: its settings; those of one that is off do not matter.
    """

    rest: Hashable
    is_on: bool | None
    how: Hashable


def grouped(config: RunConfig, changes: Iterable[tuple[int, str, Any]] = ()) -> Grouped:
    """What a run of `config` computes, whose settings were changed so: (step, path, value)."""
    constraint = config.method.constraint
    is_on = None if constraint is None else constraint.enabled
    settings = {path: str(value) for path, value in flat(config).items() if path not in _ASIDE}
    settings.pop(CONSTRAINT_ENABLED, None)
    own = [path for path in settings if path.startswith(f"{CONSTRAINT}.")]
    rest = tuple((path, value) for path, value in settings.items() if path not in own)
    made = tuple((step, path, str(value)) for step, path, value in changes if path not in _ASIDE)
    return Grouped((rest, made), is_on, tuple(settings[path] for path in own) if is_on else ())
