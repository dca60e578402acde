"""What the explorer is asked, and what it answers."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from core.export import Recipe, TraversalGrid
from core.latents.concepts import AnyConcept
from core.protocol.child import Failed, Preparing, Quit, Ready, Refused
from core.protocol.trainer import Evaluated


@dataclass(frozen=True)
class Request:
    """What the explorer is asked about the snapshot of `step` (None: the newest) of a run folder.

    The answer, or `Refused`, carries the same `id`. `beside`: others are answered meanwhile, for
    it takes seconds.
    """

    beside: ClassVar[bool] = False

    id: int
    run: str
    step: int | None


@dataclass(frozen=True)
class Traverse(Request):
    """Answered by `Traversed`. `codes` are names; None: all. Rows of `concepts` stand below."""

    anchor: str
    rule: str
    columns: int
    codes: tuple[str, ...] | None = None
    concepts: tuple[AnyConcept, ...] = ()


@dataclass(frozen=True)
class Draw(Request):
    """Answered by `Drawn`: what the latents (N, L) float32 look like."""

    latents: NDArray[np.float32]


@dataclass(frozen=True)
class Encode(Request):
    """Answered by `Encoded`: an image uint8 (H, W, C) of any size, or one of the data by index."""

    image: NDArray[np.uint8] | int
    seed: int = 0


@dataclass(frozen=True)
class Sample(Request):
    """Answered by `Sampled`: images of `count` latents drawn from the prior."""

    seed: int
    count: int


@dataclass(frozen=True)
class Reconstruct(Request):
    """Answered by `Reconstructed`: `count` images of the data beside their reconstructions."""

    seed: int
    count: int


@dataclass(frozen=True)
class Correlate(Request):
    """Answered by `Correlated`: what the codes of real images say, and how dependent they are.

    prepares: whether data that is not at hand yet is drawn or read for it, which may take minutes;
    if not, the answer is `Refused`.
    """

    prepares: bool = True


@dataclass(frozen=True)
class Evaluate(Request):
    """Answered by `Scored`, seconds later: all scores, written to the run's scores.csv as well."""

    beside: ClassVar[bool] = True


@dataclass(frozen=True)
class MakeConcept(Request):
    """Answered by `ConceptMade`, once it is kept in the run's folder.

    What of it is not empty says what it is made from, see `RunConcepts.make`; nothing: from the
    tags of this name, or from what it was made from before.
    """

    beside: ClassVar[bool] = True

    name: str
    label: str = ""
    file: str = ""
    expression: str = ""


@dataclass(frozen=True)
class FindConcepts(Request):
    """Answered by `ConceptsFound`: the run's concepts at this step, and how they depend.

    prepares: as of `Correlate`.
    """

    beside: ClassVar[bool] = True

    prepares: bool = True


@dataclass(frozen=True)
class CheckConcept(Request):
    """Answered by `ConceptChecked`: whether images get what is asked of a concept."""

    beside: ClassVar[bool] = True

    name: str


@dataclass(frozen=True)
class Browse(Request):
    """Answered by `Browsed`: images of the data, in an order that `seed` shuffles, from `start`."""

    seed: int
    start: int
    count: int


@dataclass(frozen=True)
class Cancel:
    """Give up the request `id`, if it is not answered yet."""

    id: int


ExplorerCommand = (
    Traverse
    | Draw
    | Encode
    | Sample
    | Reconstruct
    | Correlate
    | Evaluate
    | MakeConcept
    | FindConcepts
    | CheckConcept
    | Browse
    | Cancel
    | Quit
)


@dataclass(frozen=True)
class Traversed:
    """A traversal and what it was made from."""

    id: int
    step: int
    grid: TraversalGrid
    recipe: Recipe


@dataclass(frozen=True)
class Drawn:
    """Images uint8 (N, H, W, C), one for each latent."""

    id: int
    step: int
    images: NDArray[np.uint8]


@dataclass(frozen=True)
class Encoded:
    """The latent (L,) float32 of an image.

    Attributes:
        original: uint8 (H, W, C), as the networks see it.
        reconstruction, without_noise: uint8 (H, W, C), with the noise found and with zero noise.
        error, error_without_noise: mean squared pixel error of the two, images in [0, 1].
    """

    id: int
    step: int
    latent: NDArray[np.float32]
    original: NDArray[np.uint8]
    reconstruction: NDArray[np.uint8]
    without_noise: NDArray[np.uint8]
    error: float
    error_without_noise: float


@dataclass(frozen=True)
class Sampled:
    """Images uint8 (N, H, W, C) drawn from the prior."""

    id: int
    step: int
    images: NDArray[np.uint8]
    recipe: Recipe


@dataclass(frozen=True)
class Reconstructed:
    """Images of the data and their reconstructions, uint8 (N, H, W, C) each."""

    id: int
    step: int
    originals: NDArray[np.uint8]
    reconstructions: NDArray[np.uint8]
    recipe: Recipe


@dataclass(frozen=True)
class Correlated:
    """What the codes of real images say, and how dependent the continuous ones are.

    Attributes:
        names: Dc names of the continuous codes.
        evaluated: of its scores the total correlation alone.
    """

    id: int
    step: int
    names: tuple[str, ...]
    evaluated: Evaluated


@dataclass(frozen=True)
class Scored:
    """All scores of a snapshot, as they stand in the run's scores.csv now.

    refused: a sentence for each score that could not be computed.
    """

    id: int
    step: int
    evaluated: Evaluated
    refused: tuple[str, ...] = ()


@dataclass(frozen=True)
class ConceptMade:
    """A concept, as it is kept now."""

    id: int
    step: int
    concept: AnyConcept


@dataclass(frozen=True)
class ConceptsFound:
    """The concepts of a run for the codes of a step.

    Attributes:
        concepts: K of them.
        refused: a sentence for each that could not be made anew.
        images: how many real images tell of their dependence.
        correlation: (K, K) float64, Pearson.
        mutual_information: (K, K) float64, bits, of values in ten bins.
    """

    id: int
    step: int
    concepts: tuple[AnyConcept, ...]
    refused: tuple[str, ...]
    images: int
    correlation: NDArray[np.float64]
    mutual_information: NDArray[np.float64]


@dataclass(frozen=True)
class ConceptChecked:
    """What a check of a concept found.

    Attributes:
        concept: with its honesty.
        asked, measured: (N,) float64, of each image what was asked for and what was inferred.
        reached: (N,) bool.
    """

    id: int
    step: int
    concept: AnyConcept
    asked: NDArray[np.float64]
    measured: NDArray[np.float64]
    reached: NDArray[np.bool_]


@dataclass(frozen=True)
class Browsed:
    """Images uint8 (N, H, W, C) of the data, and their places in it; the data has `total`."""

    id: int
    step: int
    images: NDArray[np.uint8]
    places: tuple[int, ...]
    total: int


Answer = (
    Traversed
    | Drawn
    | Encoded
    | Sampled
    | Reconstructed
    | Correlated
    | Scored
    | ConceptMade
    | ConceptsFound
    | ConceptChecked
    | Browsed
    | Refused
    | Failed
)
ExplorerEvent = Ready | Preparing | Answer
