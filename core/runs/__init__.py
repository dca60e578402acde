"""Run folders, and the list of them; everything that a training leaves behind."""

from core.runs.errors import RunError
from core.runs.folder import RunFolder, State
from core.runs.lines import step_of
from core.runs.listing import RunSummary, find_run, is_run, list_runs, new_run_path, summarise

__all__ = [
    "RunError",
    "RunFolder",
    "RunSummary",
    "State",
    "find_run",
    "is_run",
    "list_runs",
    "new_run_path",
    "step_of",
    "summarise",
]
