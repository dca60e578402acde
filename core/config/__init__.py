"""`RunConfig` and its parts: what decides the outcome of a run, validated and documented."""

from core.config.base import ConfigError, ConfigModel
from core.config.data import DataConfig
from core.config.edit import changed, dump_config, flat, is_live, load_config, parse_config
from core.config.latent import LatentConfig
from core.config.problems import problems, problems_by_key
from core.config.run import SCHEMA_VERSION, MethodConfig, Precision, RunConfig
from core.config.tc_gan import (
    Estimator,
    IndependenceConfig,
    InformationConfig,
    TCGANConfig,
)

__all__ = [
    "SCHEMA_VERSION",
    "ConfigError",
    "ConfigModel",
    "DataConfig",
    "Estimator",
    "IndependenceConfig",
    "InformationConfig",
    "LatentConfig",
    "MethodConfig",
    "Precision",
    "RunConfig",
    "TCGANConfig",
    "changed",
    "dump_config",
    "flat",
    "is_live",
    "load_config",
    "parse_config",
    "problems",
    "problems_by_key",
]
