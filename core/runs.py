"""The run folder: everything that a training leaves behind, readable without the app."""

import csv
import io
import json
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import send2trash
from filelock import FileLock, Timeout

from core.atomic import write_atomically
from core.config import ConfigError, RunConfig, changed, dump_config, load_config
from core.errors import IcdrlError
from core.journal import append_line, complete_lines, keep_lines, last_line

State = Literal["new", "running", "finished", "stopped", "failed", "interrupted"]

_STEP = re.compile(r"step-(\d+)\.")
_BEGINNINGS = ("started", "resumed")
_ENDS = ("finished", "stopped", "failed")


class RunError(IcdrlError):
    """A run folder that cannot be created, opened, locked or written."""


@dataclass(frozen=True)
class RunSummary:
    """A row of the list of runs; `constraint` is the estimator in force, or off."""

    name: str
    path: Path
    state: State
    preset: str
    method: str
    constraint: str
    seed: int
    step: int
    steps: int
    total_correlation: float | None


class RunFolder:
    """One run's folder; see `docs` in the README for the files in it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.losses = path / "losses.csv"
        self.scores = path / "scores.csv"
        self.events = path / "events.log"
        self._config = path / "config.json"
        self._changes = path / "changes.jsonl"
        self._labels = path / "labels.json"

    @classmethod
    def create(cls, path: Path, config: RunConfig) -> "RunFolder":
        """A new run at `path`, which is empty or does not exist yet.

        Raises:
            RunError: something lies there already, or it cannot be written.
        """
        try:
            if path.exists() and (not path.is_dir() or any(path.iterdir())):
                raise RunError(
                    f"{path} is not empty: give --run-dir a new folder, or go on with "
                    f"`icdrl resume {path}`."
                )
            for folder in ("checkpoints", "snapshots", "pictures"):
                (path / folder).mkdir(parents=True, exist_ok=True)
            run = cls(path)
            content = dump_config(config).encode()
            write_atomically(run._config, lambda file: file.write(content))
        except OSError as error:
            raise RunError(f"Cannot create the run folder {path}: {error.strerror}.") from None
        return run

    @classmethod
    def open(cls, path: Path) -> "RunFolder":
        """The run that lies at `path`.

        Raises:
            RunError: there is no run there.
        """
        if not (path / "config.json").is_file():
            raise RunError(f"{path} is no run: it has no config.json. See `icdrl runs list`.")
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
            content = json.loads(self._labels.read_text(encoding="utf-8"))
            if isinstance(content, dict):
                return content
        return {}

    def save_labels(self, labels: Mapping[str, Any]) -> None:
        """Replace the names."""
        content = json.dumps(labels, indent=2, ensure_ascii=False).encode()
        write_atomically(self._labels, lambda file: file.write(content))

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the run's lock; the system frees it should this process die.

        Raises:
            RunError: another process is training this run.
        """
        lock = FileLock(self.path / "lock", blocking=False)
        try:
            lock.acquire()
        except Timeout:
            raise RunError(f"{self.path} is being trained by another process.") from None
        try:
            yield
        finally:
            lock.release()

    def is_locked(self) -> bool:
        """Whether some process trains this run now."""
        if not (self.path / "lock").exists():
            return False
        try:
            with self.locked():
                return False
        except RunError:
            return True
        except OSError:
            return False

    def state(self) -> State:
        """Derived: locked means running; else what the last end event says; else interrupted."""
        if self.is_locked():
            return "running"
        marks = [kind for _, kind, _ in self.history() if kind in _BEGINNINGS + _ENDS]
        if not marks:
            return "new"
        return "interrupted" if marks[-1] in _BEGINNINGS else marks[-1]  # type: ignore[return-value]

    def record_event(self, step: int, kind: str, sentence: str) -> None:
        """One line of events.log: time (UTC), step, kind, sentence."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        self._append(self.events, "\t".join((now, str(step), kind, " ".join(sentence.split()))))

    def history(self) -> list[tuple[int, str, str]]:
        """(step, kind, sentence) of every event so far."""
        rows = [line.split("\t") for line in complete_lines(self.events)]
        return [(int(row[1]), row[2], row[3]) for row in rows if len(row) == 4]

    def record_change(self, step: int, path: str, value: Any) -> None:
        """A setting changed while running; it holds from `step` on."""
        self._append(self._changes, json.dumps({"step": step, "path": path, "value": value}))

    def changes(self) -> list[dict[str, Any]]:
        """Every change so far: step, path, value."""
        return [json.loads(line) for line in complete_lines(self._changes)]

    def record_row(self, path: Path, row: Mapping[str, Any]) -> None:
        """Append a row to losses.csv or scores.csv; the first one writes the header."""
        line = io.StringIO()
        writer = csv.writer(line, lineterminator="\n")
        if not path.exists() or not path.stat().st_size:
            writer.writerow(row)
        writer.writerow(row.values())
        self._append(path, line.getvalue().rstrip("\n"))

    def rows(self, path: Path) -> list[dict[str, str]]:
        """The complete rows of losses.csv or scores.csv."""
        return list(csv.DictReader(complete_lines(path)))

    def last_step(self) -> int:
        """The last step that losses.csv tells of; 0 before the first row."""
        return _leading_step(last_line(self.losses))

    def cut_back(self, step: int) -> None:
        """Drop all that was written after `step`, so that a resumed run writes it anew."""
        for table in (self.losses, self.scores):
            keep_lines(
                table, lambda line: not (s := line.partition(",")[0]).isdigit() or int(s) <= step
            )
        keep_lines(self._changes, lambda line: int(json.loads(line)["step"]) <= step)
        keep_lines(self.events, lambda line: int(line.split("\t")[1]) <= step)
        for file in [*self.snapshots(), *self.pictures(), *self.checkpoints()]:
            if step_of(file) > step:
                file.unlink()

    def checkpoints(self) -> list[Path]:
        """Checkpoint files, oldest first."""
        return self._numbered("checkpoints")

    def snapshots(self) -> list[Path]:
        """Snapshot files, oldest first."""
        return self._numbered("snapshots")

    def pictures(self) -> list[Path]:
        """Traversal pictures, oldest first."""
        return self._numbered("pictures")

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
                f"{self.path} has no snapshot of step {step}: there are "
                f"{', '.join(map(str, found))}."
            )
        return found[max(found) if step is None else step]

    def summary(self) -> RunSummary:
        """The run's row in the list."""
        config = self.current_config()
        independence = config.method.independence
        scores = self.rows(self.scores)
        return RunSummary(
            name=self.name,
            path=self.path,
            state=self.state(),
            preset=config.preset,
            method=config.method.kind,
            constraint=independence.estimator if independence.enabled else "off",
            seed=config.seed,
            step=self.last_step(),
            steps=config.steps,
            total_correlation=float(scores[-1]["total_correlation"]) if scores else None,
        )

    def move_to_trash(self) -> None:
        """Delete the run, undoably where the system has a trash.

        Raises:
            RunError: it is being trained, or cannot be moved.
        """
        if self.is_locked():
            raise RunError(f"{self.path} is being trained: stop it before deleting it.")
        try:
            send2trash.send2trash(self.path)
        except OSError as error:
            raise RunError(f"Cannot move {self.path} to the trash: {error}.") from None

    def _numbered(self, folder: str) -> list[Path]:
        return sorted((self.path / folder).glob("step-*.*"), key=step_of)

    def _append(self, path: Path, line: str) -> None:
        try:
            append_line(path, line)
        except OSError as error:
            raise RunError(
                f"Cannot write {path}: {error.strerror}. The run stops; its last checkpoint is "
                "whole."
            ) from None


