"""What the settings of every method have in common, and what they say about it as data."""

import math
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from core.bounds import LARGEST_NUMBER
from core.config.base import ConfigModel, live
from core.latents import LatentSpec

CONSTRAINT = "method.independence"
"""Where the independence constraint of a method that has one lies in a config."""

CONSTRAINT_ENABLED = f"{CONSTRAINT}.enabled"


@dataclass(frozen=True)
class Scalar:
    """A number that a method reports while it trains.

    Attributes:
        name: its column in losses.csv.
        title: what its plot is called.
        level, meaning: a value to compare it with, and what that value would mean.
        main: whether its plot is shown until a person chooses.
    """

    name: str
    title: str
    level: float | None = None
    meaning: str = ""
    main: bool = False


TOTAL_CORRELATION_SCALARS = (
    Scalar("tc_gaussian", "Total corr.", 0.0, "independent", main=True),
    Scalar("tc_density_ratio", "Total corr., density ratio", 0.0, "independent"),
    Scalar("tc_plugin", "Total corr., minibatch weighted", 0.0, "independent"),
    Scalar("tc_stratified", "Total corr., stratified", 0.0, "independent"),
    Scalar("tc_discriminator", "TC discriminator", math.log(2), "at chance"),
)
"""What an independence constraint reports: every estimate that it can make."""


class ConstraintConfig(ConfigModel):
    """The independence constraint: what every method that has one lets a person change."""

    enabled: bool = live(True, description="Whether the codes are held independent.")
    weight: float = live(0.1, ge=0, le=1000, description="Weight of the total correlation.")
    estimator: str
    warmup_steps: int = live(
        0,
        ge=0,
        le=LARGEST_NUMBER,
        description="Steps over which the weight rises linearly from 0 once enabled.",
    )
    discriminator_lr: float = live(
        1e-3, gt=0, le=1, description="Learning rate of the TC discriminator (density_ratio)."
    )


class MethodBase(ConfigModel):
    """The settings of one method.

    title, paper: what it is called, and where it was published.
    begun: dotted path -> value of settings with which what begins late begins at once.
    """

    title: ClassVar[str]
    paper: ClassVar[str]
    begun: ClassVar[Mapping[str, Any]] = {}

    kind: Any = ""

    @property
    def constraint(self) -> ConstraintConfig | None:
        """The independence constraint, always at `CONSTRAINT`; None: it has none."""
        return None

    @abstractmethod
    def latent_spec(self) -> LatentSpec:
        """The blocks of its latent."""

    @abstractmethod
    def scalars(self) -> tuple[Scalar, ...]:
        """Every number that a training may report, losses first."""

    @property
    def warm_up_images(self) -> int:
        """Images after which a step costs what every later one does."""
        return 0

    def trouble(self) -> str:
        """What is wrong with settings that are each right by themselves; empty: nothing."""
        return ""
