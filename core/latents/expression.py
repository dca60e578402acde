"""Expressions of codes that a person writes: `c1 + 0.5 * c4`, `max(abs(c2), c3) > 1`.

expression = sum [("<" | "<=" | ">" | ">=" | "==" | "!=") sum]
sum        = product {("+" | "-") product}
product    = factor {("*" | "/") factor}
factor     = ("-" | "+") factor | number | name | function "(" list ")" | "(" expression ")"
list       = expression {"," expression}
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.latents.dual import FUNCTIONS, OPERATORS, Dual, Operation, constant, negate
from core.latents.errors import ExpressionError

LONGEST_EXPRESSION = 1000
"""Characters."""

_DEEPEST = 40
_MOST_TOLD = 20
_COMPARISONS = ("<", "<=", ">", ">=", "==", "!=")
_TOKEN = re.compile(
    r"(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)|(?P<name>[A-Za-z_]\w*)"
    r"|(?P<sign><=|>=|==|!=|[-+*/<>(),])|(?P<blank>\s+)",
    re.ASCII,
)


class _Token(NamedTuple):
    kind: str
    text: str
    at: int


class _Step(NamedTuple):
    """One instruction for a stack machine: push a number or a name, or replace `arity` values."""

    push: float | str | None
    operation: Operation | None = None
    arity: int = 0


@dataclass(frozen=True)
class Expression:
    """An expression that was read, as instructions for a stack machine.

    Attributes:
        text: as it was written.
        names: which names occur, each once.
    """

    text: str
    names: tuple[str, ...]
    _steps: tuple[_Step, ...]

    def __call__(
        self, columns: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Values (N,) and slopes (N, U) where the U `names` have the values (N, U).

        They are not finite where it divides by zero or takes the root of a negative number. Where
        it has a kink or jumps, the slope is that of one side, or 0.
        """
        with np.errstate(all="ignore"):
            found = _computed(self._steps, self.names, columns)
        return found.value, found.slope


def parse_expression(text: str, names: Iterable[str]) -> Expression:
    """Read an expression of `names`.

    Raises:
        ExpressionError: it is none; the message and `at` point at the character.
    """
    return _Parser(text, tuple(names)).expression()


def _computed(steps: Sequence[_Step], names: Sequence[str], columns: NDArray[np.float64]) -> Dual:
    stack: list[Dual] = []
    for step in steps:
        if step.operation is not None:
            operands = [stack.pop() for _ in range(step.arity)][::-1]
            stack.append(step.operation(*operands))
        elif isinstance(step.push, str):
            which = names.index(step.push)
            slope = np.zeros(columns.shape)
            slope[:, which] = 1.0
            stack.append(Dual(columns[:, which], slope))
        else:
            stack.append(constant(step.push or 0.0, columns.shape))
    (result,) = stack
    return result


