"""`Recipe`: what a picture was made from, as JSON that travels inside the file."""

import json
import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields
from importlib import metadata
from itertools import chain
from typing import ClassVar, Self

from pydantic import ConfigDict, TypeAdapter, ValidationError

from core.export.errors import ExportError

SCHEMA = 1


def _installed_version() -> str:
    return metadata.version("icdrl")


@dataclass(frozen=True)
class Recipe:
    """What a picture was made from: enough to make it again from the run's folder.

    Attributes:
        kind: what the picture shows: traversal, samples, ...
        run: name of the run's folder.
        step: the snapshot's step.
        seed: the run's seed.
        anchor: where the anchor came from: random:0, data:12, latent, ...
        anchor_latent: (L,) the anchor itself.
        range_rule: how the values were chosen: prior, fixed:-2,2, ...
        codes: names of the codes that were varied, one a row.
        values: for each row its values, one a column; for a categorical code the category's index.
        preset: name of the preset the run began as, or empty.
        version: the version of icdrl that made the picture.
        schema: the format of this recipe.
    """

    # Read by pydantic in `from_json`: nothing is converted, nothing unknown is let in.
    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(
        strict=True, extra="forbid", allow_inf_nan=False
    )

    kind: str
    run: str
    step: int
    seed: int
    anchor: str
    anchor_latent: tuple[float, ...]
    range_rule: str
    codes: tuple[str, ...]
    values: tuple[tuple[float, ...], ...]
    preset: str = ""
    version: str = field(default_factory=_installed_version)
    schema: int = SCHEMA

    def __post_init__(self) -> None:
        if len(self.codes) != len(self.values):
            raise ValueError(f"{len(self.codes)} codes but {len(self.values)} rows of values")

    def to_json(self) -> str:
        """The recipe as one line of plain ASCII.

        Raises:
            ExportError: a latent or a value is not finite, which JSON cannot say.
        """
        if not _all_finite(chain(self.anchor_latent, *self.values)):
            raise ExportError(
                f"The picture of {self.run} at step {self.step} was made from numbers that are "
                f"not finite, so its recipe cannot be written: choose an earlier step."
            )
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The recipe that `to_json` wrote.

        Raises:
            ExportError: the text is no recipe, or one of a newer schema.
        """
        try:
            content = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise _damaged(f"it is not JSON, {error}") from error
        schema = content.get("schema") if isinstance(content, dict) else None
        if not isinstance(schema, int) or schema < 1:
            raise _damaged("it has no schema")
        if schema > SCHEMA:
            raise ExportError(
                f"The recipe has schema {schema}, newer than the {SCHEMA} this version of icdrl "
                f"reads: update icdrl."
            )
        # The defaults are for new recipes: an old one must not claim today's version.
        if missing := {entry.name for entry in fields(cls)} - content.keys():
            raise _damaged(f"it has no {', '.join(sorted(missing))}")
        try:
            return TypeAdapter(cls).validate_json(text)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise _damaged(f"{where}: {first['msg']}") from error


def _damaged(what: str) -> ExportError:
    return ExportError(f"The recipe is damaged ({what}): export the picture again from its run.")


def _all_finite(numbers: Iterable[float]) -> bool:
    return all(math.isfinite(number) for number in numbers)
