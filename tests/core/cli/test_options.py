import pytest

from core.cli.options import edited
from core.config import ConfigError, RunConfig, changed


def test_that_nothing_said_changes_nothing() -> None:
    assert edited(RunConfig(), None, steps=None, seed=None) == RunConfig()


def test_that_keys_and_values_may_have_blanks_around_and_equals_signs_within() -> None:
    config = edited(RunConfig(), [" steps = 7 ", "data.source=a=b.npz"])
    assert config == changed(RunConfig(), {"steps": 7, "data.source": "a=b.npz"})


def test_that_the_last_word_on_a_setting_counts_and_its_own_option_before_all() -> None:
    assert edited(RunConfig(), ["steps=7", "steps=8"]).steps == 8
    assert edited(RunConfig(), ["steps=7"], steps=9).steps == 9


def test_that_a_setting_without_a_value_is_answered_with_the_form() -> None:
    with pytest.raises(ConfigError, match=r"^--set steps has no value: write --set KEY=VALUE\.$"):
        edited(RunConfig(), ["steps"])


def test_that_a_wrong_option_is_named_as_the_setting_it_is() -> None:
    with pytest.raises(ConfigError, match=r"^seed should be greater than or equal to 0, not -1\.$"):
        edited(RunConfig(), None, seed=-1)
