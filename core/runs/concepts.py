"""A run's concepts.json: its concepts, and the labels that a person gave for them."""

import errno
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from typing import Annotated, ClassVar

from filelock import FileLock, Timeout
from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic_core import from_json

from core.bounds import LONGEST_NAME, shortened
from core.files.atomic import write_atomically
from core.files.plain import require_plain_file
from core.latents.concepts import AnyConcept, Labels, StoredConcept
from core.latents.errors import ConceptError
from core.runs.errors import RunError
from core.runs.folder import RunFolder

MOST_CONCEPTS = 50
"""Of a run."""

SCHEMA = 1

# A change is a matter of milliseconds.
_PATIENCE_S = 5.0
# Labels of all concepts take less by far.
_LARGEST = 64 * 2**20


@dataclass(frozen=True)
class Concepts:
    """What concepts.json holds; empty where there is none.

    Attributes:
        concepts: in the order in which they were made; no name occurs twice.
        labels: concept -> labels that a person gave it, which no data set has; also of a concept
            that is still being tagged.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(
        strict=True, extra="forbid", allow_inf_nan=False
    )

    concepts: Annotated[tuple[StoredConcept, ...], Field(max_length=MOST_CONCEPTS)] = ()
    labels: Mapping[Annotated[str, Field(max_length=LONGEST_NAME)], Labels] = field(
        default_factory=dict
    )
    schema: int = SCHEMA

    def __post_init__(self) -> None:
        names = [concept.name for concept in self.concepts]
        if len(set(names)) < len(names):
            raise ValueError("a name occurs twice")

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the concepts."""
        return tuple(concept.name for concept in self.concepts)

    def named(self, name: str) -> AnyConcept:
        """The concept called so.

        Raises:
            ConceptError: there is none; the message lists those there are.
        """
        found = [concept for concept in self.concepts if concept.name == name]
        if found:
            return found[0]
        known = f"concepts are {', '.join(self.names)}" if self.names else "it has none yet"
        raise ConceptError(f"The run has no concept {shortened(name)!r}: {known}.")

    def with_concept(self, concept: AnyConcept, labels: Labels | None = None) -> "Concepts":
        """With this one, in the place of one of the same name, and its own labels if it has any.

        Raises:
            ConceptError: there would be too many.
        """
        if concept.name in self.names:
            kept = tuple(concept if each.name == concept.name else each for each in self.concepts)
        elif len(self.concepts) == MOST_CONCEPTS:
            raise ConceptError(f"A run has at most {MOST_CONCEPTS} concepts: delete one first.")
        else:
            kept = (*self.concepts, concept)
        given = {} if labels is None else {concept.name: labels}
        return replace(self, concepts=kept, labels={**self.labels, **given})

    def without(self, name: str) -> "Concepts":
        """Without the concept called so, and its labels."""
        return replace(
            self,
            concepts=tuple(each for each in self.concepts if each.name != name),
            labels={key: value for key, value in self.labels.items() if key != name},
        )


def load_concepts(run: RunFolder) -> Concepts:
    """The concepts of a run.

    Raises:
        ConceptError: concepts.json is damaged, or of a newer version.
        RunError: it cannot be read.
    """
    try:
        require_plain_file(run.concepts)
        if run.concepts.stat().st_size > _LARGEST:
            raise _damaged(run, "it is too large")
        text = run.concepts.read_bytes()
        content = from_json(text)
    except OSError as error:
        if error.errno == errno.ENOENT:
            return Concepts()
        raise RunError(f"Cannot read {run.concepts}: {error.strerror}.") from None
    except ValueError as error:
        raise _damaged(run, f"it is not JSON, {error}") from None
    schema = content.get("schema") if isinstance(content, dict) else None
    if isinstance(schema, int) and schema > SCHEMA:
        raise ConceptError(
            f"{run.concepts} has schema {schema}, newer than the {SCHEMA} that this version of "
            "icdrl reads: update icdrl."
        )
    try:
        return TypeAdapter(Concepts).validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise _damaged(run, f"{where}: {first['msg'].removeprefix('Value error, ')}") from None


def change_concepts(run: RunFolder, change: Callable[[Concepts], Concepts]) -> Concepts:
    """Replace what the folder holds by what `change` makes of it, and return that.

    App, explorer and commands may all do so: none undoes what another did meanwhile.

    Raises:
        ConceptError: what is there is damaged, and stays; or a number is not finite.
        RunError: it cannot be written; or `change` raised it.
    """
    with _locked(run):
        changed = change(load_concepts(run))
        try:
            content = json.dumps(asdict(changed), indent=1, allow_nan=False).encode()
        except ValueError:
            raise ConceptError(
                "A number of the concept is not finite: choose other labels."
            ) from None
        try:
            write_atomically(run.concepts, lambda file: file.write(content))
        except OSError as error:
            raise RunError(f"Cannot write {run.concepts}: {error.strerror}.") from None
    return changed


@contextmanager
def _locked(run: RunFolder) -> Iterator[None]:
    lock = FileLock(run.concepts.with_suffix(".lock"), timeout=_PATIENCE_S)
    try:
        lock.acquire()
    except Timeout:
        raise RunError(
            f"The concepts of {run.path} are being changed by another process."
        ) from None
    except (OSError, NotImplementedError) as error:
        raise RunError(f"Cannot lock the concepts of {run.path}: {error}.") from None
    try:
        yield
    finally:
        lock.release()


def _damaged(run: RunFolder, what: str) -> ConceptError:
    return ConceptError(
        f"{run.concepts} is damaged ({shortened(what)}): mend it, or move it elsewhere; it is left "
        "as it is."
    )
