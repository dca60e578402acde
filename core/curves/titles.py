"""What the scalars of losses.csv are called on screen, and which are shown at first."""

from collections.abc import Iterable

from core.config import METHOD_CONFIGS, scalar_titles
from core.curves.loss_table import SPEED

MOST_AT_FIRST = 5
"""Plots, which fit beside each other."""

_TITLES = scalar_titles() | {SPEED: "Images/s"}

_MAIN = {
    scalar.name
    for config in METHOD_CONFIGS.values()
    for scalar in config().scalars()
    if scalar.main
}


def title_of(scalar: str) -> str:
    """`code_error.c1` -> `Code error c1`."""
    family, _, code = scalar.partition(".")
    alike = _TITLES.get(f"{family}.c1", "")
    if code and alike:
        return f"{alike.removesuffix('c1')}{code}"
    return _TITLES.get(scalar) or scalar.replace(".", " ").replace("_", " ").capitalize()


def first_shown(known: Iterable[str]) -> tuple[str, ...]:
    """Which of the known scalars to show until a person chooses: some, in order, and the speed."""
    known = tuple(known)
    speed = tuple(name for name in known if name == SPEED)
    losses = tuple(name for name in known if name not in speed)
    shown = tuple(name for name in losses if name in _MAIN) or losses
    return (*shown[: MOST_AT_FIRST - len(speed)], *speed)
