"""`RunConfig`: everything that decides what a training run computes."""

from typing import Literal

from pydantic import Field, model_validator

from core.bounds import LARGEST_NUMBER, LONGEST_NAME, shortened
from core.config.base import ConfigModel
from core.config.data import DataConfig
from core.config.tc_gan import TCGANConfig

SCHEMA_VERSION = 1

Precision = Literal["auto", "float32", "bfloat16"]

# The list of methods: a second one makes this a union discriminated by `kind`.
MethodConfig = TCGANConfig


class RunConfig(ConfigModel):
    """One training run; saved as started in the run's folder and never rewritten."""

    schema_version: int = Field(SCHEMA_VERSION, ge=1, alias="schema")
    preset: str = Field(
        "",
        max_length=LONGEST_NAME,
        description="The preset that the run was started from, if any.",
    )
    data: DataConfig = DataConfig()
    method: MethodConfig = TCGANConfig()
    steps: int = Field(
        57_600, ge=1, le=LARGEST_NUMBER, description="Total number of training steps."
    )
    batch_size: int = Field(64, ge=2, le=4096, description="Images a step.")
    seed: int = Field(0, ge=0, lt=2**32, description="Seed of all random numbers of the run.")
    precision: Precision = Field(
        "auto",
        description="Arithmetic of the networks; auto takes bfloat16 where the device computes "
        "it natively.",
    )
    report_every: int = Field(
        20, ge=1, le=LARGEST_NUMBER, description="Steps between two rows of losses.csv."
    )
    picture_every: int = Field(
        500,
        ge=1,
        le=LARGEST_NUMBER,
        description="Steps between two snapshots with their traversal picture.",
    )
    evaluate_every: int = Field(
        1000, ge=1, le=LARGEST_NUMBER, description="Steps between two evaluations on real images."
    )
    checkpoint_every: int = Field(
        1000, ge=1, le=LARGEST_NUMBER, description="Steps between two full checkpoints."
    )

    @model_validator(mode="after")
    def _atomic_codes_exist(self) -> "RunConfig":
        latent, atomic = self.method.latent, self.method.independence.atomic
        known = [f"c{i + 1}" for i in range(latent.continuous_codes)]
        if atomic == "all":
            return self
        unknown = ", ".join(name for name in atomic if name not in known)
        if unknown:
            raise ValueError(
                f"method.independence.atomic names {shortened(unknown)}; the continuous codes are "
                f"{', '.join(known) or 'none'}"
            )
        if len(set(atomic)) < len(atomic):
            raise ValueError("method.independence.atomic names a code twice")
        return self
