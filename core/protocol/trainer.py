"""What the trainer hears: commands; and what it tells: the events of a training."""

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from core.export import Recipe, TraversalGrid
from core.latents import Matching
from core.protocol.child import Failed, Preparing, Quit, Ready, Refused


@dataclass(frozen=True)
class Train:
    """Start a new run below the folder `root`; `config` is JSON as `dump_config` writes it."""

    config: str
    root: str


@dataclass(frozen=True)
class Resume:
    """Go on with the run in the folder `run`; `steps` is a new total."""

    run: str
    steps: int | None = None


@dataclass(frozen=True)
class Pause:
    """Stop after this step until `Continue`."""


@dataclass(frozen=True)
class Continue:
    """Go on after a `Pause`."""


@dataclass(frozen=True)
class Change:
    """Change a setting from the next step on."""

    path: str
    value: Any


@dataclass(frozen=True)
class Watch:
    """Send a `Previewed` of this traversal every `seconds` of training; 0: none.

    anchor: random:SEED or latent:NUMBERS; rule: prior or fixed:LOW,HIGH. What needs real images
    is too slow to be drawn between two steps.
    """

    seconds: float
    anchor: str = "random:0"
    rule: str = "prior"
    columns: int = 11


@dataclass(frozen=True)
class Stop:
    """End the training: with a checkpoint at this step, or at once with what is on disk."""

    keep: bool


TrainerCommand = Train | Resume | Pause | Continue | Change | Watch | Stop | Quit


@dataclass(frozen=True)
class Started:
    """The training of the run folder `run` begins after `step`, new or resumed.

    notice: what a person should know about it, such as that it goes on approximately.
    """

    run: str
    step: int
    resumed: bool
    notice: str = ""


@dataclass(frozen=True)
class Paused:
    """No step is done until `Continue`."""

    step: int


@dataclass(frozen=True)
class Continued:
    """The pause is over."""

    step: int


@dataclass(frozen=True)
class Previewed:
    """The traversal that `Watch` asked for, at this step; written nowhere."""

    step: int
    grid: TraversalGrid
    recipe: Recipe


@dataclass(frozen=True)
class Usage:
    """Where the training stands, and what it takes of its device: peak memory in bytes."""

    step: int
    device: str
    threads: int
    memory: int


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


EvaluationMode = Literal["live", "full"]
"""Of an evaluation: cheap scores of 2,000 images while a run trains, or all scores of 20,000."""


@dataclass(frozen=True)
class Evaluated:
    """What the codes of real images are like.

    Attributes:
        images: how many real images were encoded.
        total_correlation: Gaussian closed form over the continuous codes, nats; copies: inf.
        correlation: (Dc, Dc) float64, Pearson correlation of the continuous codes.
        scores: column of scores.csv -> value, of those that could be computed.
        refused: name of a metric -> why it could not.
        factor_names: F names of the data's factors; what follows is empty where there are none.
        mutual_information: (D, F) float64, of every code and every factor, bits.
        matching: what each code follows; the same at this step whatever the mode.
        mode: how it was evaluated.
    """

    step: int
    images: int
    total_correlation: float
    correlation: NDArray[np.float64]
    scores: dict[str, float] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    factor_names: tuple[str, ...] = ()
    mutual_information: NDArray[np.float64] | None = None
    matching: Matching | None = None
    mode: EvaluationMode = "live"


@dataclass(frozen=True)
class SettingChanged:
    """A setting was changed; `step` is the first one that it holds for."""

    step: int
    path: str
    value: Any


HealthKind = Literal[
    "discriminator at chance",
    "discriminator gave up",
    "discriminator wins",
    "codes ignored",
    "code not shown",
    "codes unused",
    "mode collapse",
    "constraint negligible",
    "not scored",
    "processor busy",
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

TrainerEvent = (
    Ready | Refused | Failed | Preparing | Started | Paused | Continued | Previewed | Usage | Event
)
