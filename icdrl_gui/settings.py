"""Looks, layout and recent files: what the window remembers on this machine."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import cast

import platformdirs
from PySide6.QtCore import QByteArray, QSettings

from core.preferences import APP_NAME
from icdrl_gui.theme import MODES, Mode

MOST_RECENT = 10


class Settings:
    """A typed view of one QSettings file in the user's config folder."""

    def __init__(self) -> None:
        path = platformdirs.user_config_path(APP_NAME, appauthor=False) / "window.ini"
        self._store = QSettings(str(path), QSettings.Format.IniFormat)

    @property
    def mode(self) -> Mode:
        """The theme."""
        mode = self._text("mode")
        return mode if mode in MODES else "system"

    @mode.setter
    def mode(self, mode: Mode) -> None:
        self._store.setValue("mode", mode)

    @property
    def preview_seconds(self) -> float:
        """How often the traversals are drawn anew while training; 0: only at snapshots."""
        return self._number("preview_seconds", 2.0)

    @preview_seconds.setter
    def preview_seconds(self, seconds: float) -> None:
        self._store.setValue("preview_seconds", seconds)

    @property
    def notify(self) -> bool:
        """Whether the desktop is told when a run finishes or fails."""
        return self._text("notify") != "false"

    @notify.setter
    def notify(self, notify: bool) -> None:
        self._store.setValue("notify", "true" if notify else "false")

    @property
    def recent(self) -> list[Path]:
        """Runs and files opened last, the newest first."""
        value = self._store.value("recent", [])
        texts = [value] if isinstance(value, str) else list(cast(list[str], value or []))
        return [Path(text) for text in texts]

    def remember(self, path: Path) -> None:
        """Put a run or file at the head of `recent`."""
        paths = [path, *(each for each in self.recent if each != path)][:MOST_RECENT]
        self._store.setValue("recent", [str(each) for each in paths])

    def forget_recent(self) -> None:
        """Empty the list of recent files."""
        self._store.remove("recent")

    @property
    def shown(self) -> Path | None:
        """The run that was shown last; None before there was one."""
        text = self._text("shown")
        return Path(text) if text else None

    @shown.setter
    def shown(self, run: Path) -> None:
        self._store.setValue("shown", str(run))

    @property
    def offered(self) -> str:
        """The interrupted run that was last offered to a person, and its step."""
        return self._text("offered")

    @offered.setter
    def offered(self, run_and_step: str) -> None:
        self._store.setValue("offered", run_and_step)

    @property
    def run_colours(self) -> dict[Path, int]:
        """Which of the theme's colours each run is drawn in."""
        try:
            kept = json.loads(self._text("run_colours") or "{}")
            return {Path(path): int(colour) for path, colour in kept.items()}
        except (ValueError, TypeError, AttributeError):
            return {}

    @run_colours.setter
    def run_colours(self, colours: Mapping[Path, int]) -> None:
        content = {str(path): colour for path, colour in colours.items()}
        self._store.setValue("run_colours", json.dumps(content))

    @property
    def chosen_layout(self) -> str:
        """Name of the layout that the window was left in; empty before one was chosen."""
        return self._text("chosen_layout")

    @chosen_layout.setter
    def chosen_layout(self, name: str) -> None:
        self._store.setValue("chosen_layout", name)

    def layout(self, name: str) -> QByteArray:
        """What `save_layout` kept under `name`; empty if nothing."""
        value = self._store.value(f"layout/{name}")
        return value if isinstance(value, QByteArray) else QByteArray()

    def save_layout(self, name: str, state: QByteArray) -> None:
        """Keep a window's geometry or state."""
        self._store.setValue(f"layout/{name}", state)

    def flush(self) -> None:
        """Write to disk now."""
        self._store.sync()

    def _text(self, key: str) -> str:
        return str(self._store.value(key, ""))

    def _number(self, key: str, default: float) -> float:
        try:
            return float(self._text(key) or default)
        except ValueError:
            return default
