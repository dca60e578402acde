"""`Scoring`: the evaluations of a training; what cannot be computed is reported once."""

from collections.abc import Iterator
from contextlib import suppress

from core.data.dataset import Dataset
from core.evaluation import (
    FullEvaluation,
    as_event,
    evaluate,
    evaluation_subset,
    known_factors,
    represent_dataset,
    score_codes,
    score_row,
)
from core.latents import Matching
from core.methods.base import Method
from core.metrics import MetricError
from core.metrics.time_limit import TimeLimit
from core.protocol import Evaluated, Event, HealthWarning
from core.runs import RunFolder

# Seconds that scores may always take, the live and the full ones, so that those of a usual data
# set do not depend on the clock.
_LIVE_S = 5.0
_FULL_S = 30.0


class Scoring:
    """Writes the scores of a method in training to its run.

    Attributes:
        matching: what the codes followed when that was last looked at; None: nobody knows.
    """

    def __init__(self, run: RunFolder, method: Method, dataset: Dataset, seed: int) -> None:
        self._run, self._method, self._dataset, self._seed = run, method, dataset, seed
        self._index = evaluation_subset(dataset, seed).to(method.device)
        self._told: set[str] = set()
        self.matching: Matching | None = None
        # What did not get done in its time with few images does not with many.
        self._exceeded: dict[str, float] = {}

    def live(self, step: int, trained_s: float) -> tuple[Event, ...]:
        """The scores that are cheap enough to be computed between two steps.

        trained_s: seconds of training between two evaluations; what takes longer is left out.

        Raises:
            RunError: they cannot be written.
        """
        limit = TimeLimit(max(trained_s, _LIVE_S), self._exceeded)
        try:
            found = evaluate(self._method, self._dataset, self._index, step, limit)
        except MetricError as error:
            return self._missed(step, str(error))
        return self._recorded(found)

    def full(self, step: int, trained_s: float) -> Iterator[tuple[Event, ...]]:
        """All scores, in slices; what they come to is the last.

        trained_s: seconds of training so far; what takes longer is left out.

        Raises:
            RunError: they cannot be written.
        """
        limit = TimeLimit(max(trained_s, _FULL_S), self._exceeded)
        evaluation = FullEvaluation(self._method, self._dataset, self._seed, step, limit=limit)
        try:
            for _ in evaluation.slices():
                yield ()
        except MetricError as error:
            yield self._missed(step, str(error))
        else:
            yield self._recorded(evaluation.event)

    def recall(self, step: int) -> None:
        """Find out what the codes follow now, writing nothing: a resumed run has forgotten it."""
        spec, factors = self._method.spec, known_factors(self._dataset, self._index)
        if factors is None:
            return
        codes = represent_dataset(self._method, self._dataset, self._index)
        with suppress(MetricError):  # Told at the next evaluation.
            found = score_codes(spec, factors, codes, ())
            self.matching = as_event(found, spec, self._dataset, step).matching

    def _recorded(self, found: Evaluated) -> tuple[Event, ...]:
        self._run.record_row(self._run.scores, score_row(found, self._method.spec))
        self.matching = found.matching
        for name, sentence in found.refused.items():
            self._tell_once(found.step, "scores", f"No {name}: {sentence}")
        return (found,)

    def _missed(self, step: int, reason: str) -> tuple[Event, ...]:
        sentence = f"The codes cannot be scored, and the training goes on: {reason}"
        if not self._tell_once(step, "health", sentence):
            return ()
        return (HealthWarning(step, "not scored", sentence),)

    def _tell_once(self, step: int, kind: str, sentence: str) -> bool:
        if sentence in self._told:
            return False
        self._told.add(sentence)
        self._run.record_event(step, kind, sentence)
        return True
