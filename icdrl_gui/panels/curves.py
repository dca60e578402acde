"""`CurvesPanel`: the losses of the shown runs, live."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QTimer, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.curves.loss_plots import plots_of
from core.curves.plot import CurveLook
from core.curves.titles import MOST_AT_FIRST, first_shown, title_of
from core.export import (
    FIGURE_SUFFIXES,
    CurvesRecipe,
    Figure,
    check_suffix,
    save_figure,
    save_losses_csv,
)
from icdrl_gui.models.runs.histories import History, HistoryModel
from icdrl_gui.models.runs.loss_rows import LossRows
from icdrl_gui.widgets.curves.controls import CurveControls
from icdrl_gui.widgets.curves.grid import CurveGrid
from icdrl_gui.widgets.curves.legend import CurveLegend, LegendEntry


class CurvesPanel(QWidget):
    """Draws what a `HistoryModel` has."""

    def __init__(self, history: HistoryModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("curves")
        self.setWindowTitle("Losses")
        self._history = history
        self._drawn: object = None
        self.controls = CurveControls()
        self.grid, self.legend = CurveGrid(), CurveLegend()
        self.legend.setContentsMargins(6, 0, 6, 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.controls)
        layout.addWidget(self.grid, 1)
        layout.addWidget(self.legend)
        self.controls.look_changed.connect(self._show)
        self.controls.fit_requested.connect(self.grid.show_all)
        self.grid.zoomed.connect(self.controls.fit.setEnabled)
        history.runs_changed.connect(self._show)
        history.data_changed.connect(self._grow)
        self._show()

    def has_data(self) -> bool:
        """Whether any shown run has reported."""
        return any(map(len, self._history.histories.values()))

    def export(self, path: Path) -> None:
        """Write what is shown as the suffix says: a figure, or every report as a .csv.

        Raises:
            ExportError: another suffix, nothing to show, or a file that cannot be written.
        """
        check_suffix(path, (*FIGURE_SUFFIXES, ".csv"))
        writer = self.losses_writer if path.suffix.lower() == ".csv" else self.figure_writer
        writer()(path)

    def figure_writer(self) -> Callable[[Path], None]:
        """Writes the plots as they are now, in light colours whatever the theme, in any thread.

        What it returns raises ExportError, as `export`.
        """
        histories, look = list(self._history.histories.values()), self.controls.look
        plots, shown = plots_of(histories, look), self.grid.x_range
        figure = Figure(plots, look.x_axis, look.log_y, look.smoothing, shown)
        recipe = self._recipe("curves")
        return lambda path: save_figure(path, figure, recipe)

    def losses_writer(self) -> Callable[[Path], None]:
        """Writes every report of all shown runs, one a row, with all scalars that any has.

        In any thread: a million rows take seconds.
        What it returns raises ExportError, as `export`.
        """
        rows = LossRows(self._history.histories.values(), self._scalars())
        recipe = self._recipe("losses")
        return lambda path: save_losses_csv(path, rows, recipe)

    def restore(self, recipe: CurvesRecipe) -> None:
        """Draw as an exported picture was drawn; which runs are shown is the model's."""
        if recipe.kind == "curves":
            self.controls.choose_look(
                CurveLook(recipe.x_axis, recipe.log_y, recipe.smoothing, recipe.scalars)
            )

    @Slot()
    def _show(self) -> None:
        """Other runs, or another look."""
        histories = list(self._history.histories.values())
        self._drawn = _shape(histories)
        scalars = self._scalars()
        reported = Counter(name for history in histories for name in history.scalars)
        live = self._history.histories.get(self._history.live) if self._history.live else None
        own = set(live.scalars) if live else set()
        shared_first = sorted(scalars, key=lambda name: (name not in own, -reported[name]))
        self.controls.offer({name: title_of(name) for name in scalars}, first_shown(shared_first))
        look = self.controls.look
        self.grid.show_plots(plots_of(histories, look), look.x_axis, look.log_y)
        self.legend.show_entries(self._entries(), look.smoothing)

    @Slot()
    def _grow(self) -> None:
        """The run in training reported."""
        if _shape(list(self._history.histories.values())) == self._drawn:
            self.grid.touch()
        else:
            self._show()

    def _entries(self) -> list[LegendEntry]:
        runs = enumerate(self._history.histories.values(), 1)
        return [LegendEntry(number, run.name, run.colour) for number, run in runs]

    def _scalars(self) -> tuple[str, ...]:
        """Every scalar of all shown runs, in the order of the runs' files."""
        histories = self._history.histories.values()
        return tuple(dict.fromkeys(name for history in histories for name in history.scalars))

    def _recipe(self, kind: str) -> CurvesRecipe:
        histories, look = list(self._history.histories.values()), self.controls.look
        runs = tuple(history.path.name for history in histories)
        steps = tuple(history.last_step for history in histories)
        if kind == "losses":
            return CurvesRecipe("losses", runs, steps, self._scalars())
        return CurvesRecipe(
            "curves", runs, steps, look.scalars, look.x_axis, look.smoothing, look.log_y
        )

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        QTimer.singleShot(0, self, lambda: self.grid.prepare(MOST_AT_FIRST))


def _shape(histories: list[History]) -> object:
    """What must be the same for curves to grow where they are: columns, and places of marks."""
    return [
        (
            history.path,
            history.scalars,
            len(history.marks),
            bool(history.marks) and history.marks[-1].step > history.last_step,
        )
        for history in histories
    ]
