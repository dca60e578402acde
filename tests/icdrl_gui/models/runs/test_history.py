from pathlib import Path

from core.config import RunConfig
from core.runs import RunFolder
from icdrl_gui.models.runs.history import History


def test_that_scores_are_read_and_cut_back_with_the_losses(tmp_path: Path) -> None:
    run = RunFolder.create(tmp_path / "run", RunConfig())
    run.record_row(run.losses, {"step": 20, "trained_s": 1, "wall_time": 5, "generator": 2.5})
    run.record_row(run.scores, {"step": 20, "images": 2000, "protocol": "live", "mig": 0.5})
    history = History.read(run.path)
    assert (history.scores.names, history.last_step) == (("mig",), 20)
    history.cut_back(10)
    assert (len(history.scores), len(history)) == (0, 0)
