"""`RunConfig`: everything that decides what a training run computes."""

from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from core.bounds import LARGEST_NUMBER, LONGEST_NAME
from core.config.base import ConfigModel
from core.config.data import DataConfig
from core.config.methods import MethodConfig, TCGANConfig

SCHEMA_VERSION = 2
"""Of configs; `migration` brings older ones to it."""

Precision = Literal["auto", "float32", "bfloat16"]

_FIRST_METHOD = TCGANConfig()


class RunConfig(ConfigModel):
    """One training run; saved as started in the run's folder and never rewritten."""

    schema_version: Literal[2] = Field(2, alias="schema")
    preset: str = Field(
        "",
        max_length=LONGEST_NAME,
        description="The preset that the run was started from, if any.",
    )
    data: DataConfig = DataConfig()
    method: MethodConfig = Field(
        _FIRST_METHOD,
        discriminator="kind",
        description="What is trained; another method brings its own settings.",
    )
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

    @field_validator("method", mode="before")
    @classmethod
    def _of_a_kind(cls, method: Any) -> Any:
        """Settings that name no kind are those of the first method there was."""
        if isinstance(method, dict) and "kind" not in method:
            return {"kind": _FIRST_METHOD.kind, **method}
        return method

    @model_validator(mode="after")
    def _method_is_possible(self) -> "RunConfig":
        if trouble := self.method.trouble():
            raise ValueError(trouble)
        return self
