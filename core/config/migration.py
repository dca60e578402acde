"""Configs of earlier versions, brought to what they computed then."""

from collections.abc import Mapping
from typing import Any

# What schema 1 did without saying so; it knew TC-GAN alone.
_SCHEMA_1 = {"generator_steps": 1}
_SCHEMA_1_INFORMATION = {"spectral_norm": False}


def migrated(values: Mapping[str, Any], schema: Any) -> dict[str, Any]:
    """The values of a config of `schema` as this version writes them."""
    values = dict(values)
    if schema != 1:
        return values
    values.pop("schema", None)
    method = values.get("method", {})
    if isinstance(method, dict):
        method = _SCHEMA_1 | method
        information = method.get("information", {})
        if isinstance(information, dict):
            method["information"] = _SCHEMA_1_INFORMATION | information
        values["method"] = method
    return values
