"""Concepts, the complex level: named functions of codes, learned from labels or written down."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import ConfigDict, Field

from core.bounds import LARGEST_NUMBER, LARGEST_VALUE, LONGEST_LATENT, LONGEST_NAME, MOST_CODES
from core.latents.errors import ConceptError
from core.latents.expression import LONGEST_EXPRESSION, Expression, parse_expression
from core.latents.spec import LatentSpec

LONGEST_CONCEPT_NAME = 60
"""Characters: it stands beside a slider and a row."""

Values = NDArray[np.float64]

_STRICT = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)

_Name = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)]
_Number = Annotated[float, Field(ge=-LARGEST_VALUE, le=LARGEST_VALUE)]
_Vector = Annotated[tuple[_Number, ...], Field(max_length=LONGEST_LATENT, fail_fast=True)]
_Step = Annotated[int, Field(ge=0, le=LARGEST_NUMBER)]


@dataclass(frozen=True)
class _Checked:
    """What is read from a file: nothing is converted, nothing unknown is let in."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT


@dataclass(frozen=True)
class LinearHead(_Checked):
    """`weights` (E,) of scaled entries, and a constant."""

    weights: _Vector
    bias: _Number
    kind: Literal["linear"] = "linear"

    def __call__(self, scaled: Values) -> tuple[Values, Values]:
        """Values (N,) and slopes (N, E) at scaled entries (N, E)."""
        weights = np.array(self.weights)
        return scaled @ weights + self.bias, np.broadcast_to(weights, scaled.shape)


@dataclass(frozen=True)
class NetworkHead(_Checked):
    """One hidden layer of H tanh units: `hidden` (H, E), `hidden_bias` (H,), `weights` (H,)."""

    hidden: Annotated[tuple[_Vector, ...], Field(max_length=256, fail_fast=True)]
    hidden_bias: _Vector
    weights: _Vector
    bias: _Number
    kind: Literal["network"] = "network"

    def __post_init__(self) -> None:
        if not len(self.hidden) == len(self.hidden_bias) == len(self.weights):
            raise ValueError("the layers do not fit each other")

    def __call__(self, scaled: Values) -> tuple[Values, Values]:
        """Values (N,) and slopes (N, E) at scaled entries (N, E)."""
        hidden, weights = np.array(self.hidden), np.array(self.weights)
        units = np.tanh(scaled @ hidden.T + np.array(self.hidden_bias))
        return units @ weights + self.bias, ((1 - units**2) * weights) @ hidden


Head = Annotated[LinearHead | NetworkHead, Field(discriminator="kind")]


@dataclass(frozen=True)
class FactorLabel(_Checked):
    """A column of the data's factors; `equals`: whether it has this value."""

    factor: _Name
    equals: _Number | None = None
    kind: Literal["factor"] = "factor"

    def __str__(self) -> str:
        return self.factor if self.equals is None else f"{self.factor}={self.equals:g}"


@dataclass(frozen=True)
class GivenLabel(_Checked):
    """Labels of some images that a file held, or that a person gave as tags; see `Labels`."""

    origin: _Name
    kind: Literal["given"] = "given"

    def __str__(self) -> str:
        return self.origin


TAGS = GivenLabel("tags")

Label = Annotated[FactorLabel | GivenLabel, Field(discriminator="kind")]


@dataclass(frozen=True)
class Labels(_Checked):
    """What was said of M images of the data: their places in it, and a value for each.

    binary: whether the values are 0, does not show it, and 1, shows it.
    """

    images: tuple[_Step, ...]
    values: tuple[_Number, ...]
    binary: bool

    def __post_init__(self) -> None:
        if len(self.images) != len(self.values):
            raise ValueError(f"{len(self.images)} images but {len(self.values)} values")
        if len(set(self.images)) != len(self.images):
            raise ValueError("an image has two labels")


@dataclass(frozen=True)
class ConceptScore(_Checked):
    """How well a concept tells the labels of images that it was not fitted to, in five folds.

    Attributes:
        name: r2, the coefficient of determination, or auc, the area under the ROC curve; 1 is best.
        value: its mean over the folds.
        spread: its standard deviation over them.
        guessing: the mean of what lines have that learned the same labels dealt out at random.
        guessing_spread: the standard deviation of that.
    """

    name: Literal["r2", "auc"]
    value: _Number
    spread: _Number
    guessing: _Number
    guessing_spread: _Number

    @property
    def tells(self) -> bool:
        """Whether it is better than guessing, by more than twice its spread."""
        return self.value - self.guessing > 2 * self.guessing_spread


@dataclass(frozen=True)
class Honesty(_Checked):
    """Whether images get what was asked for: codes were moved, drawn, and inferred again.

    Attributes:
        rank_correlation: Spearman's, of the values asked for and those measured; 1 is best.
        leakage: the part that other concepts have in all movement, each in units of its own range;
            0 is best; None where there is no other.
        images: how many were drawn.
        out_of_reach: for how many of them the value cannot be reached.
    """

    rank_correlation: Annotated[float, Field(ge=-1, le=1)]
    leakage: Annotated[float, Field(ge=0, le=1)] | None
    images: _Step
    out_of_reach: _Step


