import pytest

from core.config import ConfigError, RunConfig, changed
from core.presets import load_preset
from core.studies.study import differences
from core.studies.varied import parse_seeds, varied


@pytest.mark.parametrize(
    ("text", "seeds"),
    [("3", [3]), ("0,1,2", [0, 1, 2]), ("0-4", [0, 1, 2, 3, 4]), ("0-1, 7", [0, 1, 7])],
)
def test_that_seeds_are_numbers_and_ranges(text: str, seeds: list[int]) -> None:
    assert parse_seeds(text) == seeds


@pytest.mark.parametrize("text", ["", "a", "1-", "-1", "1.5", "2-1", "0-10000", "0 1"])
def test_that_other_seeds_are_refused(text: str) -> None:
    with pytest.raises(ConfigError, match=r"Seeds are numbers|is no range"):
        parse_seeds(text)


def test_that_each_value_is_an_arm_that_is_told_apart_from_the_first() -> None:
    config = load_preset("dsprites-quick").config
    study = varied(config, "weights", [0, 1], "method.independence.weight", ["0", "0.05", "18"])
    assert [arm.name for arm in study.arms] == ["weight 0", "weight 0.05", "weight 18"]
    assert [arm.against for arm in study.arms] == ["", "weight 0", "weight 0"]
    assert study.arms[1].settings == {"method.independence.weight": 0.05}
    assert study.arm_config(study.arms[2]) == config


def test_that_without_a_setting_only_the_seed_varies() -> None:
    config = changed(RunConfig(), {"method.kind": "vae"})
    study = varied(config, "seeds", [4, 5])
    assert [arm.name for arm in study.arms] == ["VAE"]
    assert differences(study.arm_config(study.arms[0]), config) == {}


@pytest.mark.parametrize(
    ("path", "values", "sentence"),
    [
        ("method.wait", ["1"], "There is no setting 'method.wait'"),
        ("batch_size", ["0"], "batch_size should be greater than or equal to 2, not 0"),
        ("batch_size", ["8", "8"], "two arms are called batch size 8"),
        ("batch_size", [], "There are no values of batch_size: write several"),
        ("batch_size", ["x"], "batch_size should be a valid integer"),
    ],
)
def test_that_what_cannot_be_varied_is_told(path: str, values: list[str], sentence: str) -> None:
    with pytest.raises(ConfigError, match=sentence):
        varied(RunConfig(), "s", [0], path, values)
