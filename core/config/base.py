"""What every config model shares: frozen, strict about unknown keys, documented fields."""

from pydantic import BaseModel, ConfigDict

from core.errors import IcdrlError


class ConfigError(IcdrlError):
    """A setting, preset or config file that cannot be used."""


class ConfigModel(BaseModel):
    """Base of the models that make up a `RunConfig`."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, validate_by_name=True, validate_by_alias=True
    )
