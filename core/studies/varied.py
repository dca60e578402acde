"""A study made from one config: a setting takes several values, with several seeds each."""

from collections.abc import Sequence

from core.config import ConfigError, RunConfig, changed, flat
from core.studies.study import Study, parse_study

_MOST_SEEDS = 10_000


def parse_seeds(text: str) -> list[int]:
    """The seeds that `0,1,2` or `0-4` names, or several such.

    Raises:
        ConfigError: it is none of these.
    """
    seeds: list[int] = []
    for part in text.split(","):
        first, dash, last = part.strip().partition("-")
        if not first.isdecimal() or (dash and not last.isdecimal()):
            raise ConfigError(f"Seeds are numbers such as 0,1,2 or 0-4, not {text!r}.")
        low, high = int(first), int(last or first)
        if high < low or high - low >= _MOST_SEEDS:
            raise ConfigError(f"{part.strip()} is no range of at most {_MOST_SEEDS:,} seeds.")
        seeds += range(low, high + 1)
    return seeds


def varied(
    config: RunConfig, name: str, seeds: Sequence[int], path: str = "", values: Sequence[str] = ()
) -> Study:
    """A study with an arm for each value of the setting at the dotted `path`.

    The first value is what the others are told apart from. Without a path the config is the only
    arm.

    Raises:
        ConfigError: no such setting, a value outside its limits or twice, or nonsense seeds.
    """
    word = path.rpartition(".")[2].replace("_", " ")
    arms: list[dict[str, object]] = []
    for value in values if path else ():
        settings = {path: flat(changed(config, {path: value}))[path]}
        arm: dict[str, object] = {"name": f"{word} {value}", "settings": settings}
        if arms:
            arm["against"] = arms[0]["name"]
        arms.append(arm)
    if path and not arms:
        raise ConfigError(f"There are no values of {path}: write several, such as 0, 0.05, 0.1.")
    base = config.model_dump(mode="json", by_alias=True)
    only: dict[str, object] = {"name": config.preset or config.method.title}
    content = {"name": name, "config": base, "seeds": list(seeds), "arms": arms or [only]}
    return parse_study(content, "The study")
