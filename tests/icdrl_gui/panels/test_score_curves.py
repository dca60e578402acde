from collections.abc import Callable
from pathlib import Path

from core.protocol import Evaluated
from icdrl_gui.models.runs.history import History
from icdrl_gui.panels.score_curves import score_plots


def test_that_a_plot_shows_evaluations_of_one_mode_and_says_if_it_is_the_full_one(
    evaluation: Callable[..., Evaluated],
) -> None:
    trained, evaluated = History(Path("trained")), History(Path("evaluated"))
    trained.scores.add(evaluation(10, mig=0.25))
    for history in (trained, evaluated):
        history.scores.add(evaluation(10, "full", mig=0.5, dci=0.75))
    mig, dci = score_plots([trained, evaluated], ["mig", "dci"])
    assert (mig.title, dci.title) == ("MIG ↑", "DCI ↑, full")
    assert [(curve.run, list(curve.raw.values)) for curve in mig.curves] == [("trained", [0.25])]
    assert [curve.run for curve in dci.curves] == ["trained", "evaluated"]
