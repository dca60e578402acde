"""The run configs that ship with the app, and how to look one up."""

import json
from dataclasses import dataclass

from core.config import ConfigError, RunConfig, parse_config
from core.resources import RESOURCES

FIRST_PRESET = "dsprites-quick"
"""What a newcomer trains, in a few minutes on two cores."""


@dataclass(frozen=True)
class Preset:
    """A shipped run config and the sentence that says what it is for."""

    name: str
    summary: str
    config: RunConfig


def list_presets() -> list[Preset]:
    """Every shipped preset, by name."""
    return [load_preset(path.stem) for path in sorted((RESOURCES / "presets").glob("*.json"))]


def load_preset(name: str) -> Preset:
    """The preset called `name`.

    Raises:
        ConfigError: there is none of that name; the message lists those that exist.
    """
    path = RESOURCES / "presets" / f"{name}.json"
    known = sorted(p.stem for p in path.parent.glob("*.json"))
    if name not in known:
        raise ConfigError(f"There is no preset {name!r}. Presets: {', '.join(known)}.")
    content = json.loads(path.read_text(encoding="utf-8"))
    config = parse_config(content["config"] | {"preset": name}, f"preset {name}")
    return Preset(name, content["summary"], config)
