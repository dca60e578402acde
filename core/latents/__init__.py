"""The blocks of a latent: noise, codes, their priors and ranges; and what the codes are called."""

from core.latents.names import CodeNames, Matching
from core.latents.spec import (
    PRIOR_VARIANCE,
    Code,
    LatentSpec,
    Level,
    Prior,
    gaussian_codes,
    information_prior,
)

__all__ = [
    "PRIOR_VARIANCE",
    "Code",
    "CodeNames",
    "LatentSpec",
    "Level",
    "Matching",
    "Prior",
    "gaussian_codes",
    "information_prior",
]
