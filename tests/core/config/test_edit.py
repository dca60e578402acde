import json
import re
from pathlib import Path
from typing import Any

import pytest

from core.config import (
    ConfigError,
    RunConfig,
    changed,
    dump_config,
    flat,
    is_live,
    load_config,
    parse_config,
)

SETTINGS = {
    key: value for key, value in flat(RunConfig()).items() if key not in ("schema", "preset")
}


def refused(settings: dict[str, Any]) -> str:
    """Apply settings that must be refused in one line; returns it."""
    with pytest.raises(ConfigError) as caught:
        changed(RunConfig(), settings)
    line = str(caught.value)
    assert line.endswith(".")
    assert "\n" not in line
    return line


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("steps", "7", 7),
        ("method.independence.enabled", "false", False),
        ("method.generator_lr", "1e-4", 1e-4),
        ("method.independence.estimator", "density_ratio", "density_ratio"),
        ("method.independence.atomic", '["c1", "c3"]', ["c1", "c3"]),
        ("method.latent.categorical_codes", "[10, 3]", [10, 3]),
        ("data.source", "my images/2024", "my images/2024"),
        ("data.source", "2024", "2024"),
        ("data.source", "null", "null"),
    ],
)
def test_that_text_is_read_as_the_setting_means_it(key: str, text: str, value: object) -> None:
    before = flat(RunConfig())
    assert flat(changed(RunConfig(), {key: text})) == before | {key: value}


@pytest.mark.parametrize("text", ["[" * 3000, "9" * 5000, "\udc80", '"\\ud800"', "1e400"])
def test_that_text_that_means_nothing_is_refused_in_one_line(text: str) -> None:
    line = refused({"steps": text})
    assert line.startswith("steps should ")
    assert len(line) < 400


@pytest.mark.parametrize(
    "key",
    [
        *("steps", "report_every", "picture_every", "evaluate_every", "checkpoint_every"),
        *("batch_size", "method.latent.noise_dim", "method.latent.continuous_codes"),
        *("method.independence.warmup_steps", "method.independence.bank_size"),
    ],
)
def test_that_no_number_is_without_end(key: str) -> None:
    assert f"{key} should be less than or equal to" in refused({key: 10**9 + 1})


def test_that_an_atomic_code_is_named_once() -> None:
    assert "names a code twice" in refused({"method.independence.atomic": ["c1"] * 1000})


@pytest.mark.parametrize("key", SETTINGS)
def test_that_every_setting_can_be_given_its_own_value_as_text(key: str) -> None:
    assert changed(RunConfig(), {key: json.dumps(SETTINGS[key]).strip('"')}) == RunConfig()


def test_that_settings_are_checked_together_and_not_one_by_one() -> None:
    config = changed(
        RunConfig(),
        {"method.independence.atomic": ["c7"], "method.latent.continuous_codes": 7},
    )
    assert flat(config)["method.independence.atomic"] == ["c7"]
    assert flat(config)["method.latent.continuous_codes"] == 7


def test_that_the_config_before_stays_as_it_was() -> None:
    before = RunConfig()
    changed(before, {"method.latent.noise_dim": 9})
    assert before == RunConfig()


@pytest.mark.parametrize(
    ("key", "guess"),
    [
        ("step", "Did you mean steps?"),
        ("method.independence.enable", "Did you mean method.independence.enabled?"),
        ("independence.enabled", "Did you mean method.independence.enabled?"),
        ("weight", "Did you mean method.information.weight or method.independence.weight?"),
    ],
)
def test_that_a_key_that_is_nearly_right_is_guessed(key: str, guess: str) -> None:
    assert guess in refused({key: "1"})


@pytest.mark.parametrize(
    ("key", "listed"),
    [
        ("colour", "Keys: data, method, steps, batch_size, "),
        ("", "Keys: data, method, steps, batch_size, "),
        ("data.colour", "Keys of data: source, image_size, channels, fit."),
        ("steps.colour", "Keys: data, method, steps, batch_size, "),
        ("method.latent", "is a group of settings, not one. Keys of method.latent: noise_dim, "),
    ],
)
def test_that_a_wrong_key_is_answered_with_those_that_exist(key: str, listed: str) -> None:
    assert listed in refused({key: "1"})


