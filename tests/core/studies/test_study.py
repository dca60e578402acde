import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.config import ConfigError, RunConfig
from core.presets import load_preset
from core.studies.shipped import find_study, list_studies
from core.studies.study import Study, differences, dump_study, load_study, parse_study


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"name": ""}, "name should have at least 1 character, not ''"),
        ({"arms": []}, "arms should have at least 1 item"),
        ({"arms": [{"name": "a"}, {"name": "a"}]}, "two arms are called a"),
        ({"arms": [{"name": "a b"}, {"name": "A-b"}]}, "where those of a b do: rename it"),
        ({"arms": [{"name": " "}]}, "arms.0.name: should be a word or several on one line"),
        ({"arms": [{"name": "a\nb"}]}, "arms.0.name: should be a word or several on one line"),
        ({"arms": [{"name": "x" * 65}]}, "arms.0.name should have at most 64 characters"),
        ({"arms": [{"name": "a", "against": "b"}]}, "the arm a is against 'b', which is no arm"),
        ({"arms": [{"name": "a", "against": "a"}]}, "the arm a is against itself"),
        ({"arms": [{"name": "a", "colour": "red"}]}, "there is no setting arms.0.colour"),
        ({"arms": [{"name": "a", "published": {"mug": 1}}]}, "there is no score mug: choose of"),
        ({"arms": [{"name": "a", "published": {"mig": math.inf}}]}, "should hold finite numbers"),
        ({"arms": "a"}, "arms should be a list in brackets, not 'a'"),
        ({"arms": ["a"]}, "arms.0 should be a valid dictionary or instance of Arm, not 'a'"),
        ({"seeds": []}, "seeds should have at least 1 item"),
        ({"seeds": [0, 1, 0]}, "seed 0 is given twice"),
        ({"seeds": [-1]}, "seeds.0 should be greater than or equal to 0, not -1"),
        ({"seeds": [2**32]}, "seeds.0 should be less than 4294967296"),
        ({"seeds": [0.5]}, "seeds.0 should be a valid integer"),
        ({"steps": 0}, "steps should be greater than or equal to 1, not 0"),
        ({"seeds": [*range(50_001)]}, "100,002 runs are too many: 100,000 are the most"),
        ({"scores": ["mig", "mug"]}, "there is no score mug: choose of mig"),
        ({"scores": ["mig", "mig"]}, "the score mig is given twice"),
        ({"preset": ""}, "there is no preset, which every arm without one of its own begins from"),
        ({"config": {}}, "give preset or config, not both"),
        ({"jobs": 2}, "there is no setting jobs"),
        ({"schema": 2}, "was written by a newer version (schema 2, this one reads up to 1)"),
    ],
)
def test_that_what_is_wrong_with_a_study_is_told_in_one_sentence(
    make_study: Callable[..., Study], values: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(ConfigError) as refused:
        make_study(**values)
    assert sentence in str(refused.value)
    assert str(refused.value).startswith("the study")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"method.wait": 1}, "The arm a of the study small: There is no setting 'method.wait'."),
        ({"method.codes": 0}, "method.codes should be greater than or equal to 1, not 0."),
        ({"method.kind": "nothing"}, "method.kind should be 'vae', "),
        ({"seed": -1}, "seed should be greater than or equal to 0, not -1."),
        ({"method": {}}, "method is a group of settings, not one."),
    ],
)
def test_that_settings_of_an_arm_that_cannot_be_are_told_with_its_name(
    make_study: Callable[..., Study], settings: dict[str, Any], sentence: str
) -> None:
    study = make_study(arms=[{"name": "a", "settings": settings}])
    with pytest.raises(ConfigError) as refused:
        study.spelt_out()
    assert str(refused.value).startswith("The arm a of the study small: ")
    assert sentence in str(refused.value)


def test_that_a_preset_that_does_not_exist_is_told(make_study: Callable[..., Study]) -> None:
    with pytest.raises(ConfigError, match="The arm on of the study small: There is no preset 'x'"):
        make_study(preset="x").spelt_out()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "Cannot read the study .*s.json: No such file or directory."),
        ("{", "Cannot read the study .*s.json: it is not JSON "),
        ("[]", "Cannot read the study .*s.json: it holds no JSON object."),
        ('{"name": "a"}', "s.json: seeds is missing; arms is missing."),
    ],
)
def test_that_a_file_that_is_no_study_is_told(
    tmp_path: Path, content: str | None, sentence: str
) -> None:
    path = tmp_path / "s.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(ConfigError, match=sentence):
        load_study(path)


def test_that_a_folder_is_no_study_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="It is a folder, not a file"):
        load_study(tmp_path)


def test_that_settings_of_the_study_then_of_the_arm_go_on_top_of_its_preset(
    make_study: Callable[..., Study],
) -> None:
    study = make_study(
        settings={"batch_size": 16, "method.codes": 5},
        arms=[
            {"name": "a"},
            {"name": "b", "settings": {"method.codes": 6}},
            {"name": "c", "preset": "dsprites-factor-vae"},
        ],
        steps=None,
    )
    a, b, c = (study.arm_config(arm) for arm in study.arms)
    assert (a.batch_size, a.method.latent_spec().codes[-1].name) == (16, "c5")
    assert b.method.latent_spec().codes[-1].name == "c6"
    assert (c.method.kind, c.steps) == ("factor_vae", RunConfig().steps)
    assert c.preset == "dsprites-factor-vae"


