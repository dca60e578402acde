"""`StudyRun`: trains what a study lacks, in the slots that it is given."""

from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from core.errors import IcdrlError
from core.runs import RunError
from core.studies.folder import Cell, StudyFolder
from core.studies.slot import CellEnd, CellJob

_SECONDS_BETWEEN_REPORTS = 0.5


class Slots(Protocol):
    """Where cells are trained.

    Attributes:
        executor: runs `train` for as many jobs at once as there are slots.
        threads: CPU threads of each; 0: as the machine's preferences say.
    """

    executor: Executor
    threads: int
    train: Callable[[CellJob], CellEnd]

    def require_fit(self, study: Path) -> None:
        """Check that cells of the study in this folder can be trained there.

        Raises:
            StudyError: they cannot.
        """

    def require_alive(self) -> None:
        """Check that what was submitted is still in good hands.

        Raises:
            StudyError: it is not.
        """


@dataclass(frozen=True)
class CellEnded:
    """A cell needs no more, for now; `left`: how many others do."""

    cell: Cell
    end: CellEnd
    left: int


@dataclass(frozen=True)
class CellsTraining:
    """How far the cells are that are being trained now: name -> step."""

    steps: dict[str, int]


class StudyRun:
    """One go at a study whose lock its owner holds."""

    def __init__(self, folder: StudyFolder, slots: Slots) -> None:
        self.folder = folder
        self._slots = slots
        self._waiting: dict[Future[CellEnd], Cell] = {}
        self._given_up: set[str] = set()

    def events(self) -> Iterator[CellEnded | CellsTraining]:
        """Train until no cell is left, telling of each end and, twice a second, of progress.

        Cells that are finished are left alone. Whoever gives up iterating stops the rest.

        Raises:
            StudyError: the slots do not fit, or are gone, or the study's folder is.
        """
        self._slots.require_fit(self.folder.path.absolute())
        self.folder.withdraw_stops()
        try:
            for cell in self._unfinished():
                job = CellJob(
                    run=self.folder.run(cell).path.absolute(),
                    log=self.folder.log(cell).absolute(),
                    stop=self.folder.stop_request(cell).absolute(),
                    config=cell.config,
                    threads=self._slots.threads,
                )
                self._waiting[self._slots.executor.submit(self._slots.train, job)] = cell
            while self._waiting:
                yield from self._ended()
                yield CellsTraining(self._steps())
        finally:
            self.stop()

    def stop(self) -> None:
        """Stop every cell and keep it; `events` goes on until all have ended.

        Raises:
            StudyError: they cannot be told.
        """
        self.cancel(list(self._waiting.values()))

    def cancel(self, cells: list[Cell]) -> None:
        """Stop these cells and keep them, and begin those not that wait for a slot.

        Raises:
            StudyError: they cannot be told.
        """
        self.folder.request_stops(cells)
        training = self._steps()
        for future, cell in self._waiting.items():
            # An executor elsewhere would forget one that is being trained, and not tell its end.
            if cell in cells and cell.name not in training and future.cancel():
                self._given_up.add(cell.name)

    def _unfinished(self) -> list[Cell]:
        began = self.folder.began()
        return [
            cell
            for cell in self.folder.cells
            if cell.name not in began or self.folder.run(cell).state() != "finished"
        ]

    def _ended(self) -> Iterator[CellEnded]:
        done, _ = wait(self._waiting, _SECONDS_BETWEEN_REPORTS, FIRST_COMPLETED)
        self._slots.require_alive()
        for future in done:
            cell = self._waiting.pop(future)
            yield CellEnded(cell, self._end_of(future, cell), len(self._waiting))

    def _end_of(self, future: Future[CellEnd], cell: Cell) -> CellEnd:
        if future.cancelled():
            if cell.name in self._given_up:
                return CellEnd("stopped", "It had not begun.")
            return CellEnd("failed", "It was forgotten where it was sent: run the study again.")
        error = future.exception()
        if error is None:
            return future.result()
        if isinstance(error, IcdrlError):
            return CellEnd("failed", str(error))
        first, *_ = str(error).splitlines() or [""]
        return CellEnd("failed", f"{type(error).__name__}: {first}".removesuffix(": "))

    def _steps(self) -> dict[str, int]:
        began = self.folder.began()
        steps = {}
        for cell in self._waiting.values():
            run = self.folder.run(cell)
            if cell.name in began and run.is_locked():
                with suppress(RunError):
                    steps[cell.name] = run.last_step()
        return steps
