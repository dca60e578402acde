import pytest

from core.config import ConfigError, flat
from core.presets import list_presets, load_preset

NAMES = [
    "dsprites-infogan",
    "dsprites-quick",
    "dsprites-quick-tcgan",
    "dsprites-small-infogan",
    "dsprites-small-tcgan",
    "dsprites-tcgan",
    "mnist-tcgan",
]


def test_that_every_preset_is_listed_with_a_sentence() -> None:
    presets = list_presets()
    assert {preset.name for preset in presets} >= set(NAMES)
    assert [preset for preset in presets if not preset.summary.endswith(".")] == []


@pytest.mark.parametrize("name", NAMES)
def test_that_a_run_remembers_its_preset(name: str) -> None:
    assert load_preset(name).config.preset == name


@pytest.mark.parametrize("data", ["dsprites", "dsprites-small"])
def test_that_the_infogan_presets_lack_the_constraint_and_nothing_else(data: str) -> None:
    with_it = flat(load_preset(f"{data}-tcgan").config)
    without = flat(load_preset(f"{data}-infogan").config)
    assert {key: value for key, value in without.items() if with_it[key] != value} == {
        "preset": f"{data}-infogan",
        "method.independence.enabled": False,
    }


@pytest.mark.parametrize(
    "name", ["dsprites", "", "../presets/dsprites-tcgan", "dsprites-tcgan.json"]
)
def test_that_an_unknown_preset_is_answered_with_those_that_exist(name: str) -> None:
    with pytest.raises(ConfigError, match=r"no preset '.*'\. Presets: dsprites-infogan, "):
        load_preset(name)
