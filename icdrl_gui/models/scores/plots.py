"""Histories of runs -> the plots of the scores."""

from collections.abc import Sequence

from core.curves.plot import Curve, Plot
from core.protocol import EvaluationMode
from icdrl_gui.models.runs.history import History
from icdrl_gui.models.scores.titles import column_of, heading


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
    title = heading(column_of(name))
    if mode == "full":
        title += ", full"
    return Plot(title, curves, numbered=len(histories) > 1, empty="not evaluated")
