"""How concepts depend on each other: shown, not penalised."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.latents.concepts import Concept, Values
from core.metrics.discrete_information import information
from core.metrics.total_correlation import correlation_matrix


@dataclass(frozen=True, eq=False)
class Dependence:
    """Of K concepts on real images.

    Attributes:
        names: K names.
        correlation: (K, K) Pearson.
        mutual_information: (K, K) bits, of values in ten bins each; the diagonal is their entropy.
    """

    names: tuple[str, ...]
    correlation: Values
    mutual_information: Values


def dependence(concepts: Sequence[Concept], entries: Values) -> Dependence:
    """Of concepts over entries (N, E) of real images; values beyond a range count as its ends."""
    names = tuple(each.name for each in concepts)
    if not concepts:
        return Dependence((), np.zeros((0, 0)), np.zeros((0, 0)))
    values = np.stack(
        [np.clip(np.nan_to_num(each.values(entries)), each.low, each.high) for each in concepts],
        axis=1,
    )
    return Dependence(names, correlation_matrix(values), information(values, values).mutual)
