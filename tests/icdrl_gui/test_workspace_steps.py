"""What the window says of the step of a run, in all the places that say it."""

from pathlib import Path

from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from core.protocol import CheckpointSaved, Draw, Ended, SnapshotSaved, Traverse, Usage
from icdrl_gui.models.runs.run_list import STEP
from tests.icdrl_gui.desk import Desk


def test_that_after_stop_and_keep_every_panel_tells_the_same_step(desk: Desk, qtbot: QtBot) -> None:
    run = desk.train()
    kept = [run / part / "step-82.safetensors" for part in ("checkpoints", "snapshots")]
    for path in kept:
        path.write_bytes(b"")
    run_list = desk.session.run_list
    with qtbot.waitSignal(run_list.refreshed):
        run_list.refresh()
    desk.tell(Usage(80, "cpu", 2, 2**30))
    assert run_list.index(0, STEP).data() == "80/100"
    desk.workspace.training.stop("keep")
    checkpoint, snapshot = map(str, kept)
    with qtbot.waitSignal(run_list.refreshed):
        desk.tell(
            CheckpointSaved(82, checkpoint),
            SnapshotSaved(82, snapshot),
            Ended(82, "stopped", "Stopped at step 82."),
        )
    assert run_list.index(0, STEP).data() == "82/100"
    assert desk.session.shown.shown_step == 82
    status = desk.window.statusBar().findChildren(QLabel)
    assert [label.text() for label in status][:2] == ["Ready", "step 82/100"]
    asked = [each for each in desk.explorer.sent if isinstance(each, Traverse | Draw)]
    assert (Path(asked[-1].run), asked[-1].step) in ((run, None), (run, 82))
