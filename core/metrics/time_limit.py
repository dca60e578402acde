"""`TimeLimit`: how long scores may take; what takes longer is left out, and the rest computed."""

import time

from core.metrics.errors import MetricError
from core.metrics.score import Score, Slices


class OverTimeError(MetricError):
    """A score that takes longer than it may."""

    def __init__(self) -> None:
        super().__init__(
            "It takes longer than scores may while training, so it is left out: press "
            "Evaluate, or give `icdrl evaluate`, to compute it."
        )


class TimeLimit:
    """Seconds of this thread's work that scores may take together, each half of what is left.

    Only a score that can be paused can be given up; another that took too long is left out from
    then on.
    """

    def __init__(self, seconds: float, exceeded: dict[str, float]) -> None:
        """exceeded: score -> seconds that did not suffice before; more are added to it."""
        self._left = seconds
        self._exceeded = exceeded

    def hold(self, name: str, work: Slices[Score]) -> Slices[Score]:
        """Do the work on the score called so, bit by bit.

        Raises:
            OverTimeError: it takes longer, or did when it was given as much time.
        """
        allowed, spent = self._left / 2, 0.0
        if allowed <= self._exceeded.get(name, 0.0):
            raise OverTimeError
        while True:
            began = time.thread_time()
            try:
                next(work)
            except StopIteration as done:
                score: Score = done.value
                self._spend(name, spent + time.thread_time() - began, allowed)
                return score
            spent += time.thread_time() - began
            if spent > allowed:
                self._spend(name, spent, allowed)
                raise OverTimeError
            yield

    def _spend(self, name: str, spent: float, allowed: float) -> None:
        self._left -= spent
        if spent > allowed:
            self._exceeded[name] = allowed
