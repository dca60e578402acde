"""Export what is shown: the list of it, the dialog, and the writing."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths
from shiboken6 import isValid

from core.export import (
    FIGURE_SUFFIXES,
    STILL_SUFFIXES,
    TRAVERSAL_SUFFIXES,
    ExportError,
    ImageGrid,
    Recipe,
    TraversalGrid,
    save_picture,
)
from icdrl_gui.dialogs.export import Exportable, ExportDialog
from icdrl_gui.main_window import MainWindow
from icdrl_gui.panels.curves import CurvesPanel
from icdrl_gui.panels.scores import (
    MATRIX_SUFFIXES,
    TABLE_SUFFIXES,
    ScoresPanel,
)
from icdrl_gui.session import Session
from icdrl_gui.tasks import Tasks


class ExportCommands(QObject):
    """Offers whatever is shown; writing happens beside the window."""

    def __init__(
        self,
        session: Session,
        window: MainWindow,
        tasks: Tasks,
        curves: CurvesPanel,
        scores: ScoresPanel,
    ) -> None:
        super().__init__(window)
        self._session = session
        self._window = window
        self._tasks = tasks
        self._curves = curves
        self._scores = scores
        documents = QStandardPaths.StandardLocation.DocumentsLocation
        self._folder = Path(QStandardPaths.writableLocation(documents))

    def ask(self) -> ExportDialog | None:
        """Open the dialog; None where there is nothing to export yet."""
        choices = self.choices()
        if not choices:
            self._session.messages.error("There is nothing to export yet: train or open a run.")
            return None
        dialog = ExportDialog(choices, self._folder, self._window)
        dialog.export_requested.connect(partial(self._export, dialog))
        dialog.open()
        return dialog

    def choices(self) -> list[Exportable]:
        """Everything shown that can become a file."""
        return [*self._traversals(), *self._pictures(), *self._losses(), *self._scored()]

    async def write(self, choice: Exportable, path: Path, scale: int | None = None) -> None:
        """Write a file; the window goes on meanwhile where it can.

        Raises:
            ExportError: it cannot be written, and stays as it was.
        """
        if choice.drawn:
            choice.save(path, scale)
        else:
            await asyncio.to_thread(choice.save, path, scale)

    def _export(
        self, dialog: ExportDialog, choice: Exportable, path: Path, scale: int | None
    ) -> None:
        self._folder = path.parent
        self._tasks.spawn(self._write_and_tell(dialog, choice, path, scale))

    async def _write_and_tell(
        self, dialog: ExportDialog, choice: Exportable, path: Path, scale: int | None
    ) -> None:
        try:
            await self.write(choice, path, scale)
        except ExportError as error:
            sentence, failed = str(error), True
            self._session.messages.error(sentence)
        else:
            sentence, failed = f"{choice.name} exported to {path}.", False
            self._session.messages.info(sentence)
        if isValid(dialog):
            dialog.show_result(sentence, failed)

    def _traversals(self) -> list[Exportable]:
        shown = self._session.traversals.current()
        if shown is None:
            return []
        grid, recipe = shown
        stem = f"{recipe.run}-step-{recipe.step}"
        whole = _traversal("Traversals of all codes", f"{stem}-traversals", grid, recipe)
        rows = [
            _traversal(f"Traversal of {label}", f"{stem}-{code}", *_row(grid, recipe, i))
            for i, (label, code) in enumerate(zip(grid.row_labels, recipe.codes, strict=True))
        ]
        return [whole, *rows]

    def _pictures(self) -> list[Exportable]:
        pictures = self._session.pictures
        found = []
        for name, shown in (
            ("Samples", pictures.samples_grid()),
            ("Reconstructions", pictures.reconstructions_grid()),
        ):
            if shown is not None:
                grid, recipe = shown
                found.append(_still(name, f"{recipe.run}-{name.lower()}", grid, recipe))
        return found

    def _losses(self) -> list[Exportable]:
        curves = self._curves
        if not curves.has_data():
            return []
        draw, write = curves.figure_writer(), curves.losses_writer()
        return [
            _unscaled("Curves", "curves", FIGURE_SUFFIXES, draw, drawn=False),
            _unscaled("Losses as a table", "losses", (".csv",), write, drawn=False),
        ]

    def _scored(self) -> list[Exportable]:
        scores, found = self._scores, []
        if scores.has_scores():
            draw = scores.curves.figure_writer()
            found = [
                _unscaled("Scores as a table", "scores", TABLE_SUFFIXES, scores.export_table),
                _unscaled("Curves of scores", "score-curves", FIGURE_SUFFIXES, draw, drawn=False),
            ]
        if scores.maps.has("information"):
            write = partial(scores.maps.export, "information")
            name = "Mutual information of codes and factors"
            found.append(_unscaled(name, "mutual-information", MATRIX_SUFFIXES, write))
        if scores.maps.has("correlation"):
            write = partial(scores.maps.export, "correlation")
            found.append(_unscaled("Correlation of codes", "correlation", MATRIX_SUFFIXES, write))
        return found


def _unscaled(
    name: str,
    stem: str,
    suffixes: tuple[str, ...],
    write: Callable[[Path], None],
    drawn: bool = True,
) -> Exportable:
    """What has a size of its own; `drawn` also for what takes no time."""

    def save(path: Path, scale: int | None) -> None:
        write(path)

    return Exportable(name, stem, suffixes, save, scales=False, drawn=drawn)


def _traversal(name: str, stem: str, grid: TraversalGrid, recipe: Recipe) -> Exportable:
    return replace(_still(name, stem, grid, recipe), suffixes=TRAVERSAL_SUFFIXES)


def _still(name: str, stem: str, grid: ImageGrid, recipe: Recipe) -> Exportable:
    def save(path: Path, scale: int | None) -> None:
        save_picture(path, grid, recipe, scale)

    return Exportable(name, re.sub(r"[^\w.-]+", "-", stem), STILL_SUFFIXES, save)


def _row(grid: TraversalGrid, recipe: Recipe, row: int) -> tuple[TraversalGrid, Recipe]:
    """One row of a traversal, with its own recipe."""
    count, is_described = grid.count(row), grid.is_described(row)
    alone_recipe = recipe.of_rows([row])
    if alone_recipe.concepts and not is_described:
        labels = tuple(f"{value:.2g}" for value in recipe.values[row])
    else:
        labels = grid.column_labels if is_described else ()
    alone = TraversalGrid(
        images=grid.images[row : row + 1, :count],
        row_labels=(grid.row_labels[row],),
        column_labels=labels,
        title=grid.title,
    )
    return alone, alone_recipe
