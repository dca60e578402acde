"""Histories of runs -> the plots of the scores."""

from collections.abc import Sequence

from icdrl_gui.models.run_history import History
from icdrl_gui.models.score_titles import column_of, heading
from icdrl_gui.widgets.curve_data import Curve, Plot


def score_plots(histories: Sequence[History], names: Sequence[str]) -> list[Plot]:
    """One plot for each score, with a curve for each run that has it."""
    return [_plot(histories, name) for name in names]


def _plot(histories: Sequence[History], name: str) -> Plot:
    curves = []
    for number, history in enumerate(histories, 1):
        found = history.scores.curve(name)
        if found is not None:
            steps, values = found
            marks = [(float(mark.step), mark.sentence) for mark in history.marks]
            curves.append(
                Curve(history.name, number, history.colour, steps, steps, values, None, marks)
            )
    title = heading(column_of(name))
    return Plot(title, curves, numbered=len(histories) > 1, empty="not evaluated")
