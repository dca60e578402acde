"""Do images get what is asked of a concept? They are drawn, and their codes inferred again."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from core.latents.concepts import Concept, Honesty, Values
from core.latents.moving import move
from core.methods.base import Method
from core.randomness import seed_for
from core.sampling import sample_latents

LATENTS, ASKED = 200, 7

_AT_ONCE = 32


@dataclass(frozen=True, eq=False)
class HonestyCheck:
    """What a check of a concept found.

    Attributes:
        asked, measured: (N,) values, of each image what was asked for and what was inferred.
        reached: (N,) bool: whether the codes could be moved there.
        honesty: what it comes to.
    """

    asked: Values
    measured: Values
    reached: NDArray[np.bool_]
    honesty: Honesty


def check_honesty(
    method: Method, concept: Concept, others: Sequence[Concept], seed: int
) -> Generator[None, None, HonestyCheck]:
    """Move 200 random latents to 7 values of the concept's range each; yields now and then.

    Noise stays. Every image is drawn and its codes are inferred again. Leakage is the part that
    `others` have in the movement of all values over the 7 images of a latent, each as the
    standard deviation over the range of its concept, their mean over latents and others.
    """
    spec = method.spec
    generator = torch.Generator().manual_seed(seed_for(seed, "honesty"))
    latents = sample_latents(spec, LATENTS, generator).double().numpy().repeat(ASKED, axis=0)
    asked = np.tile(np.linspace(concept.low, concept.high, ASKED), LATENTS)
    moved = move(spec, concept, latents[:, spec.noise_dim :], asked)
    latents[:, spec.noise_dim :] = moved.entries
    inferred = []
    for part in torch.split(torch.from_numpy(latents).float(), _AT_ONCE):
        inferred.append(method.represent(method.generate(part)).cpu().numpy())
        yield
    entries = spec.entries(np.concatenate(inferred))
    measured = concept.values(entries)
    own = _movement(concept, entries)
    theirs = [_movement(other, entries) for other in others]
    leaked = float(np.mean(theirs)) if theirs else 0.0
    found = Honesty(
        rank_correlation=_rank_correlation(asked, measured),
        leakage=leaked / ((own + leaked) or 1.0) if theirs else None,
        images=len(asked),
        out_of_reach=int((~moved.reached).sum()),
    )
    return HonestyCheck(asked, measured, moved.reached, found)


def _movement(concept: Concept, entries: Values) -> float:
    values = concept.values(entries).reshape(LATENTS, ASKED)
    finite = values[np.isfinite(values).all(1)]
    return float(finite.std(1).mean() / (concept.high - concept.low)) if len(finite) else 0.0


def _rank_correlation(asked: Values, measured: Values) -> float:
    """Spearman's; 0 where nothing follows, as it is where one of them never changes."""
    from scipy.stats import rankdata

    ranks = np.stack([rankdata(asked), rankdata(np.nan_to_num(measured))])
    centred = ranks - ranks.mean(1, keepdims=True)
    lengths = np.sqrt((centred**2).sum(1))
    if not lengths.all():
        return 0.0
    return float(np.clip(centred[0] @ centred[1] / lengths.prod(), -1, 1))
