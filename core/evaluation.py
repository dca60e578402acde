"""What a trained method makes of real images: their codes, and how good and dependent these are."""

from collections.abc import Collection, Iterator
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray

from core.data.dataset import Dataset
from core.latents import LatentSpec, Matching
from core.methods.base import Method
from core.metrics import METRICS
from core.metrics.inputs import varies
from core.metrics.report import LIVE, Report, columns, report, reports
from core.metrics.time_limit import TimeLimit
from core.protocol import Evaluated, EvaluationMode
from core.randomness import seed_for

# Enough for the Gaussian closed form: its bias for 5 independent codes is 0.0025 nats. They alone
# tell what a code follows, so that its number is the same wherever it stands: a run's full
# evaluation begins with these images.
EVALUATION_IMAGES = 2000
# What the scores of the literature are computed from.
FULL_EVALUATION_IMAGES = 20_000

_BATCH = 250


def evaluation_subset(dataset: Dataset, seed: int, count: int = EVALUATION_IMAGES) -> torch.Tensor:
    """(M,) int64 indices of at most `count` images, fixed for a run."""
    generator = torch.Generator().manual_seed(seed_for(seed, "evaluation"))
    return torch.randperm(len(dataset), generator=generator)[:count]


def represent_dataset(method: Method, dataset: Dataset, index: torch.Tensor) -> NDArray[np.float32]:
    """(M, D) point codes of the images at index (M,)."""
    parts = [method.represent(dataset.batch(part)) for part in torch.split(index, _BATCH)]
    return torch.cat(parts).cpu().numpy()


def known_factors(dataset: Dataset, index: torch.Tensor) -> NDArray[np.float64] | None:
    """(M, F) factors of the images at index (M,); None where unknown or all of them constant."""
    if dataset.factors is None:
        return None
    factors = dataset.factors[index.cpu().numpy()]
    return factors if varies(factors).any() else None


def evaluate(
    method: Method,
    dataset: Dataset,
    index: torch.Tensor,
    step: int,
    limit: TimeLimit | None = None,
) -> Evaluated:
    """The scores that are cheap enough to be computed while training; within `limit`, if any.

    Raises:
        MetricError: codes that are not finite.
    """
    codes, factors = represent_dataset(method, dataset, index), known_factors(dataset, index)
    names = [name for name in LIVE if factors is not None or not METRICS[name].needs_factors]
    spec = method.spec
    found = score_codes(spec, factors, codes, names, limit)
    return as_event(found, spec, dataset, step)


class FullEvaluation:
    """All scores of the codes of many real images; seconds of work, done in slices.

    Attributes, there when all slices are done:
        codes: (M, D) float32.
        factors: (M, F), or None.
        report, event: what was found.
    """

    codes: NDArray[np.float32]
    factors: NDArray[np.float64] | None
    report: Report
    event: Evaluated

    def __init__(
        self,
        method: Method,
        dataset: Dataset,
        seed: int,
        step: int,
        count: int = FULL_EVALUATION_IMAGES,
        limit: TimeLimit | None = None,
    ) -> None:
        """Evaluate at most `count` images, chosen by the run's `seed`, within `limit`, if any."""
        self._method, self._dataset, self._step = method, dataset, step
        self._limit = limit
        self._index = evaluation_subset(dataset, seed, count)

    def slices(self) -> Iterator[None]:
        """Do the work; whoever calls next() may do something else in between.

        Raises:
            MetricError: codes that are not finite.
        """
        index = self._index.to(self._method.device)
        parts = []
        for part in torch.split(index, _BATCH):
            parts.append(represent_dataset(self._method, self._dataset, part))
            yield
        self.codes = np.concatenate(parts)
        self.factors = known_factors(self._dataset, index)
        spec = self._method.spec
        for found in reports(
            self.factors,
            self.codes,
            continuous=_continuous(spec),
            matched_rows=EVALUATION_IMAGES,
            limit=self._limit,
        ):
            if found is not None:
                self.report = found
            yield
        self.event = as_event(self.report, spec, self._dataset, self._step, "full")

    def complete(self) -> None:
        """Do the work at one go."""
        for _ in self.slices():
            pass


def score_codes(
    spec: LatentSpec,
    factors: NDArray[np.float64] | None,
    codes: NDArray[np.float32],
    names: Collection[str] | None = None,
    limit: TimeLimit | None = None,
) -> Report:
    """Score codes (M, D) of a latent about factors (M, F); by default with every usual metric.

    The number of a category counts as a value like any other, except in what needs no factors
    (correlation, total correlation, active codes): that looks at the continuous codes alone.

    Raises:
        MetricError: see `report`.
    """
    return report(
        factors,
        codes,
        names,
        _continuous(spec),
        matched_rows=EVALUATION_IMAGES,
        limit=limit,
    )


def as_event(
    found: Report, spec: LatentSpec, dataset: Dataset, step: int, mode: EvaluationMode = "live"
) -> Evaluated:
    """What a report about images of `dataset` tells those who follow the training."""
    values = found.values()
    event = Evaluated(
        step=step,
        images=found.rows,
        total_correlation=values.get("total_correlation", 0.0),
        correlation=found.correlation,
        scores=values,
        refused=found.refused,
        mode=mode,
    )
    if found.mutual_information is None:
        return event
    names = dataset.factor_names
    follows = {
        code.name: (names[each.factor], each.exclusiveness)
        for code, each in zip(spec.codes, found.dominant_factors, strict=True)
        if each
    }
    return replace(
        event,
        factor_names=names,
        mutual_information=found.mutual_information,
        matching=Matching(step, found.matched_rows, follows),
    )


def score_row(evaluated: Evaluated, spec: LatentSpec) -> dict[str, object]:
    """A row of scores.csv; every run has the same columns, blank where there is no score."""
    row: dict[str, object] = {"step": evaluated.step, "images": evaluated.images}
    row["protocol"] = evaluated.mode
    scores = evaluated.scores
    row |= {name: f"{scores[name]:.6f}" if name in scores else "" for name in columns()}
    names = [code.name for code in spec.continuous]
    for i, first in enumerate(names):
        for j in range(i + 1, len(names)):
            row[f"correlation.{first}.{names[j]}"] = f"{evaluated.correlation[i, j]:.6f}"
    return row


def _continuous(spec: LatentSpec) -> list[int]:
    return [i for i, code in enumerate(spec.codes) if not code.categories]
