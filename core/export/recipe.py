"""`Recipe` and `CurvesRecipe`: what a file was made from, as JSON that travels inside it."""

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from importlib import metadata
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic_core import from_json

from core.bounds import (
    LARGEST_NUMBER,
    LARGEST_VALUE,
    LONGEST_LATENT,
    LONGEST_NAME,
    MOST_CODES,
    MOST_COLUMNS,
    MOST_IMAGES,
    MOST_RUNS,
    MOST_SCALARS,
)
from core.config import ConfigError
from core.export.errors import ExportError
from core.latents.concepts import StoredConcept
from core.ranges import interval

SCHEMA = 2

# Read by pydantic in `recipe_from_json`: nothing is converted, nothing unknown is let in.
_STRICT = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)

# A traversal of all the rows and columns that there can be has a third of it.
_LONGEST = 2**20

# Fields that recipes may lack, being older than the field.
_ADDED = {"count", "concepts"}


def _existing_anchor(anchor: str) -> str:
    form = re.fullmatch(r"(?:random|data):([0-9]{1,10})", anchor)
    if anchor != "latent" and not (form and int(form[1]) <= LARGEST_NUMBER):
        raise ValueError("there is no such anchor")
    return anchor


def _existing_range(rule: str) -> str:
    try:
        if rule:
            interval(rule)
    except ConfigError as error:
        raise ValueError(str(error).rstrip(".")) from None
    return rule


def _at_most(count: int) -> Any:
    """How many of something there may be; the first that is wrong is enough to refuse them."""
    return Field(max_length=count, fail_fast=True)


# Whoever reads a recipe relies on these: they are checked when it is read.
_Name = Annotated[str, Field(max_length=LONGEST_NAME)]
_Number = Annotated[int, Field(ge=0, le=LARGEST_NUMBER)]
_Value = Annotated[float, Field(ge=-LARGEST_VALUE, le=LARGEST_VALUE)]
_Values = Annotated[tuple[_Value, ...], _at_most(MOST_COLUMNS)]


def _installed_version() -> str:
    return metadata.version("icdrl")


