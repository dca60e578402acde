"""Read, write and edit configs, with one sentence for each thing that is wrong in them."""

import json
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from core.config.base import ConfigError
from core.config.run import SCHEMA_VERSION, RunConfig


def parse_config(values: Mapping[str, Any], where: str) -> RunConfig:
    """Validate nested `values` (missing ones take their defaults).

    Raises:
        ConfigError: names `where`, the key, its limits or the keys that exist.
    """
    schema = values.get("schema", SCHEMA_VERSION)
    if isinstance(schema, int) and schema > SCHEMA_VERSION:
        raise ConfigError(
            f"{where} was written by a newer version (schema {schema}, this one reads up to "
            f"{SCHEMA_VERSION}): update the app to open it."
        )
    try:
        return RunConfig.model_validate(values)
    except ValidationError as error:
        raise ConfigError(f"{where}: {_sentence(error)}") from None


def load_config(path: Path) -> RunConfig:
    """Read a config written by `dump_config`.

    Raises:
        ConfigError: no such file, not JSON, or values that do not validate.
    """
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else f"it is not JSON ({error})"
        raise ConfigError(f"Cannot read the config {path}: {reason}.") from None
    if not isinstance(values, dict):
        raise ConfigError(f"Cannot read the config {path}: it holds no JSON object.")
    return parse_config(values, str(path))


def dump_config(config: RunConfig) -> str:
    """The config as indented JSON, every field spelled out."""
    return config.model_dump_json(by_alias=True, indent=2) + "\n"


def changed(config: RunConfig, settings: Mapping[str, Any]) -> RunConfig:
    """A copy with `settings` applied: dotted path -> value, text being parsed as JSON if it can.

    Raises:
        ConfigError: a key that does not exist, or a value outside its limits.
    """
    values = config.model_dump(by_alias=True)
    for path, value in settings.items():
        *parents, last = _resolve(path)
        node = values
        for key in parents:
            node = node[key]
        node[last] = _parse(value) if isinstance(value, str) else value
    return parse_config(values, ", ".join(f"{k}={v}" for k, v in settings.items()))


def flat(config: RunConfig) -> dict[str, Any]:
    """Dotted path -> value of every leaf, in the order of the fields."""
    return _flatten(config.model_dump(mode="json", by_alias=True), "")


def _flatten(values: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    leaves: dict[str, Any] = {}
    for key, value in values.items():
        if isinstance(value, dict):
            leaves |= _flatten(value, f"{prefix}{key}.")
        else:
            leaves[prefix + key] = value
    return leaves


def _parse(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _resolve(path: str) -> list[str]:
    """Split a dotted path, checking each key against the models' fields."""
    model: type[BaseModel] | None = RunConfig
    keys = path.split(".")
    for depth, key in enumerate(keys):
        fields = {f.alias or k: f for k, f in model.model_fields.items()} if model else {}
        if key not in fields:
            where = ".".join(keys[:depth])
            guess = get_close_matches(key, fields, 1)
            hint = f" Did you mean {'.'.join([*keys[:depth], guess[0]])}?" if guess else ""
            exist = ", ".join(fields) if fields else "none: it is a single value"
            raise ConfigError(
                f"There is no setting {path}.{hint} Keys{f' of {where}' if where else ''}: {exist}."
            )
        annotation = fields[key].annotation
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            model = annotation
        else:
            model = None
    if model:
        raise ConfigError(
            f"{path} is a group of settings, not one: choose from "
            f"{', '.join(f'{path}.{key}' for key in model.model_fields)}."
        )
    return keys


def _sentence(error: ValidationError) -> str:
    """All problems of a validation error in one sentence."""
    problems = []
    for item in error.errors(include_url=False):
        key = ".".join(str(part) for part in item["loc"])
        if item["type"] == "extra_forbidden":
            problems.append(f"there is no setting {key}")
            continue
        message = item["msg"].removeprefix("Value error, ").removeprefix("Input ")
        given = f", not {item['input']!r}" if key and not isinstance(item["input"], dict) else ""
        problems.append(f"{key} {message}{given}".strip())
    return "; ".join(problems) + "."


# What may change between two steps; all else would make another run of it.
_LIVE = (
    "method.independence.",
    "method.information.weight",
    "method.generator_lr",
    "method.discriminator_lr",
    "method.real_target_low",
    "steps",
    "report_every",
    "picture_every",
    "evaluate_every",
    "checkpoint_every",
)


def is_live(path: str) -> bool:
    """Whether the setting at the dotted `path` may change while a run trains."""
    return any(path == live or (live[-1] == "." and path.startswith(live)) for live in _LIVE)