def _leading_step(row: str) -> int:
    """The step that begins a row of a table; 0 for its header."""
    first = row.partition(",")[0]
    return int(first) if first.isdigit() else 0


def step_of(path: Path) -> int:
    """The step in a file name like step-1000.safetensors."""
    match = _STEP.match(path.name)
    return int(match[1]) if match else 0


def new_run_path(root: Path, config: RunConfig) -> Path:
    """A free folder below `root` that says what and when."""
    stem = f"{config.preset or config.method.kind}-{time.strftime('%Y%m%d-%H%M%S')}"
    path, count = root / stem, 1
    while path.exists():
        count += 1
        path = root / f"{stem}-{count}"
    return path


def find_run(root: Path, name: str) -> RunFolder:
    """The run at the path `name`, or called so below `root`.

    Raises:
        RunError: neither exists.
    """
    for path in (Path(name), root / name):
        if (path / "config.json").is_file():
            return RunFolder(path)
    return RunFolder.open(Path(name) if Path(name).exists() else root / name)


def list_runs(root: Path) -> tuple[list[RunSummary], list[str]]:
    """Every run below `root`, newest first, and a sentence for each that cannot be read."""
    summaries, broken = [], []
    for path in sorted(root.glob("*/config.json"), key=lambda p: p.stat().st_mtime, reverse=True):
        try:
            summaries.append(RunFolder(path.parent).summary())
        except (ConfigError, ValueError, KeyError) as error:
            broken.append(f"{path.parent.name}: {error}")
    return summaries, broken
