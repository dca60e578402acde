"""The folder of one run, readable without the app.

config.json as started; changes.jsonl, losses.csv, scores.csv and events.log, each growing by
lines; labels.json with the names a person gave; numbered checkpoints, snapshots and pictures.
"""

import csv
import io
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import send2trash

from core.bounds import shortened
from core.config import ConfigError, RunConfig, changed, dump_config, load_config
from core.counts import named_step
from core.files.atomic import write_atomically
from core.files.plain import require_plain_file
from core.runs.errors import RunError
from core.runs.journal import append_line, complete_lines, first_line, keep_lines, last_line
from core.runs.lines import change_of, event_of, step_of, step_of_row
from core.runs.lock import hold_lock, is_held
from core.runs.parts import FOLDERS, numbered, require_own_parts

State = Literal["new", "running", "finished", "stopped", "failed", "interrupted"]

# What the last of these events means for a run that nobody trains.
_STATE_AFTER: dict[str, State] = {
    "started": "interrupted",
    "resumed": "interrupted",
    "interrupted": "interrupted",
    "finished": "finished",
    "stopped": "stopped",
    "failed": "failed",
}


class RunFolder:
    """One run's folder."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.losses = path / "losses.csv"
        self.scores = path / "scores.csv"
        self.events = path / "events.log"
        self.concepts = path / "concepts.json"
        self._config = path / "config.json"
        self._changes = path / "changes.jsonl"
        self._labels = path / "labels.json"
        self._lock = path / "lock"

    @classmethod
    def create(cls, path: Path, config: RunConfig) -> "RunFolder":
        """A new run at `path`, which is empty or does not exist yet.

        Raises:
            RunError: something lies there already, or it cannot be written.
        """
        cls.require_free(path)
        run = cls(path)
        with _told(f"create the run folder {path}"):
            # Of two processes that create the same run at the same time, one finds it in use here.
            for folder in FOLDERS:
                (path / folder).mkdir(parents=True)
            content = dump_config(config).encode()
            write_atomically(run._config, lambda file: file.write(content))
        return run

    @staticmethod
    def require_free(path: Path) -> None:
        """Check that a run can be created at `path`, without creating it.

        Raises:
            RunError: something lies there already, or it cannot be read.
        """
        with _told(f"read {path}"):
            free = not path.exists() or (path.is_dir() and not any(path.iterdir()))
        if not free:
            is_run = (path / "config.json").exists()
            rest = f", or go on with `icdrl resume {path}`" if is_run else ""
            raise RunError(f"{path} is not empty: give a new folder{rest}.")

    @classmethod
    def open(cls, path: Path) -> "RunFolder":
        """The run that lies at `path`.

        Raises:
            RunError: there is no run there, or a part of it is a link or no file.
        """
        if not os.path.lexists(path / "config.json"):
            raise RunError(
                f"{shortened(str(path))} is no run: it has no config.json. See `icdrl runs list`."
            )
        require_own_parts(path)
        return cls(path)

    @property
    def name(self) -> str:
        """The name a person gave, else the folder's."""
        return str(self.labels().get("name") or self.path.resolve().name)

    def config(self) -> RunConfig:
        """The config as started."""
        return load_config(self._config)

    def current_config(self) -> RunConfig:
        """The config with all changes made since."""
        config = self.config()
        for change in self.changes():
            config = changed(config, {change["path"]: change["value"]})
        return config

    def labels(self) -> dict[str, Any]:
        """What a person named: `name` of the run, `codes` (code name -> label)."""
        with suppress(OSError, ValueError):
            require_plain_file(self._labels)
            content = json.loads(self._labels.read_text(encoding="utf-8"))
            if isinstance(content, dict):
                return content
        return {}

    def code_labels(self) -> dict[str, str]:
        """Code -> the name that a person gave it; none where that is damaged."""
        codes = self.labels().get("codes", {})
        return {str(k): str(v) for k, v in codes.items()} if isinstance(codes, dict) else {}

    def save_labels(self, labels: Mapping[str, Any]) -> None:
        """Replace the names.

        Raises:
            RunError: the disk is full, or the folder is gone.
        """
        content = json.dumps(labels, indent=2, ensure_ascii=False).encode()
        with _told(f"write {self._labels}"):
            write_atomically(self._labels, lambda file: file.write(content))

    def locked(self) -> AbstractContextManager[None]:
        """Hold the run's lock; the system frees it should this process die.

        Raises:
            RunError: another process is training this run.
        """
        return hold_lock(self._lock)

    def is_locked(self) -> bool:
        """Whether some process trains this run now."""
        return is_held(self._lock)

    def require_unlocked(self) -> None:
        """Check that nobody trains this run.

        Raises:
            RunError: some process does.
        """
        if self.is_locked():
            raise RunError(f"{self.path} is being trained by another process.")

    def state(self) -> State:
        """Derived: locked means running; else what the last end event says; else interrupted."""
        if self.is_locked():
            return "running"
        kinds = [kind for _, kind, _ in reversed(self.history())]
        return next((_STATE_AFTER[kind] for kind in kinds if kind in _STATE_AFTER), "new")

    def record_event(self, step: int, kind: str, sentence: str) -> None:
        """One line of events.log: time (UTC), step, kind, sentence."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        self._append(self.events, "\t".join((now, str(step), kind, " ".join(sentence.split()))))

    def history(self) -> list[tuple[int, str, str]]:
        """(step, kind, sentence) of every event so far; damaged lines are left out.

        Raises:
            RunError: they cannot be read.
        """
        return [event for line in _lines(self.events) if (event := event_of(line))]

    def record_change(self, step: int, path: str, value: Any) -> None:
        """A setting changed while running; it holds from `step` on."""
        self._append(self._changes, json.dumps({"step": step, "path": path, "value": value}))

    def changes(self) -> list[dict[str, Any]]:
        """Every change so far: step, path, value.

        Raises:
            RunError: a line that is damaged, or a file that cannot be read.
        """
        changes = [change_of(line) for line in _lines(self._changes)]
        if None in changes:
            line = changes.index(None) + 1
            raise RunError(f"{self._changes} is damaged in line {line}: mend or delete that line.")
        return [change for change in changes if change]

    def record_row(self, path: Path, row: Mapping[str, Any]) -> None:
        """Append a row to losses.csv or scores.csv; the first one writes the header.

        A column that the table lacks is added to it, blank in the rows before.

        Raises:
            RunError: the disk is full, or the folder is gone.
        """
        header = _header(path)
        columns = next(csv.reader([header])) if header else []
        new = [column for column in row if column not in columns]
        if header and new:
            self._add_columns(path, new)
        lines = [] if header else [_csv_line(new)]
        lines.append(_csv_line([row.get(column, "") for column in (*columns, *new)]))
        self._append(path, "\n".join(lines))

    def record_scores(self, row: Mapping[str, Any]) -> None:
        """Append a row to scores.csv, for one who does not train this run.

        Raises:
            RunError: as `record_row`; or the row has a column that the table of a run in training
                lacks: what its trainer writes while the table is written anew would be lost.
        """
        header = _header(self.scores)
        if header and set(row) <= set(next(csv.reader([header]))):
            self.record_row(self.scores, row)
            return
        try:
            with self.locked():
                self.record_row(self.scores, row)
        except RunError as error:
            raise RunError(
                f"The scores cannot be written yet. {error} Its scores.csv lacks columns that "
                "cannot be added meanwhile: evaluate again when the training is over."
            ) from None

    def rows(self, path: Path) -> list[dict[str, str]]:
        """The complete rows of losses.csv or scores.csv.

        Raises:
            RunError: they cannot be read.
        """
        return list(csv.DictReader(_lines(path)))

    def last_step(self) -> int:
        """The last step in losses.csv or of a checkpoint; 0 if there is none."""
        with _told(f"read {self.losses}"):
            line = last_line(self.losses)
        return max(step_of_row(line) or 0, self.checkpoint_step())

    def checkpoint_step(self) -> int:
        """The step of the newest checkpoint; 0 if there is none."""
        return max(map(step_of, self.checkpoints()), default=0)

    def last_total_correlation(self) -> float | None:
        """Of the last step in scores.csv, the one scored while training if both are there."""
        found: list[tuple[int, bool, float]] = []
        for row in self.rows(self.scores):
            with suppress(KeyError, TypeError, ValueError):
                value = float(row["total_correlation"])
                found.append((int(row["step"]), row.get("protocol") != "full", value))
        return max(found, key=lambda each: each[:2])[2] if found else None

    def cut_back(self, step: int, changes: Iterable[Mapping[str, Any]] = ()) -> None:
        """Drop all that was written after `step`, so that a resumed run writes it anew.

        changes: those that the checkpoint knows. One made when the last step was over is among
        them, though it holds from the next step on.

        Damaged lines go as well, and what a killed trainer was just writing.

        Raises:
            RunError: the disk is full, or the folder cannot be written.
        """

        def is_until(found: int | None) -> bool:
            return found is not None and found <= step

        with _told(f"cut back {self.path}"):
            for table in (self.losses, self.scores):
                keep_lines(
                    table, lambda line: line.startswith("step,") or is_until(step_of_row(line))
                )
            known = [dict(change) for change in changes]

            def is_known(change: dict[str, Any] | None) -> bool:
                return change is not None and (change["step"] <= step or change in known)

            keep_lines(self._changes, lambda line: is_known(change_of(line)))
            keep_lines(self.events, lambda line: is_until((event_of(line) or (None,))[0]))
            for file in [*self.snapshots(), *self.pictures(), *self.checkpoints()]:
                if step_of(file) > step:
                    file.unlink()
            for folder in FOLDERS:
                for half_written in (self.path / folder).glob(".icdrl-*.tmp"):
                    half_written.unlink()

    def checkpoints(self) -> list[Path]:
        """Checkpoint files, oldest first."""
        return numbered(self.path / "checkpoints")

    def snapshots(self) -> list[Path]:
        """Snapshot files, oldest first."""
        return numbered(self.path / "snapshots")

    def pictures(self) -> list[Path]:
        """Traversal pictures, oldest first."""
        return numbered(self.path / "pictures")

    def snapshot_at(self, step: int | None) -> Path:
        """The snapshot of `step`, or the newest.

        Raises:
            RunError: there is none; the message lists the steps that have one.
        """
        found = {step_of(path): path for path in self.snapshots()}
        if not found:
            raise RunError(f"{self.path} has no snapshot yet: train it a little longer.")
        if step is not None and step not in found:
            raise RunError(
                f"{self.path} has no snapshot of {named_step(step)}: there are "
                f"{', '.join(f'{each:,}' for each in found)}."
            )
        return found[max(found) if step is None else step]

    def require_deletable(self) -> None:
        """Check that deleting the folder takes nothing but a run.

        Raises:
            RunError: its content is not that of a run that this version knows, the current folder
                lies in it, or it is being trained.
        """
        self.require_unlocked()
        path = self.path.resolve()
        with suppress(FileNotFoundError):  # A current folder that is gone lies in no run.
            if Path.cwd().is_relative_to(path):
                raise RunError(
                    f"{path} is not deleted, for the current folder is or lies in it: go elsewhere "
                    "first."
                )
        by_hand = "It is not deleted: if it is to go, delete the folder by hand."
        try:
            config = self.config()
        except ConfigError as error:
            raise RunError(f"{error} {by_hand}") from None
        has_folder = any((path / name).is_dir() for name in FOLDERS)
        if "schema_version" not in config.model_fields_set or not has_folder:
            raise RunError(f"{path} holds a config.json, but not what a run holds. {by_hand}")

    def move_to_trash(self) -> None:
        """Delete the run, undoably where the system has a trash.

        Raises:
            RunError: see `require_deletable`; or it cannot be moved.
        """
        self.require_deletable()
        try:
            send2trash.send2trash(self.path.absolute())
        except OSError as error:
            raise RunError(f"Cannot move {self.path} to the trash: {error}.") from None

    def discard(self) -> None:
        """Remove the folder of a run that could not start."""
        shutil.rmtree(self.path, ignore_errors=True)

    def _add_columns(self, path: Path, columns: list[str]) -> None:
        header, *rows = _lines(path)
        widened = [f"{header},{_csv_line(columns)}", *(row + "," * len(columns) for row in rows)]
        content = "".join(line + "\n" for line in widened).encode()
        with _told(f"write {path}"):
            write_atomically(path, lambda file: file.write(content))

    def _append(self, path: Path, line: str) -> None:
        with _told(f"write {path}"):
            append_line(path, line)


@contextmanager
def _told(what: str) -> Iterator[None]:
    """Tell what cannot be done, and why."""
    try:
        yield
    except OSError as error:
        raise RunError(f"Cannot {what}: {error.strerror}.") from None


def _lines(path: Path) -> list[str]:
    with _told(f"read {path}"):
        return complete_lines(path)


def _header(path: Path) -> str:
    with _told(f"read {path}"):
        return first_line(path)


def _csv_line(cells: Iterable[object]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(cells)
    return line.getvalue()