@dataclass(frozen=True)
class Concept(_Checked):
    """A named function of the codes of weights of one step.

    Attributes:
        name: what a person called it.
        step: the step of the weights whose codes it reads.
        entries: E names of the entries of the codes, as in `LatentSpec.entry_names`.
        low, high: between which values 95 % of real images lie.
        shares: code -> its share of what makes the value vary; they add up to 1.
        images: how many real images it was fitted to, or looked at.
        honesty: what a check found, if there was one.
    """

    name: Annotated[str, Field(min_length=1, max_length=LONGEST_CONCEPT_NAME)]
    step: _Step
    entries: Annotated[tuple[_Name, ...], Field(max_length=LONGEST_LATENT, fail_fast=True)]
    low: _Number
    high: _Number
    shares: Annotated[Mapping[_Name, _Number], Field(max_length=MOST_CODES)]
    images: _Step
    honesty: Honesty | None

    def __post_init__(self) -> None:
        if not self.low < self.high:
            raise ValueError("its range is empty")

    def values(self, entries: Values) -> Values:
        """(N,) of entries (N, E) of codes."""
        return self._computed(entries)[0]

    def slopes(self, entries: Values) -> Values:
        """(N, E) of entries (N, E) of codes."""
        return self._computed(entries)[1]

    def require_fit(self, spec: LatentSpec, run: str) -> None:
        """Check that it is a function of these codes, of the run called `run`.

        Raises:
            ConceptError: it is one of others.
        """
        if self.entries != spec.entry_names:
            raise ConceptError(
                f"The concept {self.name} was made from other codes than {run} has: delete it, "
                "or open the run that it was made from."
            )

    @property
    def made_from(self) -> str:
        """The label or the expression, as it is asked for."""
        raise NotImplementedError

    def _computed(self, entries: Values) -> tuple[Values, Values]:
        raise NotImplementedError


@dataclass(frozen=True)
class LearnedConcept(Concept):
    """One that was learned from labels.

    The value of a numeric label is in its own units, that of a label which is shown or not in
    log-odds: 0 is as likely as not.

    Attributes:
        label: what it was learned from.
        centre, scale: (E,) what is taken from the entries, and what they are divided by.
    """

    label: Label
    centre: _Vector
    scale: _Vector
    head: Head
    score: ConceptScore
    kind: Literal["learned"] = "learned"

    def __post_init__(self) -> None:
        super().__post_init__()
        rows = self.head.hidden if isinstance(self.head, NetworkHead) else (self.head.weights,)
        if any(len(row) != len(self.entries) for row in (self.centre, self.scale, *rows)):
            raise ValueError("its weights are not those of its entries")
        if not all(each > 0 for each in self.scale):
            raise ValueError("its scaling divides by nothing")

    @property
    def made_from(self) -> str:
        """The label."""
        return str(self.label)

    def _computed(self, entries: Values) -> tuple[Values, Values]:
        scale = np.array(self.scale)
        value, slope = self.head((entries - np.array(self.centre)) / scale)
        return value, slope / scale


@dataclass(frozen=True)
class ComposedConcept(Concept):
    """One that a person wrote down as an expression of codes."""

    expression: Annotated[str, Field(max_length=LONGEST_EXPRESSION)]
    kind: Literal["composed"] = "composed"

    def __post_init__(self) -> None:
        super().__post_init__()
        try:
            _ = self._parsed
        except ConceptError as error:
            raise ValueError(str(error).rstrip(".")) from None

    @property
    def made_from(self) -> str:
        """The expression."""
        return self.expression

    @cached_property
    def _parsed(self) -> Expression:
        return parse_expression(self.expression, self.entries)

    def _computed(self, entries: Values) -> tuple[Values, Values]:
        which = [self.entries.index(name) for name in self._parsed.names]
        value, slope = self._parsed(entries[:, which])
        slopes = np.zeros(entries.shape)
        slopes[:, which] = slope
        return value, slopes


AnyConcept = LearnedConcept | ComposedConcept

StoredConcept = Annotated[AnyConcept, Field(discriminator="kind")]
"""One as pydantic reads it."""


def checked_name(name: str, spec: LatentSpec) -> str:
    """A name for a concept of these codes, without blanks around it.

    Raises:
        ConceptError: it is empty, too long, has characters that cannot be shown, or is a code's.
    """
    name = name.strip()
    if not name or len(name) > LONGEST_CONCEPT_NAME or not name.isprintable():
        raise ConceptError(
            f"A concept needs a name of 1 to {LONGEST_CONCEPT_NAME} characters that can be shown."
        )
    if name in spec.entry_names or any(code.name == name for code in spec.codes):
        raise ConceptError(f"{name} is a code: give the concept another name.")
    return name
