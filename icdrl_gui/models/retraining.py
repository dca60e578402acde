"""*Retrain ⇄*: the same run with the constraint flipped, and which run it belongs beside."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from core.config import RunConfig, changed
from core.protocol import Started
from core.runs import RunFolder

CONSTRAINT_ENABLED = "method.independence.enabled"
"""Path of the switch in a config."""


class Retraining(QObject):
    """Remembers the runs that were flipped until their counterparts start."""

    paired = Signal(Path, Path)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: list[tuple[Path, RunConfig]] = []

    def flip(self, run: Path) -> RunConfig:
        """The config that `run` was started with, its constraint flipped, nothing else changed.

        Raises:
            RunError, ConfigError: the run cannot be read.
        """
        config = RunFolder.open(run).config()
        flipped = changed(config, {CONSTRAINT_ENABLED: not config.method.independence.enabled})
        self._waiting.append((run, flipped))
        return flipped

    @Slot(object)
    def take_start(self, event: Started) -> None:
        """A run began: if it is the counterpart of one, say so."""
        if event.resumed:
            return
        new = Path(event.run)
        config = RunFolder(new).config()
        for pair in self._waiting:
            base, flipped = pair
            if flipped == config:
                self._waiting.remove(pair)
                self.paired.emit(base, new)
                return
