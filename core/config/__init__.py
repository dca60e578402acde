"""`RunConfig` and its parts: what decides the outcome of a run, validated and documented."""

from core.config.base import ConfigError, ConfigModel
from core.config.data import DataConfig
from core.config.edit import changed, dump_config, flat, is_live, load_config, parse_config
from core.config.latent import LatentConfig
from core.config.methods import (
    CONSTRAINT,
    CONSTRAINT_ENABLED,
    METHOD_CONFIGS,
    ConstraintConfig,
    Estimator,
    IndependenceConfig,
    InformationConfig,
    MethodBase,
    MethodConfig,
    Scalar,
    TCGANConfig,
    method_title,
    scalar_titles,
)
from core.config.problems import problems, problems_by_key
from core.config.run import SCHEMA_VERSION, Precision, RunConfig

__all__ = [
    "CONSTRAINT",
    "CONSTRAINT_ENABLED",
    "METHOD_CONFIGS",
    "SCHEMA_VERSION",
    "ConfigError",
    "ConfigModel",
    "ConstraintConfig",
    "DataConfig",
    "Estimator",
    "IndependenceConfig",
    "InformationConfig",
    "LatentConfig",
    "MethodBase",
    "MethodConfig",
    "Precision",
    "RunConfig",
    "Scalar",
    "TCGANConfig",
    "changed",
    "dump_config",
    "flat",
    "is_live",
    "load_config",
    "method_title",
    "parse_config",
    "problems",
    "problems_by_key",
    "scalar_titles",
]
