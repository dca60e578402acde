"""Scores of many runs: which belong together, how they are spread, how arms differ; numpy only."""

from core.analysis.evaluations import (
    Evaluation,
    evaluation_at,
    evaluations_of,
    read_evaluations,
)
from core.analysis.grouping import Grouped, grouped
from core.analysis.summary import CONFIDENCE, RESAMPLES, Summary, paired_difference, summarise

__all__ = [
    "CONFIDENCE",
    "RESAMPLES",
    "Evaluation",
    "Grouped",
    "Summary",
    "evaluation_at",
    "evaluations_of",
    "grouped",
    "paired_difference",
    "read_evaluations",
    "summarise",
]
