"""*Retrain ⇄*: the same run with the constraint flipped, and which run it belongs beside."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from core.config import (
    CONSTRAINT_ENABLED,
    METHOD_CONFIGS,
    ConfigError,
    MethodBase,
    RunConfig,
    changed,
)
from core.protocol import Started
from core.runs import RunFolder


def lacking_constraint(method: MethodBase) -> str:
    """What to say of a method that has no independence constraint."""
    *some, last = (each.title for each in METHOD_CONFIGS.values() if each().constraint)
    return f"{method.title} has no independence constraint; {', '.join(some)} and {last} have one."


def flipped(config: RunConfig) -> RunConfig:
    """The config with its constraint switched, nothing else changed.

    Raises:
        ConfigError: its method has none.
    """
    constraint = config.method.constraint
    if constraint is None:
        raise ConfigError(lacking_constraint(config.method))
    return changed(config, {CONSTRAINT_ENABLED: not constraint.enabled})


class Retraining(QObject):
    """Remembers the runs that were flipped until their counterparts start."""

    paired = Signal(Path, Path)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: list[tuple[Path, RunConfig]] = []

    def flip(self, run: Path) -> RunConfig:
        """The config that `run` was started with, its constraint flipped, nothing else changed.

        Raises:
            RunError, ConfigError: the run cannot be read, or its method has no constraint.
        """
        counterpart = flipped(RunFolder.open(run).config())
        self._waiting.append((run, counterpart))
        return counterpart

    @Slot(object)
    def take_start(self, event: Started) -> None:
        """A run began: if it is the counterpart of one, say so."""
        if event.resumed:
            return
        new = Path(event.run)
        config = RunFolder(new).config()
        for pair in self._waiting:
            base, counterpart = pair
            if counterpart == config:
                self._waiting.remove(pair)
                self.paired.emit(base, new)
                return
