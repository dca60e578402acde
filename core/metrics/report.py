"""`Report`: all scores of a representation, and the matrices behind them."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import ArrayLike

from core.metrics import METRICS, Metric
from core.metrics.discrete_information import Binning, Information, information
from core.metrics.dominant_factors import DominantFactor, dominant_factors
from core.metrics.errors import MetricError
from core.metrics.inputs import Matrix, checked_codes, checked_rows, varies
from core.metrics.score import Score, in_slices
from core.metrics.time_limit import TimeLimit
from core.metrics.total_correlation import correlation_matrix

DEFAULT = tuple(name for name, metric in METRICS.items() if metric.default)
LIVE = tuple(name for name, metric in METRICS.items() if metric.live)


@dataclass(frozen=True)
class Report:
    """What can be said about codes (N, D), and about factors (N, F) where they are known.

    Attributes:
        rows: N.
        scores: name of the metric -> its score.
        refused: name of a metric -> why it has no score.
        correlation: (Dc, Dc) Pearson correlation of the continuous codes.
        mutual_information: (D, F) bits; None without factors that vary.
        dominant_factors: one for each code; empty without factors that vary.
        matched_rows: how many rows, the first ones, told what the codes follow.
    """

    rows: int
    scores: dict[str, Score]
    refused: dict[str, str]
    correlation: Matrix
    mutual_information: Matrix | None
    dominant_factors: tuple[DominantFactor | None, ...]
    matched_rows: int

    def values(self) -> dict[str, float]:
        """Every number that has a column: `name`, and `name.part` for the parts of a score."""
        values: dict[str, float] = {}
        for name, score in self.scores.items():
            values[name] = score.value
            for part in METRICS[name].parts:
                values[f"{name}.{part}"] = float(score.parts[part])
        return values


def columns() -> tuple[str, ...]:
    """The names of all values that `Report.values` has by default."""
    return tuple(
        column
        for name in DEFAULT
        for column in (name, *(f"{name}.{part}" for part in METRICS[name].parts))
    )


def report(
    factors: ArrayLike | None,
    codes: ArrayLike,
    names: Collection[str] | None = None,
    continuous: Sequence[int] | None = None,
    binning: Binning | None = None,
    matched_rows: int | None = None,
    limit: TimeLimit | None = None,
) -> Report:
    """Score codes (N, D) about factors (N, F); None: unknown, then only what needs none.

    names: the metrics; by default all that need no asking for. continuous: the codes that are no
    categories, by default all; the others are left out of what needs no factors. binning: of the
    metrics that count; by default ten bins. matched_rows: so many rows, the first ones, tell what
    the codes follow; by default all. limit: how long the metrics may take; what takes longer is
    refused.

    Raises:
        MetricError: bad factors or codes; an unknown metric, or one that needs factors without any.
    """
    *_, found = reports(factors, codes, names, continuous, binning, matched_rows, limit)
    assert found is not None
    return found


def reports(
    factors: ArrayLike | None,
    codes: ArrayLike,
    names: Collection[str] | None = None,
    continuous: Sequence[int] | None = None,
    binning: Binning | None = None,
    matched_rows: int | None = None,
    limit: TimeLimit | None = None,
) -> Iterator[Report | None]:
    """As `report`, which comes last; None now and then, to do something else in between.

    A metric that fails, for bad input or in the numerics of what it fits, leaves the others.
    """
    codes = checked_codes(codes)
    if factors is not None:
        factors, codes = checked_rows(factors, codes)
    chosen = _chosen(names, factors is not None)
    # Laid out like codes: sums are then rounded alike, and all columns give the same as none.
    numeric = codes if continuous is None else np.ascontiguousarray(codes[:, list(continuous)])
    binning = binning or Binning()
    options = asdict(binning)
    scores: dict[str, Score] = {}
    refused: dict[str, str] = {}
    for name, metric in chosen.items():
        work = in_slices(
            metric.compute,
            factors,
            codes if metric.needs_factors else numeric,
            **(options if metric.binned else {}),
        )
        try:
            scores[name] = yield from (limit.hold(name, work) if limit else work)
        except MetricError as error:
            refused[name] = str(error)
        except (ValueError, ArithmeticError) as error:
            reason, *_ = str(error).splitlines() or [type(error).__name__]
            refused[name] = f"Its computation failed: {reason.rstrip('.')}."
        yield None
    matched = len(codes) if matched_rows is None else min(matched_rows, len(codes))
    found: Information | None = None
    dominant: tuple[DominantFactor | None, ...] = ()
    if factors is not None and varies(factors).any():
        found = information(factors, codes, **options)
        dominant = dominant_factors(found)
        if matched < len(codes):
            dominant = _dominant_in(factors[:matched], codes[:matched], binning)
    yield Report(
        rows=len(codes),
        scores=scores,
        refused=refused,
        correlation=correlation_matrix(numeric),
        mutual_information=None if found is None else found.mutual,
        dominant_factors=dominant,
        matched_rows=matched,
    )


def _dominant_in(
    factors: Matrix, codes: Matrix, binning: Binning
) -> tuple[DominantFactor | None, ...]:
    if not varies(factors).any():
        return (None,) * len(codes.T)
    return dominant_factors(information(factors, codes, **asdict(binning)))


def _chosen(names: Collection[str] | None, factors_known: bool) -> dict[str, Metric]:
    if names is None:
        names = [name for name in DEFAULT if factors_known or not METRICS[name].needs_factors]
    unknown = [name for name in names if name not in METRICS]
    if unknown:
        raise MetricError(
            f"There is no metric {', '.join(unknown)}: metrics are {', '.join(METRICS)}."
        )
    blind = [name for name in names if METRICS[name].needs_factors and not factors_known]
    if blind:
        raise MetricError(f"Without factors there is no {', '.join(blind)}: give the factors too.")
    return {name: METRICS[name] for name in names}
