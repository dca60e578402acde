"""How the cells of a study stand."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from core.errors import IcdrlError
from core.runs import RunFolder
from core.studies.folder import StudyFolder

MISSING = "missing"
"""The state of a cell that has no run yet; all others are those of runs."""


@dataclass(frozen=True)
class CellStatus:
    """A cell and its run.

    Attributes:
        run: name of the run's folder.
        sentence: why it failed, or cannot be read; else empty.
    """

    arm: str
    seed: int
    run: str
    state: str
    step: int
    steps: int
    sentence: str = ""


def cell_states(folder: StudyFolder) -> list[CellStatus]:
    """Every cell of a study, read from its run's folder; one that cannot be read says why."""
    began = folder.began()
    found = []
    for cell in folder.cells:
        state, step, sentence = MISSING, 0, ""
        if cell.name in began:
            state, step, sentence = _standing(folder.run(cell))
        steps = cell.config.steps
        found.append(CellStatus(cell.arm, cell.seed, cell.name, state, step, steps, sentence))
    return found


def counted_states(cells: Iterable[CellStatus]) -> str:
    """`12 finished, 2 running, 1 failed`."""
    counts = Counter(cell.state for cell in cells)
    return ", ".join(f"{count:,} {state}" for state, count in counts.most_common())


def _standing(run: RunFolder) -> tuple[str, int, str]:
    try:
        state, step = run.state(), run.last_step()
        if state != "failed":
            return state, step, ""
        told = [sentence for _, kind, sentence in run.history() if kind == "failed"]
        return state, step, told[-1]
    except IcdrlError as error:
        return "failed", 0, str(error)
