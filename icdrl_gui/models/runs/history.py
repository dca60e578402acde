"""`History`: what one run reported and scored so far."""

from pathlib import Path
from typing import Self

from core.curves.loss_history import LossHistory
from core.runs import RunFolder
from icdrl_gui.models.scores.history import ScoreHistory


class History(LossHistory):
    """Columns of one run, and beside them `scores`, its evaluations."""

    def __init__(self, path: Path, name: str = "", colour: int = 0) -> None:
        super().__init__(path, name, colour)
        self.scores = ScoreHistory()

    @classmethod
    def read(cls, path: Path) -> Self:
        """As `LossHistory.read`, with the scores."""
        history = super().read(path)
        history.scores = ScoreHistory.read(RunFolder(path))
        return history

    def cut_back(self, step: int) -> None:
        """As `LossHistory.cut_back`, the scores too."""
        super().cut_back(step)
        self.scores.cut_back(step)