@pytest.mark.parametrize("key", ["schema", "preset"])
def test_that_where_a_config_comes_from_is_no_setting(key: str) -> None:
    assert f"There is no setting '{key}'." in refused({key: "1"})


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        ("steps", "0", "steps should be greater than or equal to 1, not 0."),
        ("steps", "many", "steps should be a valid integer, not 'many'."),
        ("steps", "1.5", "steps should be a valid integer, not 1.5."),
        ("data.image_size", "30", "data.image_size should be 28, 32 or 64, not 30."),
        ("data.source", "", "data.source should have at least 1 character, not ''."),
        (
            "method.information.weight",
            "NaN",
            "method.information.weight should be less than or equal to 100, not nan.",
        ),
        (
            "method.independence.atomic",
            "c1",
            "method.independence.atomic should be 'all' or a list in brackets, not 'c1'.",
        ),
        (
            "method.independence.atomic",
            '["c9"]',
            "method.independence.atomic names c9; the continuous codes are c1, c2, c3, c4, c5.",
        ),
        ("method.latent.continuous_codes", "0", "method.latent: a latent needs at least one code."),
    ],
)
def test_that_a_wrong_value_is_answered_with_its_limits(
    key: str, value: str, sentence: str
) -> None:
    assert refused({key: value}) == sentence


def test_that_two_wrong_values_are_told_in_one_sentence() -> None:
    assert refused({"steps": "0", "seed": "-1"}) == (
        "steps should be greater than or equal to 1, not 0; "
        "seed should be greater than or equal to 0, not -1."
    )


def test_that_a_config_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    config = changed(
        RunConfig(),
        {"method.independence.atomic": '["c2"]', "method.latent.categorical_codes": "[4]"},
    )
    path = tmp_path / "config.json"
    path.write_text(dump_config(config), encoding="utf-8")
    assert load_config(path) == config


def test_that_a_written_config_spells_out_every_setting() -> None:
    written = json.loads(dump_config(RunConfig()))
    assert written["schema"] == 2
    assert set(written["method"]["independence"]) == {
        key.rpartition(".")[2] for key in SETTINGS if key.startswith("method.independence.")
    }


def test_that_settings_missing_from_a_file_take_their_defaults() -> None:
    assert parse_config({"steps": 3}, "here") == changed(RunConfig(), {"steps": 3})


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("{", r"it is not JSON \(EOF while parsing an object"),
        ("[" * 3000, "it is not JSON .*recursion limit exceeded"),
        ("[]", "it holds no JSON object"),
        ('{"stepz": 3}', "there is no setting stepz"),
        ('{"method": {"latent": {"noise": 3}}}', "there is no setting method.latent.noise"),
        ('{"steps": 0}', "steps should be greater than or equal to 1, not 0"),
        ('{"schema": 3}', r"newer version \(schema 3, this one reads up to 2\): update the app"),
        ('{"schema": 0}', "schema should be 2, not 0"),
    ],
)
def test_that_a_wrong_file_is_named_with_what_is_wrong_in_it(
    tmp_path: Path, content: str, reason: str
) -> None:
    path = tmp_path / "config.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ConfigError, match=reason) as caught:
        load_config(path)
    assert str(path) in str(caught.value)


def test_that_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    missing = tmp_path / "none"
    for path, reason in ((tmp_path, "It is a folder, not a file"), (missing, "No such file")):
        with pytest.raises(ConfigError, match=f"{re.escape(str(path))}: {reason}"):
            load_config(path)


def test_that_all_of_the_constraint_may_change_while_training() -> None:
    constraint = [key for key in SETTINGS if key.startswith("method.independence.")]
    assert len(constraint) > 5
    assert all(map(is_live, constraint))


@pytest.mark.parametrize(
    "key", ["seed", "batch_size", "data.source", "method.latent.noise_dim", "method.independence"]
)
def test_that_what_would_make_another_run_may_not_change_while_training(key: str) -> None:
    assert not is_live(key)
