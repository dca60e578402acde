"""Read, write and edit configs, with one sentence for each thing that is wrong in them."""

from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import from_json

from core.bounds import shortened
from core.config.base import ConfigError, is_live_field
from core.config.methods import METHOD_CONFIGS
from core.config.migration import migrated
from core.config.problems import problems
from core.config.run import SCHEMA_VERSION, RunConfig
from core.files.plain import require_plain_file

# Where a config comes from; nobody sets them.
_NO_SETTINGS = ("schema", "preset")

_KIND = "method.kind"


def parse_config(values: Mapping[str, Any], where: str) -> RunConfig:
    """Validate nested `values` (missing ones take their defaults).

    Raises:
        ConfigError: names `where`, the key and its limits.
    """
    schema = values.get("schema", SCHEMA_VERSION)
    if isinstance(schema, int) and schema > SCHEMA_VERSION:
        raise ConfigError(
            f"{where} was written by a newer version (schema {schema}, this one reads up to "
            f"{SCHEMA_VERSION}): update the app to open it."
        )
    try:
        return RunConfig.model_validate(migrated(values, schema))
    except ValidationError as error:
        raise ConfigError(f"{where}: {problems(error)}.") from None


def load_config(path: Path) -> RunConfig:
    """Read a config written by `dump_config`.

    Raises:
        ConfigError: no such file, not JSON, or values that do not validate.
    """
    try:
        require_plain_file(path)
        values = from_json(path.read_text(encoding="utf-8"))
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
    kind = settings.get(_KIND, config.method.kind)
    kind = _parse(kind, "") if isinstance(kind, str) else kind
    if kind != config.method.kind:
        config = _of_kind(config, kind)
    leaves = flat(config)
    values = config.model_dump(by_alias=True)
    for path, value in settings.items():
        _check_key(path, [key for key in leaves if key not in _NO_SETTINGS])
        *groups, last = path.split(".")
        node = values
        for key in groups:
            node = node[key]
        node[last] = _parse(value, leaves[path]) if isinstance(value, str) else value
    try:
        return RunConfig.model_validate(values)
    except ValidationError as error:
        raise ConfigError(f"{problems(error)}.") from None


def _of_kind(config: RunConfig, kind: Any) -> RunConfig:
    """The config with another method, which starts from its defaults."""
    values = config.model_dump(by_alias=True) | {"method": {"kind": kind}}
    try:
        return RunConfig.model_validate(values)
    except ValidationError as error:
        raise ConfigError(f"{problems(error)}.") from None


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


def _parse(text: str, before: Any) -> Any:
    """What `text` means for a setting that was `before`: a folder may be called 2024."""
    try:
        value = from_json(text)
    except (TypeError, ValueError):  # TypeError: bytes of the command line that are no text
        return text
    return text if isinstance(before, str) and not isinstance(value, str | list) else value


def _check_key(path: str, keys: Collection[str]) -> None:
    """Raise a ConfigError that helps on, unless `path` is one of `keys`."""
    if path in keys:
        return
    group, inside = path, _inside(path, keys) if path else []
    if inside:
        trouble = f"{path} is a group of settings, not one."
    else:
        endings = [key for key in keys if key.endswith(f".{path}")]
        guesses = endings or get_close_matches(path, keys, 1)
        hint = f" Did you mean {' or '.join(guesses)}?" if guesses else ""
        trouble = f"There is no setting {shortened(path)!r}.{hint}"
    while not inside:
        group = group.rpartition(".")[0]
        inside = _inside(group, keys)
    exist = ", ".join(dict.fromkeys(key.partition(".")[0] for key in inside))
    raise ConfigError(f"{trouble} Keys{f' of {group}' if group else ''}: {exist}.")


def _inside(group: str, keys: Collection[str]) -> list[str]:
    """The keys of a group, relative to it; "" is the group of all."""
    prefix = f"{group}." if group else ""
    return [key.removeprefix(prefix) for key in keys if key.startswith(prefix)]


# The run's own settings that may change between two steps; a method marks its own.
_LIVE = ("steps", "report_every", "picture_every", "evaluate_every", "checkpoint_every")


def is_live(path: str) -> bool:
    """Whether the setting at the dotted `path` may change while a run trains."""
    return path in _LIVE or path in _live_in_methods()


@cache
def _live_in_methods() -> frozenset[str]:
    return frozenset(
        path for config in METHOD_CONFIGS.values() for path in _live_paths(config, "method.")
    )


def _live_paths(model: type[BaseModel], prefix: str) -> Iterator[str]:
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from _live_paths(field.annotation, f"{prefix}{name}.")
        elif is_live_field(field):
            yield prefix + name
