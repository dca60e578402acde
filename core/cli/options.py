"""`--set KEY=VALUE`: settings edited from the command line."""

from typing import Annotated

import typer

from core.config import ConfigError, RunConfig, changed

SettingsOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Any setting of the config; repeatable."),
]


def edited(config: RunConfig, settings: list[str] | None, **named: int | None) -> RunConfig:
    """`config` with every KEY=VALUE and every named setting that is not None.

    Raises:
        ConfigError: no =, no such key, or a value outside its limits.
    """
    changes: dict[str, object] = {**settings_of(settings)}
    changes |= {key: value for key, value in named.items() if value is not None}
    return changed(config, changes) if changes else config


def settings_of(settings: list[str] | None) -> dict[str, str]:
    """Key -> value of every KEY=VALUE.

    Raises:
        ConfigError: one has no =.
    """
    found = {}
    for setting in settings or []:
        key, equals, value = setting.partition("=")
        if not equals:
            raise ConfigError(f"--set {setting} has no value: write --set KEY=VALUE.")
        found[key.strip()] = value.strip()
    return found
