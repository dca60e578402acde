"""`Study`: arms that differ in settings, each trained with several seeds, as data."""

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, JsonValue, ValidationError, field_validator, model_validator
from pydantic_core import from_json

from core.bounds import LARGEST_NUMBER, LONGEST_NAME, shortened
from core.config import ConfigError, ConfigModel, RunConfig, changed, flat, parse_config, problems
from core.counts import counted
from core.data.names import findable_anywhere
from core.files.plain import require_plain_file
from core.metrics.catalogue import TITLES
from core.presets import load_preset

SCHEMA_VERSION = 1

MOST_CELLS = 100_000

_LONGEST_ARM = 64
_KIND = "method.kind"
# Each cell has its own; where a config comes from does not matter to what it computes.
_ASIDE = {"seed", "schema", "preset"}

_Settings = dict[str, JsonValue]
_Seed = Annotated[int, Field(ge=0, lt=2**32)]


class Arm(ConfigModel):
    """What is compared: a name, and the settings in which it differs from the study's base.

    Attributes:
        preset: a base of its own; empty: the study's.
        settings: dotted path -> value, on top of the study's settings.
        against: name of the arm from which it is told apart, seed by seed; empty: none.
        published: column of scores.csv -> what the literature has, to stand beside ours.
    """

    name: str = Field(min_length=1, max_length=_LONGEST_ARM)
    preset: str = Field("", max_length=LONGEST_NAME)
    settings: _Settings = Field(default_factory=dict)
    against: str = ""
    published: dict[str, float] = Field(default_factory=dict)

    @field_validator("name")
    @classmethod
    def _is_readable(cls, name: str) -> str:
        if not name.isprintable() or name != name.strip() or not any(map(str.isalnum, name)):
            raise ValueError("should be a word or several on one line")
        return name

    @field_validator("published")
    @classmethod
    def _is_finite(cls, published: dict[str, float]) -> dict[str, float]:
        if not all(map(math.isfinite, published.values())):
            raise ValueError("should hold finite numbers only")
        return published

    @property
    def folder(self) -> str:
        """How the folders of its runs begin."""
        return "-".join("".join(c if c.isalnum() or c in "._" else " " for c in self.name).split())


