"""`StudyFolder`: a study on disk; each of its cells is an ordinary run folder.

study.json as started; runs/ARM-seed-N; logs/ of the trainers; what came out is written beside.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from core.bounds import shortened
from core.config import RunConfig
from core.files.atomic import write_atomically
from core.runs import RunFolder, is_run
from core.runs.lock import hold_lock, is_held
from core.studies.errors import StudyError
from core.studies.study import Study, differences, dump_study, load_study

STUDY_FILE = "study.json"

_HALF_WRITTEN = ".icdrl-*.tmp"


@dataclass(frozen=True, eq=False)
class Cell:
    """One run of a study.

    Attributes:
        name: of its folder.
        config: what it computes.
    """

    arm: str
    seed: int
    name: str
    config: RunConfig


class StudyFolder:
    """The folder of a study that was started."""

    def __init__(self, path: Path, study: Study) -> None:
        self.path = path
        self.study = study
        self._lock = path / "lock"
        self._stops = path / "stop"

    @classmethod
    def open(cls, path: Path) -> "StudyFolder":
        """The study that lies at `path`.

        Raises:
            StudyError: there is none.
            ConfigError: its study.json cannot be read.
        """
        if not holds_study(path):
            raise StudyError(
                f"{shortened(str(path))} holds no study: it has no {STUDY_FILE}. Start one with "
                "`icdrl study run`."
            )
        return cls(path, load_study(path / STUDY_FILE))

    @classmethod
    @contextmanager
    def started(cls, path: Path, study: Study) -> Iterator["StudyFolder"]:
        """Start a study at `path` or go on with it, as nobody else may meanwhile.

        A study that is there already may be given more seeds and arms.

        Raises:
            StudyError: something else lies there, or another study, or it cannot be written.
            RunError: another process runs it.
            ConfigError: the study cannot be computed, or the one that is there cannot be read.
        """
        wanted = study.spelt_out()
        with _told(f"read {shortened(str(path))}"):
            if not holds_study(path) and path.exists() and not (path.is_dir() and _is_free(path)):
                raise StudyError(f"{path} is not empty and holds no study: give a new folder.")
        with _told(f"create the study's folder {shortened(str(path))}"):
            path.mkdir(parents=True, exist_ok=True)
        folder = cls(path, wanted)
        with folder.locked():
            before = load_study(path / STUDY_FILE) if holds_study(path) else None
            if before is not None:
                _require_part(path, before, wanted)
            with _told(f"write the study's folder {path}"):
                folder._tidy_up()
                if wanted != before:
                    content = dump_study(wanted).encode()
                    write_atomically(path / STUDY_FILE, lambda file: file.write(content))
                for place in (path / "runs", path / "logs", folder._stops):
                    place.mkdir(exist_ok=True)
            yield folder

    def locked(self) -> AbstractContextManager[None]:
        """Hold the study's lock.

        Raises:
            RunError: another process runs it.
        """
        return hold_lock(self._lock, "is being run")

    def is_locked(self) -> bool:
        """Whether some process runs the study now."""
        return is_held(self._lock)

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """Every run of the study: all arms with the first seed, then with the second, ..."""
        arms = [(arm, self.study.arm_config(arm)) for arm in self.study.arms]
        return tuple(
            Cell(
                arm.name,
                seed,
                f"{arm.folder}-seed-{seed}",
                config.model_copy(update={"seed": seed}),
            )
            for seed in self.study.seeds
            for arm, config in arms
        )

    def run(self, cell: Cell) -> RunFolder:
        """Where a cell's run lies, or will."""
        return RunFolder(self.path / "runs" / cell.name)

    def log(self, cell: Cell) -> Path:
        """What the trainers of a cell printed."""
        return self.path / "logs" / f"{cell.name}.log"

    def stop_request(self, cell: Cell) -> Path:
        """Whose trainer sees this file stops and keeps what it has."""
        return self._stops / cell.name

    def request_stops(self, cells: Iterable[Cell]) -> None:
        """Let the trainers of these cells stop, wherever they are.

        Raises:
            StudyError: the requests cannot be written.
        """
        with _told(f"write {self._stops}"):
            for cell in cells:
                self.stop_request(cell).touch()

    def withdraw_stops(self) -> None:
        """Let every cell be trained again.

        Raises:
            StudyError: the requests cannot be deleted.
        """
        with _told(f"empty {self._stops}"):
            for request in self._stops.iterdir():
                request.unlink()

    def began(self) -> set[str]:
        """The names of the cells that have a folder."""
        with suppress(OSError), os.scandir(self.path / "runs") as entries:
            return {entry.name for entry in entries}
        return set()

    def write(self, name: str, text: str) -> None:
        """Replace the file `name` of the study.

        Raises:
            StudyError: the disk is full, or the folder is gone.
        """
        content = text.encode()
        with _told(f"write {self.path / name}"):
            write_atomically(self.path / name, lambda file: file.write(content))

    def _tidy_up(self) -> None:
        """Take away what a killed process was just writing."""
        for half_written in self.path.glob(_HALF_WRITTEN):
            half_written.unlink()


def holds_study(path: Path) -> bool:
    """Whether a study lies at `path`, which may be one that no folder can have."""
    with suppress(OSError):
        return (path / STUDY_FILE).is_file()
    return False


def prepared_run(path: Path, config: RunConfig) -> RunFolder:
    """The run of `config` at `path`, made now unless it is there.

    Raises:
        RunError: it cannot be made or opened.
        StudyError: there is a run of another config.
        ConfigError: its config cannot be read.
    """
    if is_run(path):
        run = RunFolder.open(path)
        if unlike := differences(run.config(), config):
            raise StudyError(
                f"{path} is a run of other settings ({', '.join(sorted(unlike))}): take it away, "
                "or run the study in a new folder."
            )
        return run
    # What a process left that was killed while it made the folder: no file, or a torn one.
    for half_written in path.glob(_HALF_WRITTEN):
        half_written.unlink()
    for empty in (*path.glob("*/"), path):
        with suppress(OSError):
            empty.rmdir()
    return RunFolder.create(path, config)


def _is_free(path: Path) -> bool:
    """Whether nothing lies in the folder but what is there before study.json."""
    return all(entry.name == "lock" or entry.match(_HALF_WRITTEN) for entry in path.iterdir())


def _require_part(path: Path, before: Study, wanted: Study) -> None:
    """Check that a study grew at most.

    Raises:
        StudyError: it differs from the one that was started.
    """
    elsewhere = "give a new folder, or the settings that it was started with"
    names = [arm.name for arm in wanted.arms]
    if gone := [arm.name for arm in before.arms if arm.name not in names]:
        raise StudyError(f"{path} holds a study with the arm {gone[0]}: {elsewhere}.")
    if lost := [seed for seed in before.seeds if seed not in wanted.seeds]:
        raise StudyError(f"{path} holds a study with seed {lost[0]}: {elsewhere}.")
    for arm in before.arms:
        ours = wanted.arm_config(wanted.arm(arm.name))
        theirs = before.arm_config(arm)
        if unlike := differences(theirs, ours):
            key, value = next(iter(unlike.items()))
            raise StudyError(
                f"{path} holds a study whose arm {arm.name} has {key} {value}: {elsewhere}."
            )


@contextmanager
def _told(what: str) -> Iterator[None]:
    """Say what could not be done when the system refuses it."""
    try:
        yield
    except OSError as error:
        raise StudyError(f"Cannot {what}: {error.strerror}.") from None
