"""The rules by which the values of a traversal are chosen, as text: `prior`, `fixed:-2,2`, ..."""

import math

from core.bounds import LARGEST_VALUE, shortened
from core.config import ConfigError

RANGES = (
    "prior",
    "posterior quantiles",
    "min-max",
    "mean ± 2 sd",
    "fixed:LOW,HIGH",
)

_FIXED = "fixed:"


def needs_observed(rule: str) -> bool:
    """Whether a rule needs the codes of real images; one that does not exist needs nothing."""
    return rule in RANGES[1:-1]


def interval(rule: str) -> tuple[float, float] | None:
    """The ends of a `fixed:` rule; None: one that takes them from the prior or from real images.

    Raises:
        ConfigError: there is no such rule, or its interval is none.
    """
    if not rule.startswith(_FIXED):
        if rule not in RANGES[:-1]:
            raise ConfigError(
                f"There is no range {shortened(rule)!r}. Ranges: {', '.join(RANGES)}."
            )
        return None
    shown = shortened(rule)
    try:
        low, high = (float(part) for part in rule.removeprefix(_FIXED).split(","))
    except ValueError:
        raise ConfigError(f"The range {shown!r} is no interval: write fixed:-2,2.") from None
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise ConfigError(f"The range {shown!r} is empty: the first number is the lower one.")
    if max(-low, high) > LARGEST_VALUE:
        raise ConfigError(f"The range {shown!r} is too wide: stay within ±{LARGEST_VALUE:g}.")
    return low, high