class Study(ConfigModel):
    """Arms times seeds, each a training run.

    Attributes:
        name, summary: what it is called, and what it is for.
        preset, config: the base of all arms, by name or in full; one of the two, or neither where
            each arm has a preset of its own.
        settings: dotted path -> value, for all arms.
        steps: total number of steps of every run; None: as each arm's settings say.
        scores: columns of scores.csv that the table shows, in its order; none: every score.
        published_in: where the `published` scores of the arms stand.
    """

    schema_version: Literal[1] = Field(1, alias="schema")
    name: str = Field(min_length=1, max_length=_LONGEST_ARM)
    summary: str = ""
    preset: str = Field("", max_length=LONGEST_NAME)
    config: dict[str, JsonValue] | None = None
    settings: _Settings = Field(default_factory=dict)
    steps: int | None = Field(None, ge=1, le=LARGEST_NUMBER)
    seeds: tuple[_Seed, ...] = Field(min_length=1)
    arms: tuple[Arm, ...] = Field(min_length=1)
    scores: tuple[str, ...] = ()
    published_in: str = ""

    @model_validator(mode="after")
    def _fits_together(self) -> "Study":
        if trouble := self._trouble():
            raise ValueError(trouble)
        return self

    @property
    def cells(self) -> int:
        """How many runs it takes."""
        return len(self.arms) * len(self.seeds)

    def arm(self, name: str) -> Arm:
        """The arm of that name, which there is."""
        return next(arm for arm in self.arms if arm.name == name)

    def arm_config(self, arm: Arm) -> RunConfig:
        """What the runs of an arm compute, but for the seed.

        Raises:
            ConfigError: a preset or setting that does not exist, or a value outside its limits.
        """
        settings = {**self.settings, **arm.settings}
        if self.steps is not None:
            settings["steps"] = self.steps
        try:
            return changed(self._base(arm), settings)
        except ConfigError as error:
            raise ConfigError(f"The arm {arm.name} of the study {self.name}: {error}") from None

    def given(
        self,
        seeds: Sequence[int] | None = None,
        steps: int | None = None,
        settings: Mapping[str, Any] | None = None,
    ) -> "Study":
        """The study with other seeds, another number of steps, and settings that all arms get.

        Raises:
            ConfigError: seeds or steps outside their limits, or a seed twice.
        """
        values = self.model_dump(by_alias=True)
        if seeds is not None:
            values["seeds"] = list(seeds)
        if steps is not None:
            values["steps"] = steps
        for arm in values["arms"]:
            arm["settings"] |= dict(settings or {})
        return parse_study(values, f"The study {self.name}")

    def spelt_out(self) -> "Study":
        """The same study, which says in full what it computes: whatever becomes of presets.

        The first arm's config is the base, and each arm has the settings that differ from it;
        data that lies at a path is named by its absolute one.

        Raises:
            ConfigError: as `arm_config`.
        """
        configs = {arm.name: findable_anywhere(self.arm_config(arm)) for arm in self.arms}
        base = configs[self.arms[0].name]
        arms = [
            arm.model_copy(update={"preset": "", "settings": differences(configs[arm.name], base)})
            for arm in self.arms
        ]
        config = base.model_dump(mode="json", by_alias=True)
        if len({config.preset for config in configs.values()}) > 1:
            config["preset"] = ""
        return self.model_copy(
            update={
                "preset": "",
                "config": config,
                "settings": {},
                "steps": None,
                "arms": tuple(arms),
            }
        )

    def _base(self, arm: Arm) -> RunConfig:
        if self.config is not None and not arm.preset:
            return parse_config(self.config, "config")
        return load_preset(arm.preset or self.preset).config

    def _trouble(self) -> str:
        """What is wrong with values that are each right by themselves; empty: nothing."""
        names = [arm.name for arm in self.arms]
        folders = [arm.folder.casefold() for arm in self.arms]
        if self.preset and self.config is not None:
            return "give preset or config, not both"
        if self.config is None and not self.preset and not all(arm.preset for arm in self.arms):
            return "there is no preset, which every arm without one of its own begins from"
        if len(set(self.seeds)) < len(self.seeds):
            return f"seed {_first_twice(self.seeds)} is given twice"
        if len(set(names)) < len(names):
            return f"two arms are called {_first_twice(names)}"
        if len(set(folders)) < len(folders):
            place = folders.index(_first_twice(folders))
            return f"another arm's runs would lie where those of {names[place]} do: rename it"
        if stray := [arm for arm in self.arms if arm.against and arm.against not in names]:
            return f"the arm {stray[0].name} is against {stray[0].against!r}, which is no arm"
        if selfish := [arm for arm in self.arms if arm.against == arm.name]:
            return f"the arm {selfish[0].name} is against itself"
        known = [*self.scores, *(name for arm in self.arms for name in arm.published)]
        if unknown := [name for name in known if name not in TITLES]:
            return f"there is no score {shortened(unknown[0])}: choose of {', '.join(TITLES)}"
        if len(set(self.scores)) < len(self.scores):
            return f"the score {_first_twice(self.scores)} is given twice"
        if self.cells > MOST_CELLS:
            return f"{counted(self.cells, 'run')} are too many: {MOST_CELLS:,} are the most"
        return ""


def parse_study(values: Mapping[str, Any], where: str) -> Study:
    """Validate nested `values`.

    Raises:
        ConfigError: names `where`, the key and its limits.
    """
    schema = values.get("schema", SCHEMA_VERSION)
    if isinstance(schema, int) and schema > SCHEMA_VERSION:
        raise ConfigError(
            f"{where} was written by a newer version (schema {schema}, this one reads up to "
            f"{SCHEMA_VERSION}): update icdrl to use it."
        )
    try:
        return Study.model_validate(values)
    except ValidationError as error:
        raise ConfigError(f"{where}: {problems(error)}.") from None


def load_study(path: Path) -> Study:
    """Read a study file.

    Raises:
        ConfigError: no such file, not JSON, or values that do not validate.
    """
    try:
        require_plain_file(path)
        values = from_json(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else f"it is not JSON ({error})"
        raise ConfigError(f"Cannot read the study {path}: {reason}.") from None
    if not isinstance(values, dict):
        raise ConfigError(f"Cannot read the study {path}: it holds no JSON object.")
    return parse_study(values, str(path))


def dump_study(study: Study) -> str:
    """The study as indented JSON, without what says nothing."""
    told = study.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return json.dumps({"schema": SCHEMA_VERSION, **told}, indent=2, ensure_ascii=False) + "\n"


def differences(config: RunConfig, base: RunConfig) -> dict[str, Any]:
    """Dotted path -> value of the settings that make `config` out of `base`, but for the seed."""
    ours, theirs = flat(config), flat(base)
    if ours[_KIND] != theirs[_KIND]:
        # The defaults of a method may be others one day.
        theirs = {path: value for path, value in theirs.items() if not path.startswith("method.")}
    return {
        path: value
        for path, value in ours.items()
        if path not in _ASIDE and (path not in theirs or theirs[path] != value)
    }


def _first_twice(values: Sequence[Any]) -> Any:
    return next(value for i, value in enumerate(values) if value in values[:i])
