"""What every config model shares: frozen, strict about unknown keys, documented fields."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.fields import FieldInfo

from core.errors import IcdrlError


class ConfigError(IcdrlError):
    """A setting, preset or config file that cannot be used."""


class ConfigModel(BaseModel):
    """Base of the models that make up a `RunConfig`."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, validate_by_name=True, validate_by_alias=True
    )


def live(default: Any, **limits: Any) -> Any:
    """A `Field` that may change between two steps of a running training."""
    return Field(default, json_schema_extra={"live": True}, **limits)


def is_live_field(field: FieldInfo) -> bool:
    """Whether `live` made it."""
    extra = field.json_schema_extra
    return isinstance(extra, dict) and bool(extra.get("live"))
