"""`Score`: what every metric returns, and `Sliced`: one that takes long and can be paused."""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from functools import update_wrapper
from typing import Any, Generic, Literal, ParamSpec, TypeVar

import numpy as np
from numpy.typing import NDArray

Direction = Literal["higher", "lower", "neither"]
Part = float | NDArray[np.float64]

Options = ParamSpec("Options")
Result = TypeVar("Result")
Slices = Generator[None, None, Result]


@dataclass(frozen=True)
class Score:
    """A number about a representation, and what it is made of.

    Attributes:
        value: the score.
        lowest, highest: the ends of its range; infinity where there is none.
        direction: which of them is better, if either.
        parts: its terms: numbers beside the value, `per_factor` (F,) or `per_code` (D,). A factor
            that is constant has no term: NaN.
    """

    value: float
    lowest: float
    highest: float
    direction: Direction
    parts: Mapping[str, Part] = field(default_factory=dict)


class Sliced(Generic[Options]):
    """Decorates a metric that is a generator: it yields now and then, and returns its score.

    Called, it does its work at one go; `slices` does it bit by bit.
    """

    def __init__(self, slices: Callable[Options, Slices[Score]]) -> None:
        self.slices = slices
        update_wrapper(self, slices)

    def __call__(self, *args: Options.args, **options: Options.kwargs) -> Score:
        work = self.slices(*args, **options)
        while True:
            try:
                next(work)
            except StopIteration as done:
                score: Score = done.value
                return score


def in_slices(compute: Callable[..., Score], *args: Any, **options: Any) -> Slices[Score]:
    """What a metric computes; bit by bit if it can be paused."""
    if isinstance(compute, Sliced):
        return (yield from compute.slices(*args, **options))
    return compute(*args, **options)


def mean_score(name: str, terms: NDArray[np.float64], lowest: float = 0.0) -> Score:
    """The mean of the terms that are not NaN, in [lowest, 1], higher is better.

    name: of the terms among the parts. Rounding that leads out of the range is cut off.
    """
    terms = np.clip(terms, lowest, 1.0)
    return Score(float(np.nanmean(terms)), lowest, 1.0, "higher", {name: terms})


def score_above_chance(accuracy: float, count: int) -> Score:
    """An accuracy at telling `count` factors apart, scaled so that chance is 0 and perfect 1.

    With one factor, which is always told, 0.
    """
    parts = {"accuracy": accuracy}
    if count == 1:
        return Score(0.0, 0.0, 1.0, "higher", parts)
    chance = 1 / count
    value = (accuracy - chance) / (1 - chance)
    return Score(value, -chance / (1 - chance), 1.0, "higher", parts)
