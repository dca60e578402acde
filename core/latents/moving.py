"""Moving codes along a concept, until it has the value that was asked for."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.latents.concepts import Concept, Values
from core.latents.spec import LatentSpec

# Of a concept's range: as near counts as reached, and nothing is gained by going nearer.
_NEAR, _NEAREST = 0.01, 1e-9
_MOST_STEPS = 100
# A step that leaves more of the distance than this leads nowhere.
_PROGRESS = 0.98
_HALVINGS = 10
_SCANNED = 41
_JUMPING_AT_ONCE = 64
# A slope is nothing where so little of its square is left beside those of what is held.
_LEFT = 1e-9


@dataclass(frozen=True)
class Moved:
    """Where codes were moved to.

    Attributes:
        entries: (N, E), inside the codes' ranges.
        values: (N,) the concept's values there.
        reached: (N,) bool: whether they are those asked for.
    """

    entries: Values
    values: Values
    reached: NDArray[np.bool_]


def move(
    spec: LatentSpec,
    concept: Concept,
    entries: Values,
    asked: Values,
    held: Sequence[Concept] = (),
) -> Moved:
    """Move entries (N, E) of codes as little as needed for the concept to have values (N,).

    Continuous codes move along the concept's slope, without what would move the concepts to be
    held, and stay in their ranges; those that lie outside come no further out. Where that does not
    lead there and nothing is held, one code is set to whatever brings the concept nearest, a
    category among them, before they move on.
    """
    course = _Course(spec, concept, entries, asked, held)
    moved = course.follow(entries)
    short = np.flatnonzero(~course.reached(moved) & (not held))
    for part in np.split(short, range(_JUMPING_AT_ONCE, len(short), _JUMPING_AT_ONCE)):
        other = _Course(spec, concept, entries[part], asked[part], ())
        jumped = other.follow(other.jump(entries[part]))
        better = other.distance(jumped) < other.distance(moved[part])
        moved[part[better]] = jumped[better]
    return Moved(moved, concept.values(moved), course.reached(moved))


class _Course:
    """From where, along what, to which values."""

    def __init__(
        self,
        spec: LatentSpec,
        concept: Concept,
        start: Values,
        asked: Values,
        held: Sequence[Concept],
    ) -> None:
        self._spec, self._concept, self._asked, self._held = spec, concept, asked, held
        self._span = concept.high - concept.low
        continuous = [not code.categories for code in spec.codes for _ in range(code.width)]
        ends = [
            (0.0, 1.0) if code.categories else code.ends
            for code in spec.codes
            for _ in range(code.width)
        ]
        self._continuous = np.array(continuous)
        low, high = np.array(ends).T
        self._low, self._high = np.minimum(low, start), np.maximum(high, start)
        self._kept = [concept.values(start) for concept in held]

    def distance(self, entries: Values) -> Values:
        """(N,) how far the values are from those asked for, in units of the concept's range."""
        return self._distances(entries[None])

    def reached(self, entries: Values) -> NDArray[np.bool_]:
        """(N,) whether they are near enough."""
        near: NDArray[np.bool_] = self.distance(entries) <= _NEAR
        return near

    def follow(self, start: Values) -> Values:
        """Newton's steps along the slope; a code that comes to its end stays there."""
        at, free = start.copy(), np.broadcast_to(self._continuous, start.shape).copy()
        for _ in range(_MOST_STEPS):
            distance = self.distance(at)
            under_way = (distance > _NEAREST) & free.any(1)
            if not under_way.any():
                break
            step = np.where(under_way[:, None], self._step(at, free), 0.0)
            room = np.where(step > 0, self._high - at, at - self._low)
            with np.errstate(all="ignore"):
                shares = np.where(step != 0, np.maximum(room, 0.0) / np.abs(step), np.inf)
            stops = shares.min(1)
            at_end = (shares <= np.minimum(stops, 1.0)[:, None]) & (shares < 1)
            limited = step * np.minimum(stops, 1.0)[:, None]
            went = self._halved(at, limited, distance)
            gained = self.distance(went) < _PROGRESS * distance
            stuck = under_way & ~at_end.any(1) & ~gained
            free &= ~at_end & ~stuck[:, None]
            at = np.clip(went, self._low, self._high)
        return at

    def jump(self, start: Values) -> Values:
        """For each the one change of a code that brings the concept nearest, or none.

        Of those that bring it as near, the least.
        """
        best, best_distance = start.copy(), self.distance(start)
        best_change = np.zeros(len(start))
        for code in self._spec.codes:
            first = code.start - self._spec.noise_dim
            settings = self._settings(code.categories, first)
            tried = np.broadcast_to(start, (len(settings), *start.shape)).copy()
            tried[:, :, first : first + code.width] = settings
            distances = np.stack(np.split(self._distances(tried), len(settings)))
            changes = ((tried - start) ** 2).sum(2)
            # Rounded, so that of equally near ones the change decides.
            order = np.lexsort((changes, np.round(distances, 9)), axis=0)[0]
            rows = np.arange(len(start))
            distance, change = distances[order, rows], changes[order, rows]
            as_near = (distance <= best_distance + _NEAREST) & (change < best_change)
            nearer = (distance < best_distance - _NEAREST) | as_near
            new = ((best, tried[order, rows]), (best_distance, distance), (best_change, change))
            for kept, value in new:
                kept[nearer] = value[nearer]
        return best

    def _settings(self, categories: int, entry: int) -> Values:
        """What a code can be set to: (S, 1, K) one-hot, or (S, N, 1) values over its range."""
        if categories:
            return np.eye(categories)[:, None]
        ends = self._low[:, entry], self._high[:, entry]
        return np.linspace(*ends, _SCANNED)[:, :, None]

    def _distances(self, tried: Values) -> Values:
        """(S N,) as `distance` of each of S settings (S, N, E)."""
        values = self._concept.values(tried.reshape(-1, tried.shape[2]))
        off = np.abs(np.tile(self._asked, len(tried)) - values) / self._span
        return np.where(np.isfinite(off), off, np.inf)

    def _step(self, at: Values, free: NDArray[np.bool_]) -> Values:
        """(N, E) the least step that would lead there if everything were straight."""
        slope = _finite(self._concept.slopes(at)) * free
        direction, correction = slope, np.zeros(at.shape)
        if self._held:
            slopes = np.stack([_finite(each.slopes(at)) for each in self._held], axis=1)
            slopes = slopes * free[:, None]
            drift = np.stack(
                [each.values(at) - kept for each, kept in zip(self._held, self._kept, strict=True)],
                axis=1,
            )
            inverse = np.linalg.pinv(slopes, rcond=1e-6).astype(np.float64)
            direction = slope - _applied(inverse, _applied(slopes, slope))
            correction = -_applied(inverse, _finite(drift))
        squared = (slope**2).sum(1)
        left = (direction * slope).sum(1)
        moves = (squared > 0) & (left > _LEFT * squared)
        error = _finite(self._asked - self._concept.values(at))
        length = np.where(moves, error / np.where(moves, left, 1.0), 0.0)
        return (direction * length[:, None] + correction) * free

    def _halved(self, at: Values, step: Values, distance: Values) -> Values:
        """Where the step leads, halved until that is nearer; nowhere if it never is."""
        scale = np.ones(len(at))
        for _ in range(_HALVINGS):
            worse = self.distance(at + scale[:, None] * step) >= distance
            if not worse.any():
                break
            scale[worse] /= 2
        scale[worse] = 0.0
        return at + scale[:, None] * step


def _applied(matrices: Values, vectors: Values) -> Values:
    """(N, A) of matrices (N, A, B) and vectors (N, B)."""
    product: Values = np.einsum("nab,nb->na", matrices, vectors)
    return product


def _finite(values: Values) -> Values:
    return np.where(np.isfinite(values), values, 0.0)
