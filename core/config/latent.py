"""The latent of a generator: how much noise, which codes."""

from pydantic import Field, model_validator

from core.bounds import MOST_CATEGORICAL, MOST_CATEGORIES, MOST_CONTINUOUS, MOST_NOISE
from core.config.base import ConfigModel
from core.latents import Prior


class LatentConfig(ConfigModel):
    """Sizes of the blocks of a latent.

    Continuous codes are called c1, c2, ..., categorical ones k1, k2, ...
    A continuous code is drawn from U(-1, 1), a categorical one uniformly from its categories.
    """

    noise_dim: int = Field(5, ge=0, le=MOST_NOISE, description="Entries of incompressible noise.")
    noise_prior: Prior = Field(
        "uniform", description="Where noise is drawn from: U(-1, 1) or N(0, 1)."
    )
    continuous_codes: int = Field(
        5, ge=0, le=MOST_CONTINUOUS, description="Number of continuous codes."
    )
    categorical_codes: tuple[int, ...] = Field(
        (),
        max_length=MOST_CATEGORICAL,
        fail_fast=True,
        description=f"Number of categories of each categorical code, 2 to {MOST_CATEGORIES}; none "
        "by default.",
    )

    @model_validator(mode="after")
    def _has_a_code(self) -> "LatentConfig":
        if any(not 2 <= size <= MOST_CATEGORIES for size in self.categorical_codes):
            raise ValueError(f"a categorical code has 2 to {MOST_CATEGORIES} categories")
        if not self.continuous_codes and not self.categorical_codes:
            raise ValueError("a latent needs at least one code")
        return self
