"""`HistoryModel`: the runs whose curves are shown, one of them perhaps in training."""

from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal, Slot

from core.curves.loss_history import Mark
from core.curves.loss_table import SPEED
from core.errors import IcdrlError
from core.protocol import Ended, Evaluated, Losses, SettingChanged, Started
from core.runs import RunFolder
from icdrl_gui.models.runs.colours import RunColours
from icdrl_gui.models.runs.history import History

__all__ = ["SPEED", "History", "HistoryModel", "Mark"]


class HistoryModel(QObject):
    """Path -> `History` of the shown runs; files are read beside the GUI thread.

    Signals:
        runs_changed: other runs are shown, one was read, renamed or cut back.
        data_changed: the run in training reported, or a setting of it was changed.
        scores_changed: a shown run was evaluated.
        trouble: a sentence about a run that cannot be read; empty once it could be.
    """

    runs_changed = Signal()
    data_changed = Signal()
    scores_changed = Signal()
    trouble = Signal(str)
    _read = Signal(object, object)

    def __init__(self, colours: RunColours | None = None, parent: QObject | None = None) -> None:
        """colours: those that runs had so far."""
        super().__init__(parent)
        self._chosen: list[Path] = []
        self._live: Path | None = None
        self._histories: dict[Path, History] = {}
        self._colours = colours or RunColours()
        self._reading: dict[Path, Future[History]] = {}
        self._damaged: set[Path] = set()
        # What the trainer reported while the run's file was being read.
        self._meanwhile: list[_Told] = []
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="histories")
        # Queued: a file may be read before there is somebody to tell, who would then be told here.
        self._read.connect(self._take_history, Qt.ConnectionType.QueuedConnection)

    @property
    def histories(self) -> dict[Path, History]:
        """The shown runs in the order they were chosen in; empty ones while they are read."""
        return {path: self._histories[path] for path in self.shown}

    @property
    def shown(self) -> list[Path]:
        """The shown runs: those chosen and the one in training."""
        live = [self._live] if self._live else []
        return list(dict.fromkeys([*self._chosen, *live]))

    @property
    def live(self) -> Path | None:
        """The run in training."""
        return self._live

    @property
    def reading(self) -> bool:
        """Whether some run's file is still being read."""
        return bool(self._reading)

    def show_runs(self, paths: Iterable[Path]) -> None:
        """Show these runs, and the one in training."""
        self._chosen = list(dict.fromkeys(_same(path) for path in paths))
        self._refresh()

    def show_also(self, path: Path) -> None:
        """Show one more run; read anew if it is shown."""
        path = _same(path)
        if path not in self._chosen:
            self._chosen.append(path)
        if path in self._histories and path not in self._reading and path != self._live:
            self._start_reading(path)
        self._refresh()

    def follow(self, path: Path | None) -> None:
        """Always show the run in training, read anew from its file; None: there is none."""
        before, self._live = self._live, _same(path) if path else None
        if before and before != self._live and before not in self._chosen:
            self._chosen.append(before)
        self._meanwhile.clear()
        if self._live:
            self._start_reading(self._live)
        self._refresh()

    def forget(self, path: Path) -> None:
        """A run was deleted."""
        path = _same(path)
        self._chosen = [each for each in self._chosen if each != path]
        if self._live == path:
            self._live = None
        self._colours.forget(path)
        self._refresh()

    def rename(self, path: Path) -> None:
        """A person gave the run another name."""
        history = self._histories.get(_same(path))
        if history:
            history.name = RunFolder(path).name
            self.runs_changed.emit()

    def close(self) -> None:
        """Read no more files."""
        self._executor.shutdown(wait=False, cancel_futures=True)

    @Slot(object)
    def take_start(self, event: Started) -> None:
        """A training begins, new or resumed: what lies after its step was cut off."""
        path = _same(Path(event.run))
        if history := self._histories.get(path):
            history.cut_back(event.step)
        self.follow(path)

    @Slot(object)
    def take_end(self, event: Ended) -> None:
        """The training is over: its run stays shown like any that was chosen."""
        if self._live and self._live in self._reading:
            # What was told meanwhile stands in its file by now.
            self._start_reading(self._live)
        self.follow(None)

    @Slot(object)
    def take_losses(self, event: Losses) -> None:
        """The run in training reported."""
        self._take(event)

    @Slot(object)
    def take_change(self, event: SettingChanged) -> None:
        """A setting of the run in training was changed."""
        self._take(event)

    @Slot(object)
    def take_evaluation(self, event: Evaluated) -> None:
        """The run in training was evaluated."""
        if self._take(event):
            self.scores_changed.emit()

    def take_scores(self, path: Path, event: Evaluated) -> None:
        """A run was evaluated beside its training; what its file says comes by this as well."""
        path = _same(path)
        history = self._histories.get(path)
        if history is None:
            return
        if path == self._live and path in self._reading:
            self._meanwhile.append(event)
        elif path in self._reading:
            self._start_reading(path)
        history.scores.add(event)
        self.scores_changed.emit()

    def _take(self, event: "_Told") -> bool:
        """Whether there is a run in training to take it."""
        if self._live is None:
            return False
        if self._live in self._reading:
            self._meanwhile.append(event)
        _add(self._histories[self._live], event)
        if not isinstance(event, Evaluated):
            self.data_changed.emit()
        return True

    def _refresh(self) -> None:
        """Read what is newly shown, drop what no longer is."""
        shown = self.shown
        for path in set(self._histories) - set(shown):
            del self._histories[path]
            self._reading.pop(path, None)
        for path in shown:
            if path not in self._histories:
                colour = self._colours.of(path, self._histories)
                self._histories[path] = History(path, colour=colour)
                if path not in self._reading:
                    self._start_reading(path)
        self.runs_changed.emit()

    def _start_reading(self, path: Path) -> None:
        future = self._executor.submit(History.read, path)
        self._reading[path] = future
        future.add_done_callback(lambda done: self._deliver(path, done))

    def _deliver(self, path: Path, future: Future[History]) -> None:
        """On the reading thread: hand over to the GUI thread."""
        if not future.cancelled():
            with suppress(RuntimeError):  # The window is gone, and this object with it.
                self._read.emit(path, future)

    @Slot(object, object)
    def _take_history(self, path: Path, future: Future[History]) -> None:
        if self._reading.get(path) is not future:
            return  # Meanwhile it was begun anew, or is no longer shown.
        del self._reading[path]
        try:
            history = future.result()
        except IcdrlError as error:
            self._tell_trouble(path, str(error))
            self._lose(path)
            return
        history.colour = self._histories[path].colour
        if path == self._live:
            for event in self._meanwhile:
                _add(history, event)
            self._meanwhile.clear()
        self._histories[path] = history
        self.runs_changed.emit()
        self._tell_trouble(path, history.trouble)

    def _tell_trouble(self, path: Path, sentence: str) -> None:
        """A file was read anew: what was wrong with it, or nothing."""
        if sentence:
            self._damaged.add(path)
            self.trouble.emit(sentence)
        elif path in self._damaged:
            self._damaged.remove(path)
            self.trouble.emit("")

    def _lose(self, path: Path) -> None:
        """A run cannot be read: the one in training stays shown with what it tells from now."""
        if path == self._live:
            self._meanwhile.clear()
        else:
            self._chosen = [each for each in self._chosen if each != path]
            self._refresh()


_Told = Losses | SettingChanged | Evaluated


def _add(history: History, event: _Told) -> None:
    if isinstance(event, Losses):
        history.append(event)
    elif isinstance(event, Evaluated):
        history.scores.add(event)
    else:
        history.mark(event.step, event.path, event.value)


def _same(path: Path) -> Path:
    """One path for one folder, however it is written."""
    return path.absolute()