@dataclass(frozen=True)
class _Written:
    """What all recipes have in common: they are written down."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    def to_json(self) -> str:
        """The recipe as one line of plain ASCII.

        Raises:
            ExportError: one of its numbers is not finite, which JSON cannot say.
        """
        try:
            return json.dumps(asdict(self), allow_nan=False)
        except ValueError as error:
            raise ExportError(
                "The picture was made from numbers that are not finite, so its recipe cannot be "
                "written: choose an earlier step."
            ) from error


@dataclass(frozen=True)
class Recipe(_Written):
    """What a picture of a snapshot was made from: enough to make it again from the run's folder.

    Attributes:
        kind: what the picture shows.
        run: name of the run's folder.
        step: the snapshot's step.
        seed: the run's seed.
        anchor: what all else stays at in a traversal: random:0, data:12, latent; or what the
            samples or the images to reconstruct were drawn with: random:SEED.
        anchor_latent: (L,) the anchor itself; empty but for a traversal.
        range_rule: how the values were chosen: prior, fixed:-2,2, ...; empty but for a traversal.
        codes: names of the codes and concepts that were varied, one a row.
        values: for each row its values, one a column; for a categorical code the category's index.
        concepts: those concepts, whole.
        preset: name of the preset the run began as, or empty.
        count: how many samples or reconstructions there are; 0 for a traversal.
        version: the version of icdrl that made the picture.
        schema: the format of this recipe.
    """

    kind: Literal["traversal", "samples", "reconstructions"]
    run: _Name
    step: _Number
    seed: Annotated[int, Field(ge=0, lt=2**32)]
    anchor: Annotated[_Name, AfterValidator(_existing_anchor)]
    anchor_latent: Annotated[tuple[_Value, ...], _at_most(LONGEST_LATENT)] = ()
    range_rule: Annotated[_Name, AfterValidator(_existing_range)] = ""
    codes: Annotated[tuple[_Name, ...], _at_most(MOST_CODES)] = ()
    values: Annotated[tuple[_Values, ...], _at_most(MOST_CODES)] = ()
    concepts: Annotated[tuple[StoredConcept, ...], _at_most(MOST_CODES)] = ()
    preset: _Name = ""
    count: Annotated[int, Field(ge=0, le=MOST_IMAGES)] = 0
    version: _Name = field(default_factory=_installed_version)
    schema: int = SCHEMA

    def __post_init__(self) -> None:
        if len(self.codes) != len(self.values):
            raise ValueError(f"{len(self.codes)} codes but {len(self.values)} rows of values")

    def of_rows(self, rows: Sequence[int]) -> "Recipe":
        """Of a traversal: the same for these rows alone."""
        codes = tuple(self.codes[row] for row in rows)
        return replace(
            self,
            codes=codes,
            values=tuple(self.values[row] for row in rows),
            concepts=tuple(concept for concept in self.concepts if concept.name in codes),
        )


@dataclass(frozen=True)
class CurvesRecipe(_Written):
    """What a picture of curves, or a table of losses or scores, was made from.

    Attributes:
        kind: curves, a picture; losses, a table; or scores, a table or a picture of a matrix.
        runs: names of the runs' folders.
        steps: for each run the last step that was shown.
        scalars: names of what was shown, as in losses.csv or scores.csv, or of the matrix.
        x_axis: what they were drawn over, as in losses.csv: step, trained_s or wall_time.
        smoothing: weight of the past in the moving average that was drawn; 0 where there was none.
        log_y: whether the y axis was logarithmic.
        version, schema: as in `Recipe`.
    """

    kind: Literal["curves", "losses", "scores"]
    runs: Annotated[tuple[_Name, ...], _at_most(MOST_RUNS)]
    steps: Annotated[tuple[_Number, ...], _at_most(MOST_RUNS)]
    scalars: Annotated[tuple[_Name, ...], _at_most(MOST_SCALARS)]
    x_axis: Literal["step", "trained_s", "wall_time"] = "step"
    smoothing: Annotated[float, Field(ge=0, le=1)] = 0.0
    log_y: bool = False
    version: _Name = field(default_factory=_installed_version)
    schema: int = SCHEMA

    def __post_init__(self) -> None:
        if len(self.runs) != len(self.steps):
            raise ValueError(f"{len(self.runs)} runs but {len(self.steps)} steps")


AnyRecipe = Recipe | CurvesRecipe


def recipe_from_json(text: str) -> AnyRecipe:
    """The recipe that `to_json` wrote.

    Raises:
        ExportError: the text is no recipe, one of a newer schema, or one that asks for more than
            can be shown.
    """
    if len(text) > _LONGEST:
        raise _damaged(f"it is longer than {_LONGEST:,} characters")
    try:
        content = from_json(text)
    except ValueError as error:
        raise _damaged(f"it is not JSON, {error}") from error
    schema = content.get("schema") if isinstance(content, dict) else None
    if not isinstance(schema, int) or schema < 1:
        raise _damaged("it has no schema")
    if schema > SCHEMA:
        raise ExportError(
            f"The recipe has schema {schema}, newer than the {SCHEMA} this version of icdrl "
            f"reads: update icdrl."
        )
    shape = CurvesRecipe if content.get("kind") in ("curves", "losses", "scores") else Recipe
    # The defaults are for new recipes: an old one must not claim today's version.
    if missing := {entry.name for entry in fields(shape)} - content.keys() - _ADDED:
        raise _damaged(f"it has no {', '.join(sorted(missing))}")
    try:
        return TypeAdapter[AnyRecipe](shape).validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise _damaged(f"{where}: {first['msg'].removeprefix('Value error, ')}") from error


def _damaged(what: str) -> ExportError:
    return ExportError(f"The recipe is damaged ({what}): export the file again from its run.")
