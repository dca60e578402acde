"""Configs of earlier versions, brought to what they computed then."""

from collections.abc import Mapping
from typing import Any

# What schema 1 did without saying so, and defaults of its own; it knew TC-GAN alone.
_METHOD_1: dict[str, Any] = {"generator_steps": 1, "generator_lr": 5e-4}
_INFORMATION_1: dict[str, Any] = {"spectral_norm": False, "trains": "trunk"}


def migrated(values: Mapping[str, Any], schema: Any) -> dict[str, Any]:
    """The values of a config of `schema` as this version writes them."""
    method = values.get("method", {})
    information = method.get("information", {}) if isinstance(method, dict) else None
    if schema != 1 or not isinstance(information, dict):
        return dict(values)
    information = _INFORMATION_1 | information
    method = _METHOD_1 | method | {"information": information}
    return {**values, "schema": 2, "method": method}
