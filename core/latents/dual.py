"""Columns of numbers with their slopes, and what can be computed of them (forward derivatives)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Dual:
    """Values (N,) and their slopes (N, U) in U variables."""

    value: Numbers
    slope: Numbers


Operation = Callable[..., Dual]


class Function(NamedTuple):
    """An operation that takes from `least` to `most` values."""

    operation: Operation
    least: int
    most: float


def constant(number: float, shape: tuple[int, ...]) -> Dual:
    """The same number N times, for a shape (N, U)."""
    return Dual(np.full(shape[0], number), np.zeros(shape))


def _add(a: Dual, b: Dual) -> Dual:
    return Dual(a.value + b.value, a.slope + b.slope)


def _subtract(a: Dual, b: Dual) -> Dual:
    return Dual(a.value - b.value, a.slope - b.slope)


def _multiply(a: Dual, b: Dual) -> Dual:
    slope = a.slope * b.value[:, None] + b.slope * a.value[:, None]
    return Dual(a.value * b.value, slope)


def _divide(a: Dual, b: Dual) -> Dual:
    value = a.value / b.value
    return Dual(value, (a.slope - b.slope * value[:, None]) / b.value[:, None])


def negate(a: Dual) -> Dual:
    """The opposite number."""
    return Dual(-a.value, -a.slope)


def _absolute(a: Dual) -> Dual:
    return Dual(np.abs(a.value), a.slope * np.sign(a.value)[:, None])


def _root(a: Dual) -> Dual:
    value = np.sqrt(a.value)
    return Dual(value, a.slope / (2 * value)[:, None])


def _chosen(choose: Callable[..., NDArray[np.int64]]) -> Operation:
    def operation(*parts: Dual) -> Dual:
        values = np.stack([part.value for part in parts])
        which, rows = choose(values, axis=0), np.arange(values.shape[1])
        slopes = np.stack([part.slope for part in parts])
        return Dual(values[which, rows], slopes[which, rows])

    return operation


def _comparing(compare: Callable[[Numbers, Numbers], NDArray[np.bool_]]) -> Operation:
    def operation(a: Dual, b: Dual) -> Dual:
        return Dual(compare(a.value, b.value).astype(np.float64), np.zeros(a.slope.shape))

    return operation


OPERATORS: dict[str, Operation] = {
    "+": _add,
    "-": _subtract,
    "*": _multiply,
    "/": _divide,
    "<": _comparing(np.less),
    "<=": _comparing(np.less_equal),
    ">": _comparing(np.greater),
    ">=": _comparing(np.greater_equal),
    "==": _comparing(np.equal),
    "!=": _comparing(np.not_equal),
}
"""Of two values; a comparison is 1 where it holds, else 0."""

FUNCTIONS: dict[str, Function] = {
    "abs": Function(_absolute, 1, 1),
    "min": Function(_chosen(np.argmin), 2, np.inf),
    "max": Function(_chosen(np.argmax), 2, np.inf),
    "sqrt": Function(_root, 1, 1),
}
