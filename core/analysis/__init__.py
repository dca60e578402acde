"""Scores of many runs: which belong together, how they are spread, how arms differ; numpy only."""

from core.analysis.evaluations import Evaluation, evaluation_at, read_evaluations
from core.analysis.summary import CONFIDENCE, RESAMPLES, Summary, paired_difference, summarise

__all__ = [
    "CONFIDENCE",
    "RESAMPLES",
    "Evaluation",
    "Summary",
    "evaluation_at",
    "paired_difference",
    "read_evaluations",
    "summarise",
]
