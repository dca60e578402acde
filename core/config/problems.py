"""What is wrong with values that did not validate, in words for a person."""

import re
from collections.abc import Iterator

from pydantic import ValidationError

from core.bounds import shortened
from core.config.methods import METHOD_CONFIGS

_MOST_TOLD = 8


def problems(error: ValidationError) -> str:
    """The first problems, each in one clause: its key, what it should be, and what it is."""
    clauses = list(problems_by_key(error).values())
    rest = len(clauses) - _MOST_TOLD
    return "; ".join([*clauses[:_MOST_TOLD], *([f"and {rest} more"] if rest > 0 else [])])


def problems_by_key(error: ValidationError) -> dict[str, str]:
    """Dotted key -> its clause; a group's key, or "", where several values don't go together."""
    clauses: dict[str, str] = {}
    for item in error.errors(include_url=False):
        key = ".".join(map(str, _keys(item["loc"])))
        if item["type"] == "union_tag_invalid":
            given, kinds = item["ctx"]["tag"], item["ctx"]["expected_tags"]
            clauses[f"{key}.kind"] = f"{key}.kind should be {kinds}, not {shortened(repr(given))}"
        elif item["type"] == "missing":
            clauses[key] = f"{key} is missing"
        elif item["type"] == "extra_forbidden":
            clauses[key] = f"there is no setting {shortened(key)}"
        elif item["type"] == "value_error":
            message = item["msg"].removeprefix("Value error, ")
            clauses[key] = f"{key}: {message}" if key else message
        else:
            given = f", not {_shown(item['input'])}"
            demand = _demand(item["msg"])
            if key in clauses:
                other = demand.removeprefix("should be ")
                clauses[key] = f"{clauses[key].removesuffix(given)} or {other}{given}"
            else:
                clauses[key] = f"{key} {demand}{given}".lstrip()
    return clauses


def _shown(value: object) -> str:
    try:
        return shortened(repr(value))
    except (ValueError, RecursionError):  # Python writes neither more digits nor deeper lists.
        return "what is given"


def _keys(location: tuple[str | int, ...]) -> Iterator[str | int]:
    """A location without what is no key but a member of a union: tuple[str, ...], a kind."""
    for i, part in enumerate(location):
        is_kind = i == 1 and location[0] == "method" and part in METHOD_CONFIGS
        if not is_kind and not (isinstance(part, str) and "[" in part):
            yield part


def _demand(message: str) -> str:
    """What a value should be, from a message of pydantic."""
    message = re.sub(r"^(Input|String|Tuple) (?=should)", "", message)
    message = re.sub(r"^Input is not a valid path .*", "should be a path", message)
    message = re.sub(r"^Unable to parse .* as an integer, .*", "should have fewer digits", message)
    message = message.replace(", unable to parse raw data as a unicode string", " in UTF-8")
    message = re.sub(r"( after validation|, unable to|, got).*", "", message)
    return message.replace("a valid tuple", "a list in brackets")
