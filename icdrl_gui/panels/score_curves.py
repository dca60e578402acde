"""`ScoreCurves`: the scores of the shown runs over their steps."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from core.curves.plot import Curve, Plot
from core.export import Figure, save_figure
from core.metrics.catalogue import heading_of
from core.protocol import EvaluationMode
from icdrl_gui.models.runs.history import History
from icdrl_gui.models.scores.scores import ScoresModel
from icdrl_gui.models.scores.titles import FIRST_SHOWN
from icdrl_gui.widgets.curves.controls import CurveControls
from icdrl_gui.widgets.curves.grid import CurveGrid
from icdrl_gui.widgets.curves.legend import CurveLegend, LegendEntry

_EMPTY = "Scores appear here while a run trains."


class ScoreCurves(QWidget):
    """Draws what a `ScoresModel` has, in the runs' own colours."""

    def __init__(self, scores: ScoresModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scores = scores
        self.controls = CurveControls(table="scores")
        self.grid = CurveGrid(empty=_EMPTY)
        self.legend = CurveLegend()
        below = QHBoxLayout()
        below.setContentsMargins(6, 0, 6, 0)
        below.setSpacing(16)
        below.addWidget(self.legend, 1)
        below.addWidget(self.controls)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.grid, 1)
        layout.addLayout(below)
        self.controls.look_changed.connect(self._show)
        self.controls.fit_requested.connect(self.grid.show_all)
        self.grid.zoomed.connect(self.controls.fit.setEnabled)
        scores.scores_changed.connect(self._show)
        self._show()

    def figure_writer(self) -> Callable[[Path], None]:
        """Writes the curves as they are now, in light colours whatever the theme, in any thread.

        What it returns raises ExportError: another suffix, or a file that cannot be written.
        """
        look, recipe = self.controls.look, self._scores.recipe()
        plots = score_plots(self._scores.histories, look.scalars)
        figure = Figure(plots, log_y=look.log_y, x_range=self.grid.x_range)
        return lambda path: save_figure(path, figure, recipe)

    @Slot()
    def _show(self) -> None:
        names = self._scores.names
        usual = tuple(name for name in FIRST_SHOWN if name in names) or names
        self.controls.offer({name: heading_of(name) for name in names}, usual)
        look = self.controls.look
        self.grid.show_plots(score_plots(self._scores.histories, look.scalars), "step", look.log_y)
        self.legend.show_entries(self._entries())

    def _entries(self) -> list[LegendEntry]:
        runs = enumerate(self._scores.histories, 1)
        return [LegendEntry(number, run.name, run.colour) for number, run in runs]


def score_plots(histories: Sequence[History], names: Sequence[str]) -> list[Plot]:
    """One plot for each score, with a curve for each run that has it.

    A plot shows evaluations while training; of scores that no run has so, full ones.
    """
    return [_plot(histories, name) for name in names]


def _plot(histories: Sequence[History], name: str) -> Plot:
    rows = [row for history in histories for row in history.scores.rows("live")]
    mode: EvaluationMode = "live" if any(name in row for row in rows) else "full"
    curves = []
    for number, history in enumerate(histories, 1):
        found = history.scores.curve(name, mode)
        if found is not None:
            steps, values = found
            marks = [(float(mark.step), mark.sentence) for mark in history.marks]
            curves.append(
                Curve(history.name, number, history.colour, steps, steps, values, None, marks)
            )
    title = heading_of(name)
    if mode == "full":
        title += ", full"
    return Plot(title, curves, numbered=len(histories) > 1, empty="not evaluated")
