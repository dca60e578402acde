"""`QueueModel`: the configs that wait for the trainer; kept over restarts."""

import json
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import platformdirs
from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
    Slot,
)

from core.config import ConfigError, RunConfig, flat, parse_config
from core.counts import counted
from core.files.atomic import write_atomically
from core.files.plain import require_plain_file
from core.preferences import APP_NAME
from core.presets import load_preset
from icdrl_gui.widgets.plain_text import plain_tip

Index = QModelIndex | QPersistentModelIndex


class QueueModel(QAbstractListModel):
    """Its items don't change: use the settings of a run, or a preset, instead.

    Signals:
        changed: an item came, went or moved, or `paused` changed.
        trouble: the queue cannot be read or written; empty once it was written.
    """

    changed = Signal()
    trouble = Signal(str)

    def __init__(self, parent: QObject | None = None, path: Path | None = None) -> None:
        super().__init__(parent)
        folder = platformdirs.user_config_path(APP_NAME, appauthor=False)
        self._path = path or folder / "queue.json"
        self._configs: list[RunConfig] = []
        self._paused = False

    @property
    def configs(self) -> list[RunConfig]:
        """What waits, the next one first."""
        return list(self._configs)

    @property
    def paused(self) -> bool:
        """Whether the queue is held."""
        return self._paused

    def set_paused(self, paused: bool) -> None:
        """Hold the queue, or let it go on."""
        if paused != self._paused:
            self._paused = paused
            self._save()

    @Slot(object)
    def add(self, config: RunConfig) -> None:
        """Put a config at the end."""
        self._insert(len(self._configs), config)
        self._save()

    def remove(self, row: int) -> None:
        """Take an item out."""
        self._take(row)
        self._save()

    def move(self, row: int, to: int) -> None:
        """Put an item elsewhere; nothing happens beyond the ends."""
        if row == to or not (0 <= row < len(self._configs) and 0 <= to < len(self._configs)):
            return
        # Qt counts the gaps, not the rows.
        self.beginMoveRows(QModelIndex(), row, row, QModelIndex(), to + 1 if to > row else to)
        self._configs.insert(to, self._configs.pop(row))
        self.endMoveRows()
        self._save()

    @property
    def next(self) -> RunConfig | None:
        """What may be trained now; None if nothing waits, or the queue is held."""
        return None if self._paused or not self._configs else self._configs[0]

    def restore(self) -> None:
        """Read what waited when the app was left; it waits paused, until a person lets it go on."""
        try:
            require_plain_file(self._path)
            content = json.loads(self._path.read_text(encoding="utf-8"))
            configs = _configs_of(content)
        except FileNotFoundError:
            return
        except (OSError, ValueError, ConfigError) as error:
            self._set_aside(str(error))
            return
        for config in configs:
            self._insert(len(self._configs), config)
        self._paused = bool(configs)
        self.changed.emit()

    def _insert(self, row: int, config: RunConfig) -> None:
        self.beginInsertRows(QModelIndex(), row, row)
        self._configs.insert(row, config)
        self.endInsertRows()

    def _take(self, row: int) -> RunConfig:
        self.beginRemoveRows(QModelIndex(), row, row)
        config = self._configs.pop(row)
        self.endRemoveRows()
        return config

    def _save(self) -> None:
        content = {"configs": [c.model_dump(mode="json", by_alias=True) for c in self._configs]}
        data = json.dumps(content, indent=2).encode()
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(self._path, lambda file: file.write(data))
        except OSError as error:
            self.trouble.emit(
                f"Cannot write the queue {self._path}: {error.strerror}. It lasts until the app "
                "is left."
            )
        else:
            self.trouble.emit("")
        self.changed.emit()

    def _set_aside(self, reason: str) -> None:
        """Keep a broken file under another name, so that it is not overwritten."""
        aside = self._path.with_name(f"queue-broken-{time.strftime('%Y%m%d-%H%M%S')}.json")
        sentence = f"The queue could not be read ({reason.rstrip('.')}), so it starts empty."
        with suppress(OSError):
            self._path.replace(aside)
            sentence += f" The file is kept as {aside}."
        self.trouble.emit(sentence)

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._configs)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        config = self._configs[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return summary(config)
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip("\n".join([summary(config), *differences(config)]))
        return None


def summary(config: RunConfig) -> str:
    """A config in one line."""
    parts = [config.preset or config.data.source, config.method.title]
    if (constraint := config.method.constraint) is not None:
        how = constraint.estimator.replace("_", " ") if constraint.enabled else "off"
        parts.append(f"constraint {how}")
    return " · ".join([*parts, f"seed {config.seed}", counted(config.steps, "step")])


def differences(config: RunConfig) -> list[str]:
    """One line for each setting that is not its preset's, or the default without one.

    Those of another method than the preset's are compared with that method's defaults.
    """
    try:
        base = load_preset(config.preset).config
    except ConfigError:
        base = RunConfig()
    method = type(config.method)
    if not isinstance(base.method, method):
        base = base.model_copy(update={"method": method()})
    before = flat(base)
    return [
        f"{path} = {value}"
        for path, value in flat(config).items()
        if path != "preset" and value != before.get(path)
    ]


def _configs_of(content: Any) -> list[RunConfig]:
    """The configs of a queue file.

    Raises:
        ConfigError: it holds something else.
    """
    waiting = content.get("configs") if isinstance(content, dict) else None
    if not isinstance(waiting, list) or not all(isinstance(each, dict) for each in waiting):
        raise ConfigError("it holds no list of configs.")
    return [parse_config(each, f"config {row + 1}") for row, each in enumerate(waiting)]