class _Parser:
    """Recursive descent, no deeper than `_DEEPEST`."""

    def __init__(self, text: str, names: tuple[str, ...]) -> None:
        self._text, self._names = text, names
        if len(text) > LONGEST_EXPRESSION:
            raise self._error(
                f"an expression has at most {LONGEST_EXPRESSION:,} characters", LONGEST_EXPRESSION
            )
        self._tokens = self._split()
        self._next = 0
        self._depth = 0

    def expression(self) -> Expression:
        """The whole text."""
        steps = self._comparison()
        if self._token.kind != "end":
            raise self._error(f"{self._token.text!r} is not expected here", self._token.at)
        pushed = [step.push for step in steps]
        used = tuple(name for name in self._names if name in pushed)
        if not used:
            raise self._error("it names no code, so it is the same everywhere", 0)
        return Expression(self._text, used, tuple(steps))

    def _comparison(self) -> list[_Step]:
        left = self._sum()
        if self._token.text in _COMPARISONS:
            sign = self._take()
            left = [*left, *self._sum(), _Step(None, OPERATORS[sign.text], 2)]
            if self._token.text in _COMPARISONS:
                raise self._error("only two things can be compared; use brackets", self._token.at)
        return left

    def _sum(self) -> list[_Step]:
        return self._chain(self._product, ("+", "-"))

    def _product(self) -> list[_Step]:
        return self._chain(self._factor, ("*", "/"))

    def _chain(self, part: Callable[[], list[_Step]], signs: tuple[str, ...]) -> list[_Step]:
        left = part()
        while self._token.text in signs:
            sign = self._take()
            right = part()
            if sign.text == "/" and _is_zero(right):
                raise self._error("it divides by zero", sign.at)
            left = [*left, *right, _Step(None, OPERATORS[sign.text], 2)]
        return left

    def _factor(self) -> list[_Step]:
        token = self._take()
        if self._depth == _DEEPEST:
            raise self._error(f"it is nested more than {_DEEPEST} deep", token.at)
        self._depth += 1
        try:
            return self._factor_from(token)
        finally:
            self._depth -= 1

    def _factor_from(self, token: _Token) -> list[_Step]:
        if token.text in ("-", "+"):
            negated = [_Step(None, negate, 1)] if token.text == "-" else []
            return self._factor() + negated
        if token.text == "(":
            inner = self._comparison()
            self._expect(")")
            return inner
        if token.kind == "number":
            return [_Step(self._number(token))]
        if token.kind == "name" and self._token.text == "(":
            return self._call(token)
        if token.kind == "name" and token.text in self._names:
            return [_Step(token.text)]
        if token.kind == "name":
            some = ", ".join(self._names[:_MOST_TOLD])
            more = ", ..." if len(self._names) > _MOST_TOLD else ""
            known = f"there is no code {token.text}; codes are {some}{more}"
            raise self._error(known, token.at)
        found = "the end" if token.kind == "end" else repr(token.text)
        raise self._error(f"a code, a number or a bracket should stand here, not {found}", token.at)

    def _call(self, token: _Token) -> list[_Step]:
        function = FUNCTIONS.get(token.text)
        if function is None:
            known = f"there is no function {token.text}; there are {', '.join(FUNCTIONS)}"
            raise self._error(known, token.at)
        self._expect("(")
        parts = [self._comparison()]
        while self._token.text == ",":
            self._take()
            parts.append(self._comparison())
        if not function.least <= len(parts) <= function.most:
            number = "one value" if function.most == 1 else "two values or more"
            raise self._error(f"{token.text} takes {number}, not {len(parts)}", token.at)
        self._expect(")")
        return [*reduce(list.__add__, parts), _Step(None, function.operation, len(parts))]

    def _number(self, token: _Token) -> float:
        value = float(token.text)
        if not np.isfinite(value):
            raise self._error(f"{token.text} is too large", token.at)
        return value

    @property
    def _token(self) -> _Token:
        return self._tokens[self._next]

    def _take(self) -> _Token:
        token = self._token
        if token.kind != "end":
            self._next += 1
        return token

    def _expect(self, sign: str) -> None:
        token = self._take()
        if token.text != sign:
            found = "the end" if token.kind == "end" else repr(token.text)
            raise self._error(f"{sign!r} should stand here, not {found}", token.at)

    def _split(self) -> list[_Token]:
        tokens, at = [], 0
        while at < len(self._text):
            match = _TOKEN.match(self._text, at)
            if match is None:
                raise self._error(f"{self._text[at]!r} means nothing here", at)
            if match.lastgroup != "blank":
                tokens.append(_Token(str(match.lastgroup), match[0], at))
            at = match.end()
        return [*tokens, _Token("end", "", len(self._text))]

    def _error(self, reason: str, at: int) -> ExpressionError:
        return ExpressionError(reason, self._text, at)


def _is_zero(steps: Sequence[_Step]) -> bool:
    """Whether they come to the number 0 whatever the codes are."""
    if any(isinstance(step.push, str) for step in steps):
        return False
    with np.errstate(all="ignore"):
        return bool(_computed(steps, (), np.zeros((1, 0))).value[0] == 0)
