"""What the scalars of losses.csv are called on screen, and which are shown at first."""

from collections.abc import Iterable

from core.config import METHOD_CONFIGS, scalar_titles
from core.curves.loss_table import SPEED

_MOST_AT_FIRST = 5

_TITLES = scalar_titles() | {SPEED: "Images/s"}

_MAIN = {SPEED} | {
    scalar.name
    for config in METHOD_CONFIGS.values()
    for scalar in config().scalars()
    if scalar.main
}


def title_of(scalar: str) -> str:
    """`code_error.c1` -> `Code error c1`."""
    return _TITLES.get(scalar) or scalar.replace(".", " ").replace("_", " ").capitalize()


def first_shown(known: Iterable[str]) -> tuple[str, ...]:
    """Which of the known scalars to show until a person chooses, in their order, speed last."""
    known = sorted(known, key=lambda name: name == SPEED)
    usual = tuple(name for name in known if name in _MAIN)
    return usual if len(usual) > 1 else tuple(known[:_MOST_AT_FIRST])
