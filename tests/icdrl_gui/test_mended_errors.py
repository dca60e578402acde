"""The message bar over the whole window: an error goes once what caused it is mended."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from core.config import RunConfig
from core.protocol import Ended, Refused, Started
from tests.icdrl_gui.desk import Desk


def bar_of(desk: Desk) -> str:
    """Return what the message bar says."""
    bar = desk.window.message_bar
    return "" if bar.isHidden() else bar.sentence.text()


def test_that_an_error_about_setup_goes_when_setup_is_valid_again(desk: Desk) -> None:
    setup = desk.workspace.setup
    setup.form.set_value("steps", 0)
    desk.act("train")
    assert "Setup holds a value that is not valid" in bar_of(desk)
    setup.form.set_value("steps", 10)
    assert bar_of(desk) == ""


def test_that_an_error_about_no_run_goes_when_one_is_opened(desk: Desk) -> None:
    desk.act("retrain")
    assert "There is no run to flip yet" in bar_of(desk)
    desk.workspace.opening.open(desk.make_run("run"))
    assert bar_of(desk) == ""


def test_that_an_error_about_a_busy_trainer_goes_when_the_run_ends(desk: Desk) -> None:
    desk.train()
    desk.workspace.training.resume(desk.make_run("other"))
    assert "A run is training" in bar_of(desk)
    desk.tell(Ended(100, "finished", "Finished."))
    assert bar_of(desk) == ""


def test_that_an_error_about_data_goes_when_a_run_begins(desk: Desk) -> None:
    desk.workspace.training.train(RunConfig())
    desk.tell(Refused("'none.npz' is neither a file nor a data set."))
    assert "none.npz" in bar_of(desk)
    desk.train()
    assert bar_of(desk) == ""


def test_that_an_error_about_a_file_goes_when_another_is_opened(desk: Desk, tmp_path: Path) -> None:
    desk.workspace.opening.open(tmp_path / "nothing")
    assert "nothing" in bar_of(desk)
    desk.workspace.opening.open(desk.make_run("run"))
    assert bar_of(desk) == ""


def test_that_the_offer_to_resume_goes_with_the_run_that_it_is_about(desk: Desk) -> None:
    run = desk.make_run("interrupted")
    desk.workspace.training.offer_to_resume(run)
    desk.train("another")
    assert "interrupted goes on" in bar_of(desk)
    desk.tell(Started(str(run), 0, resumed=True))
    assert bar_of(desk) == ""


def test_that_a_number_that_is_none_is_told_until_one_is_entered(desk: Desk) -> None:
    desk.workspace.opening.open(desk.make_run("run"))
    field = desk.workspace.explore.rows.sliders["c1"].field
    for text, shown in (("1e30", True), ("-0,5", False)):
        field.selectAll()
        QTest.keyClicks(field, text)
        QTest.keyClick(field, Qt.Key.Key_Return)
        assert bool(bar_of(desk)) == shown
    assert desk.problems() == ["c1: “1e30” is no number from -9,999 to 9,999, so 0.000 stays."]
    assert desk.session.exploration.value("c1") == -0.5
