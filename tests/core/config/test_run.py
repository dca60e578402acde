from collections.abc import Iterator

import pydantic
import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from core.config import METHOD_CONFIGS, RunConfig


def settings_of(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, FieldInfo]]:
    """Yield the dotted path and the field of every setting that is no group."""
    for name, field in model.model_fields.items():
        annotation = field.annotation
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            yield from settings_of(annotation, f"{prefix}{name}.")
        else:
            yield prefix + name, field


def silent_in(model: type[BaseModel]) -> set[str]:
    return {path for path, field in settings_of(model) if not field.description}


def test_that_every_setting_says_what_it_is() -> None:
    assert silent_in(RunConfig) == {"schema_version"}
    assert {kind: silent_in(config) for kind, config in METHOD_CONFIGS.items()} == {
        kind: {"kind"} for kind in METHOD_CONFIGS
    }


def test_that_a_config_cannot_be_changed_in_place() -> None:
    config = RunConfig()
    with pytest.raises(pydantic.ValidationError, match="frozen"):
        config.steps = 3  # type: ignore[misc]


def test_that_a_code_that_is_not_there_cannot_be_atomic() -> None:
    with pytest.raises(ValueError, match=r"names c3; the continuous codes are c1, c2"):
        RunConfig.model_validate(
            {
                "method": {
                    "latent": {"continuous_codes": 2},
                    "independence": {"atomic": ["c1", "c3"]},
                }
            }
        )


@pytest.mark.parametrize("kind", METHOD_CONFIGS)
def test_that_a_group_that_is_given_in_part_keeps_the_methods_own_defaults(kind: str) -> None:
    whole = RunConfig.model_validate({"method": {"kind": kind}}).method
    for name in type(whole).model_fields:
        if isinstance(getattr(whole, name), BaseModel):
            partly = RunConfig.model_validate({"method": {"kind": kind, name: {}}}).method
            assert partly == whole, name
