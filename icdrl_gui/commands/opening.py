"""Open whatever was chosen, named on the command line or dropped on the window."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFileDialog

from core.counts import named_step
from core.errors import IcdrlError
from core.export import CurvesRecipe, Recipe
from core.runs import RunFolder, find_run, is_run
from icdrl_gui.main_window import MainWindow
from icdrl_gui.models.opening import Config, Data, Exported, Image, Run, recognise
from icdrl_gui.session import Session
from icdrl_gui.settings import Settings

OPENING = "opening"
"""Why something was not opened; see `Message.cause`."""


class OpeningCommands(QObject):
    """One message for what cannot be opened; nothing else changes then.

    Signals:
        config_wanted: Setup should show this config.
        data_wanted: Setup should train on this file or folder.
        image_wanted: this picture should be encoded.
        traversals_wanted, pictures_wanted, curves_wanted: what an exported file showed is back;
            curves_wanted carries their recipe.
    """

    config_wanted = Signal(object)
    data_wanted = Signal(Path)
    image_wanted = Signal(Path)
    traversals_wanted = Signal()
    pictures_wanted = Signal()
    curves_wanted = Signal(object)
    recent_changed = Signal()

    def __init__(self, session: Session, window: MainWindow, settings: Settings) -> None:
        super().__init__(window)
        self._session = session
        self._window = window
        self._settings = settings

    def open(self, path: Path) -> bool:
        """Open what lies at `path`; whether it could be."""
        try:
            self._open(path)
        except IcdrlError as error:
            self._session.messages.error(str(error), cause=OPENING)
            return False
        return True

    def open_all(self, paths: list[Path]) -> None:
        """Open what was dropped, one after the other."""
        for path in paths:
            self.open(path)

    def show(self, run: Path, step: int | None = None) -> None:
        """Look at a run: traversals, samples, exploring, and its losses.

        Raises:
            IcdrlError: it cannot be read.
        """
        self._session.shown.show(run, step)
        self._session.messages.settle(OPENING)
        self._session.history.show_also(run)

    def ask_for_file(self) -> None:
        """Choose a file to open."""
        self._ask(QFileDialog.FileMode.ExistingFile, self.open)

    def ask_for_folder(self) -> None:
        """Choose a run's folder to open."""
        self._ask(QFileDialog.FileMode.Directory, self.open)

    def _ask(self, mode: QFileDialog.FileMode, receive: Callable[[Path], object]) -> None:
        dialog = QFileDialog(self._window, "Open", str(self._session.preferences.run_root))
        dialog.setFileMode(mode)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda path: receive(Path(path)))
        dialog.open()

    def _open(self, path: Path) -> None:
        recognised = recognise(path)
        self._session.messages.settle(OPENING)
        match recognised:
            case Run(run, step):
                self.show(run, step)
                self.traversals_wanted.emit()
            case Config(config):
                self.config_wanted.emit(config)
            case Exported(_, recipe):
                self._restore(path, recipe)
            case Image(image):
                self.image_wanted.emit(image)
            case Data(data):
                self.data_wanted.emit(data)
        self._settings.remember(path.absolute())
        self.recent_changed.emit()

    def _restore(self, path: Path, recipe: Recipe | CurvesRecipe) -> None:
        """Bring back what an exported file showed."""
        session = self._session
        if isinstance(recipe, CurvesRecipe):
            session.history.show_runs([self._find(path, name) for name in recipe.runs])
            self.curves_wanted.emit(recipe)
            return
        run = self._find(path, recipe.run)
        steps = [int(each.stem.removeprefix("step-")) for each in RunFolder(run).snapshots()]
        self.show(run, recipe.step if recipe.step in steps else None)
        if recipe.step not in steps:
            session.messages.warn(
                f"The snapshot of {named_step(recipe.step)} is gone from {recipe.run}: "
                "the newest one is shown instead."
            )
        session.concepts.restore(recipe.concepts)
        if recipe.kind == "traversal":
            session.traversals.restore(recipe)
            self.traversals_wanted.emit()
        else:
            session.pictures.restore(recipe)
            self.pictures_wanted.emit()

    def _find(self, path: Path, name: str) -> Path:
        """The run called `name`: around the file, shown, below the run root, or opened lately."""
        shown = self._session.shown.run
        candidates = [*path.absolute().parents, *self._settings.recent]
        if shown is not None:
            candidates.insert(0, shown.path)
        for folder in candidates:
            if is_run(folder) and name in (folder.name, RunFolder(folder).name):
                return folder
        return find_run(self._session.preferences.run_root, name).path
