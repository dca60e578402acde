"""What the scalars of losses.csv are called on screen, and which are shown at first."""

from collections.abc import Iterable

from core.curves.loss_table import SPEED

FIRST_SHOWN = ("discriminator", "generator", "information", "tc_gaussian", SPEED)

_MOST_AT_FIRST = 5

_TITLES = {
    "tc_gaussian": "Total corr.",
    "tc_density_ratio": "Total corr., density ratio",
    "tc_plugin": "Total corr., minibatch weighted",
    "tc_stratified": "Total corr., stratified",
    "tc_discriminator": "TC discriminator",
    "gradient_information": "Gradient of information",
    "gradient_independence": "Gradient of independence",
    SPEED: "Images/s",
}


def title_of(scalar: str) -> str:
    """`code_error.c1` -> `Code error c1`."""
    return _TITLES.get(scalar) or scalar.replace(".", " ").replace("_", " ").capitalize()


def first_shown(known: Iterable[str]) -> tuple[str, ...]:
    """Which of the known scalars to show until a person chooses."""
    known = tuple(known)
    usual = tuple(name for name in FIRST_SHOWN if name in known)
    return usual if len(usual) > 1 else known[:_MOST_AT_FIRST]