def test_that_what_is_given_goes_on_top_of_every_arm(make_study: Callable[..., Study]) -> None:
    study = make_study().given([7], 9, {"batch_size": "5", "method.independence.enabled": "true"})
    assert (study.seeds, study.steps) == ((7,), 9)
    for arm in study.arms:
        config = study.arm_config(arm)
        assert (config.steps, config.batch_size) == (9, 5)
        assert config.method.constraint
        assert config.method.constraint.enabled


@pytest.mark.parametrize("given", [{"seeds": [1, 1]}, {"steps": 0}, {"seeds": [-3]}])
def test_that_nonsense_that_is_given_is_refused(
    make_study: Callable[..., Study], given: dict[str, Any]
) -> None:
    with pytest.raises(ConfigError, match="The study small: "):
        make_study().given(**given)


def test_that_a_study_spelt_out_computes_the_same_and_needs_no_preset(
    make_study: Callable[..., Study], tmp_path: Path
) -> None:
    study = make_study(
        arms=[
            {"name": "a"},
            {"name": "b", "settings": {"method.codes": 6}},
            {"name": "c", "preset": "dsprites-factor-vae", "settings": {"precision": "auto"}},
        ]
    )
    spelt_out = study.spelt_out()
    (tmp_path / "study.json").write_text(dump_study(spelt_out))
    read = load_study(tmp_path / "study.json")
    assert read == spelt_out == spelt_out.spelt_out()
    assert "dsprites-factor-vae" not in (tmp_path / "study.json").read_text()
    for before, after in zip(study.arms, read.arms, strict=True):
        config = read.arm_config(after)
        assert differences(study.arm_config(before), config) == {}
        # They began as different presets: as a whole the study is none of them.
        assert config.preset == ""
    assert read.arms[0].settings == {}
    assert read.arms[1].settings == {"method.codes": 6}


def test_that_data_at_a_path_is_found_from_any_folder(
    make_study: Callable[..., Study], images: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(images.parent)
    study = make_study(settings={"data.source": images.name}).spelt_out()
    assert study.arm_config(study.arms[0]).data.source == str(images)


def test_that_data_of_the_catalogue_keeps_its_name_whatever_lies_in_the_folder(
    make_study: Callable[..., Study], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "dsprites").mkdir()
    monkeypatch.chdir(tmp_path)
    study = make_study(settings={"data.source": "dsprites"}).spelt_out()
    assert study.arm_config(study.arms[0]).data.source == "dsprites"


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("TC-GAN, off", "TC-GAN-off"),
        ("weight 0.05", "weight-0.05"),
        ("β = 4", "β-4"),
        ("../up", "..-up"),
    ],
)
def test_that_every_arm_has_a_folder_that_can_be(
    make_study: Callable[..., Study], name: str, folder: str
) -> None:
    assert make_study(arms=[{"name": name}]).arms[0].folder == folder


def test_that_every_shipped_study_can_be_computed_and_is_known_by_its_name() -> None:
    studies = list_studies()
    names = {"constraint", "weight", "table1"}
    assert {study.name for study in studies} == names | {f"{name}-quick" for name in names}
    for study in studies:
        assert find_study(study.name) == study
        assert study.summary.endswith(".")
        spelt_out = study.spelt_out()
        configs = {arm.name: spelt_out.arm_config(arm) for arm in spelt_out.arms}
        sizes = {config.data.image_size for config in configs.values()}
        assert sizes == ({32} if study.name.endswith("-quick") else {64})
        for arm in study.arms:
            if arm.against:
                unlike = differences(configs[arm.name], configs[arm.against])
                assert [*unlike] in (
                    ["method.independence.enabled"],
                    ["method.independence.weight"],
                )


def test_that_no_two_arms_of_a_shipped_study_compute_the_same() -> None:
    for study in list_studies():
        configs = [study.arm_config(arm) for arm in study.arms]
        for i, config in enumerate(configs):
            assert all(differences(config, other) for other in configs[:i])


def test_that_the_table_of_the_paper_has_its_five_scores_and_every_method() -> None:
    study = find_study("table1")
    assert [arm.name for arm in study.arms] == [
        load_preset(arm.preset).config.method.title for arm in study.arms
    ]
    assert len(study.arms) == 9
    assert all(list(arm.published) == list(study.scores) for arm in study.arms)


@pytest.mark.parametrize("name", ["none", "none.json", "no/where"])
def test_that_a_study_that_is_nowhere_is_told(name: str) -> None:
    with pytest.raises(
        ConfigError, match=f"no study 'none'. Studies: .*|Cannot read the study {name}"
    ):
        find_study(name)


def test_that_a_study_says_its_schema(make_study: Callable[..., Study]) -> None:
    assert json.loads(dump_study(make_study()))["schema"] == 1
    assert parse_study(json.loads(dump_study(make_study())), "x") == make_study()
