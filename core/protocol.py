"""What a training tells: events, as frozen dataclasses of builtins and numpy arrays."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Losses:
    """Mean of every reported scalar since the last report.

    Attributes:
        trained_s: seconds of training up to this step, without pauses.
        wall_time: seconds since the epoch.
        images_per_s: training speed since the last report.
    """

    step: int
    trained_s: float
    wall_time: float
    images_per_s: float
    values: dict[str, float]


@dataclass(frozen=True)
class Picture:
    """A traversal of the codes at this step: image uint8 (H, W, 3), also written to `path`."""

    step: int
    path: str
    image: NDArray[np.uint8]


@dataclass(frozen=True)
class SnapshotSaved:
    """Weights for an explorer."""

    step: int
    path: str


@dataclass(frozen=True)
class CheckpointSaved:
    """Everything that a resumed training needs."""

    step: int
    path: str


@dataclass(frozen=True)
class Evaluated:
    """Dependence of the codes of real images.

    Attributes:
        images: how many real images were encoded.
        total_correlation: Gaussian closed form over the continuous codes, nats.
        correlation: (Dc, Dc) float64, Pearson correlation of the continuous codes.
    """

    step: int
    images: int
    total_correlation: float
    correlation: NDArray[np.float64]


@dataclass(frozen=True)
class SettingChanged:
    """A setting was changed; `step` is the first one that it holds for."""

    step: int
    path: str
    value: Any


HealthKind = Literal[
    "discriminator at chance",
    "discriminator wins",
    "codes ignored",
    "code not shown",
    "mode collapse",
    "constraint negligible",
]


@dataclass(frozen=True)
class HealthWarning:
    """Something that a person should know about the run, in one sentence."""

    step: int
    kind: HealthKind
    sentence: str


@dataclass(frozen=True)
class Ended:
    """The run ended; nothing follows."""

    step: int
    reason: Literal["finished", "stopped", "failed"]
    sentence: str


Event = (
    Losses
    | Picture
    | SnapshotSaved
    | CheckpointSaved
    | Evaluated
    | SettingChanged
    | HealthWarning
    | Ended
)
