"""What a form can know of a config from its pydantic classes: fields, words, limits, choices."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

_UNIT = re.compile(r"\bin (pixels|seconds|minutes|hours|bytes|percent)\b|^(Steps)\b")


@dataclass(frozen=True)
class FormField:
    """One leaf of a config.

    Attributes:
        path: dotted, as `icdrl --set` takes it.
        group: path of the model that it belongs to; "" is the whole.
        annotation: its type.
        choices: the values that it can have, if they can be listed.
        titles, papers: what each choice is called, and where it was published, if they say so.
        low, high: least and greatest value of an int.
        switches: whether another choice makes another class of its group, with other fields.
    """

    path: str
    group: str
    annotation: Any
    description: str
    limits: str
    choices: tuple[Any, ...] = ()
    titles: tuple[str, ...] = ()
    papers: tuple[str, ...] = ()
    low: int | None = None
    high: int | None = None
    switches: bool = False

    @property
    def label(self) -> str:
        """Readable words."""
        return words(self.group if self.switches else self.path)

    @property
    def unit(self) -> str:
        """What it counts, if the description says so."""
        match = _UNIT.search(self.description)
        return (match[1] or match[2]).lower() if match else ""

    @property
    def help(self) -> str:
        """Description and limits, as sentences."""
        return " ".join(filter(None, (self.description, self.limits)))

    def title(self, value: object) -> str:
        """What a value is called."""
        known = value in self.choices and self.titles
        return self.titles[self.choices.index(value)] if known else str(value)

    def paper(self, value: object) -> str:
        """Where a value was published; empty: nowhere."""
        known = value in self.choices and self.papers
        return self.papers[self.choices.index(value)] if known else ""


def words(path: str) -> str:
    """The last part of a dotted path, in words."""
    return path.rpartition(".")[2].replace("_", " ")


def fields_of(config: BaseModel) -> list[FormField]:
    """Every leaf that can be set; a group's own leaves come after those of the groups inside."""
    return list(_fields(config, ""))


def leaves_of(config: BaseModel) -> dict[str, Any]:
    """Dotted path -> value of every leaf, set or constant."""
    leaves: dict[str, Any] = {}

    def walk(model: BaseModel, prefix: str) -> None:
        for name, info in type(model).model_fields.items():
            value = getattr(model, name)
            path = prefix + (info.alias or name)
            if isinstance(value, BaseModel):
                walk(value, f"{path}.")
            else:
                leaves[path] = value

    walk(config, "")
    return leaves


def nested(leaves: dict[str, Any]) -> dict[str, Any]:
    """The inverse of `leaves_of`, up to validation."""
    values: dict[str, Any] = {}
    for path, value in leaves.items():
        *groups, last = path.split(".")
        node = values
        for key in groups:
            node = node.setdefault(key, {})
        node[last] = value
    return values


def _fields(model: BaseModel, prefix: str) -> Iterator[FormField]:
    own: list[FormField] = []
    for name, info in type(model).model_fields.items():
        value = getattr(model, name)
        path = prefix + (info.alias or name)
        if isinstance(value, BaseModel):
            if len(kinds := _kinds(info)) > 1:
                yield _switch(path, info, kinds)
            yield from _fields(value, f"{path}.")
        else:
            field = _leaf(path, prefix.rstrip("."), info)
            if len(field.choices) != 1:
                own.append(field)
    yield from own


def _switch(group: str, info: FieldInfo, kinds: dict[Any, Any]) -> FormField:
    """The choice of one class out of a discriminated union."""
    return FormField(
        path=f"{group}.{info.discriminator}",
        group=group,
        annotation=str,
        description=info.description or "",
        limits="",
        choices=tuple(kinds),
        titles=tuple(getattr(member, "title", str(kind)) for kind, member in kinds.items()),
        papers=tuple(getattr(member, "paper", "") for member in kinds.values()),
        switches=True,
    )


def _kinds(info: FieldInfo) -> dict[Any, Any]:
    """Of a union of models: the discriminator's value -> its model; nothing for another type."""
    if not isinstance(info.discriminator, str):
        return {}
    members = [m for m in get_args(info.annotation) if hasattr(m, "model_fields")]
    return {
        value: member
        for member in members
        for value in get_args(member.model_fields[info.discriminator].annotation)
    }


def _leaf(path: str, group: str, info: FieldInfo) -> FormField:
    low, above = _limit(info, "ge"), _limit(info, "gt")
    high, below = _limit(info, "le"), _limit(info, "lt")
    whole = info.annotation is int
    return FormField(
        path=path,
        group=group,
        annotation=info.annotation,
        description=info.description or "",
        limits=_limits(low, above, high, below),
        choices=get_args(info.annotation) if get_origin(info.annotation) is Literal else (),
        low=_whole(low, above, 1) if whole else None,
        high=_whole(high, below, -1) if whole else None,
    )


def _limit(info: FieldInfo, name: str) -> Any:
    """A limit among the field's metadata, as pydantic keeps it."""
    return next((getattr(each, name) for each in info.metadata if hasattr(each, name)), None)


def _whole(limit: Any, beyond: Any, step: int) -> int | None:
    """The last int that is allowed, from a limit that is, or from one that is not."""
    if limit is not None:
        return int(limit)
    return None if beyond is None else int(beyond) + step


def _limits(low: Any, above: Any, high: Any, below: Any) -> str:
    """A sentence, such as "From 2 to 4096."."""
    if low is not None and high is not None:
        return f"From {low} to {high}."
    lower = f"at least {low}" if low is not None else f"more than {above}"
    upper = f"at most {high}" if high is not None else f"less than {below}"
    parts = [lower] if (low, above) != (None, None) else []
    parts += [upper] if (high, below) != (None, None) else []
    sentence = ", ".join(parts)
    return f"{sentence[:1].upper()}{sentence[1:]}." if sentence else ""


def takes_a_list(annotation: Any) -> bool:
    """Whether a tuple or list is among the values of a type."""
    if get_origin(annotation) in (Union, UnionType):
        return any(takes_a_list(member) for member in get_args(annotation))
    return get_origin(annotation) in (tuple, list)
