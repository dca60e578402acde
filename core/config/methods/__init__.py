"""The methods that can be trained: `MethodConfig`, their union by `kind`, is the list of them."""

from typing import Annotated, get_args

from pydantic import Field

from core.config.methods.base import (
    CONSTRAINT,
    CONSTRAINT_ENABLED,
    ConstraintConfig,
    MethodBase,
    Scalar,
)
from core.config.methods.gan import (
    ContrastiveConfig,
    Estimator,
    IndependenceConfig,
    InfoGANConfig,
    InfoGANCRConfig,
    InformationConfig,
    TCGANConfig,
)
from core.config.methods.ib_gan import IBGANConfig
from core.config.methods.vae import (
    AnnealedVAEConfig,
    BetaTCVAEConfig,
    BetaVAEConfig,
    FactorVAEConfig,
    PosteriorEstimator,
    PosteriorIndependenceConfig,
    VAEConfig,
)

MethodConfig = (
    VAEConfig
    | BetaVAEConfig
    | AnnealedVAEConfig
    | FactorVAEConfig
    | BetaTCVAEConfig
    | InfoGANConfig
    | IBGANConfig
    | InfoGANCRConfig
    | TCGANConfig
)

AnyMethod = Annotated[MethodConfig, Field(discriminator="kind")]

METHOD_CONFIGS: dict[str, type[MethodBase]] = {
    config.model_fields["kind"].default: config for config in get_args(MethodConfig)
}
"""`kind` -> the class of its settings, in the order of the paper's table."""


def method_title(kind: str) -> str:
    """What a method is called: `TC-GAN`; a `kind` that there is not keeps its name."""
    return METHOD_CONFIGS[kind].title if kind in METHOD_CONFIGS else kind


def scalar_titles() -> dict[str, str]:
    """Name -> title of every scalar that some method reports under its defaults."""
    return {
        scalar.name: scalar.title
        for config in METHOD_CONFIGS.values()
        for scalar in config().scalars()
    }


__all__ = [
    "CONSTRAINT",
    "CONSTRAINT_ENABLED",
    "METHOD_CONFIGS",
    "AnnealedVAEConfig",
    "AnyMethod",
    "BetaTCVAEConfig",
    "BetaVAEConfig",
    "ConstraintConfig",
    "ContrastiveConfig",
    "Estimator",
    "FactorVAEConfig",
    "IBGANConfig",
    "IndependenceConfig",
    "InfoGANCRConfig",
    "InfoGANConfig",
    "InformationConfig",
    "MethodBase",
    "MethodConfig",
    "PosteriorEstimator",
    "PosteriorIndependenceConfig",
    "Scalar",
    "TCGANConfig",
    "VAEConfig",
    "method_title",
    "scalar_titles",
]
