import pytest

from core.config import CONSTRAINT, METHOD_CONFIGS, ConfigError, flat
from core.presets import list_presets, load_preset

NAMES = [preset.name for preset in list_presets()]


def test_that_each_method_has_a_preset_of_the_full_dsprites() -> None:
    configs = [preset.config for preset in list_presets()]
    shown = {config.method.kind for config in configs if config.data.source == "dsprites"}
    assert shown == set(METHOD_CONFIGS)


def test_that_every_preset_is_listed_with_a_sentence() -> None:
    assert [each for each in list_presets() if not each.summary.endswith(".")] == []


@pytest.mark.parametrize("name", NAMES)
def test_that_a_run_remembers_its_preset(name: str) -> None:
    assert load_preset(name).config.preset == name


@pytest.mark.parametrize("data", ["dsprites", "dsprites-small"])
def test_that_the_infogan_presets_lack_the_constraint_and_nothing_else(data: str) -> None:
    with_it = flat(load_preset(f"{data}-tcgan").config)
    without = flat(load_preset(f"{data}-infogan").config)
    differing = {key for key, value in with_it.items() if without.get(key) != value}
    assert {key for key in differing if not key.startswith(CONSTRAINT)} == {"preset", "method.kind"}
    assert set(without) < set(with_it)


@pytest.mark.parametrize(
    "name", ["dsprites", "", "../presets/dsprites-tcgan", "dsprites-tcgan.json"]
)
def test_that_an_unknown_preset_is_answered_with_those_that_exist(name: str) -> None:
    with pytest.raises(ConfigError, match=rf"no preset '.*'\. Presets: {NAMES[0]}, "):
        load_preset(name)
