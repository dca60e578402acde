from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from core.config import RunConfig
from core.protocol import Ended, Losses, SettingChanged, Started
from core.runs import RunFolder
from icdrl_gui.models.runs.histories import HistoryModel


def losses(step: int) -> Losses:
    return Losses(step, step / 10, 1000.0 + step, 640.0, {"generator": float(step)})


def make_run(path: Path, *steps: int) -> Path:
    run = RunFolder.create(path, RunConfig())
    for step in steps:
        row = {"step": step, "trained_s": step / 10, "wall_time": 1000.0 + step, "generator": step}
        run.record_row(run.losses, row)
    return path


@pytest.fixture
def model(qtbot: QtBot) -> Iterator[HistoryModel]:
    model = HistoryModel()
    yield model
    model.close()


def settle(qtbot: QtBot, model: HistoryModel) -> None:
    qtbot.waitUntil(lambda: not model.reading)


def steps(model: HistoryModel, path: Path) -> list[float]:
    column = model.histories[path].column("step")
    assert column is not None
    return list(map(float, column.values))


def test_that_runs_are_read_beside_the_window_and_shown_in_order(
    qtbot: QtBot, model: HistoryModel, tmp_path: Path
) -> None:
    first, second = make_run(tmp_path / "a", 20, 40), make_run(tmp_path / "b", 20)
    with qtbot.waitSignal(model.runs_changed):
        model.show_runs([second, first])
    assert [len(history) for history in model.histories.values()] == [0, 0]
    settle(qtbot, model)
    assert list(model.histories) == [second, first]
    assert steps(model, first) == [20, 40]


def test_that_the_run_in_training_is_always_on_show_and_grows(
    qtbot: QtBot, model: HistoryModel, tmp_path: Path
) -> None:
    other, live = make_run(tmp_path / "other", 20), make_run(tmp_path / "live")
    model.take_start(Started(str(live), 0, resumed=False))
    settle(qtbot, model)
    model.show_runs([other])
    with qtbot.waitSignal(model.data_changed):
        model.take_losses(losses(20))
    settle(qtbot, model)
    assert list(model.histories) == [other, live]
    assert steps(model, live) == [20]


def test_that_nothing_is_lost_or_doubled_while_the_file_is_read(
    qtbot: QtBot, model: HistoryModel, tmp_path: Path
) -> None:
    live = make_run(tmp_path / "live", 20, 40)
    model.take_start(Started(str(live), 40, resumed=True))
    model.take_losses(losses(60))
    model.take_change(SettingChanged(61, "method.independence.weight", 2.0))
    assert steps(model, live) == [60]
    settle(qtbot, model)
    model.take_losses(losses(80))
    assert steps(model, live) == [20, 40, 60, 80]
    assert [mark.step for mark in model.histories[live].marks] == [61]


def test_that_a_resumed_run_is_cut_back_to_its_checkpoint_at_once(
    qtbot: QtBot, model: HistoryModel, tmp_path: Path
) -> None:
    live = make_run(tmp_path / "live", 20, 40, 60)
    model.show_runs([live])
    settle(qtbot, model)
    run = RunFolder(live)
    run.cut_back(20)
    model.take_start(Started(str(live), 20, resumed=True))
    assert steps(model, live) == [20]
    model.take_losses(losses(40))
    settle(qtbot, model)
    assert steps(model, live) == [20, 40]


def test_that_a_run_keeps_its_colour_while_others_come_and_go(
    qtbot: QtBot, model: HistoryModel, tmp_path: Path
) -> None:
    paths = [make_run(tmp_path / name, 20) for name in "abc"]
    model.show_runs(paths)
    colours = {path: history.colour for path, history in model.histories.items()}
    assert len(set(colours.values())) == 3
    model.show_runs(paths[2:])
    model.show_also(paths[0])
    settle(qtbot, model)
    assert {path: history.colour for path, history in model.histories.items()} == {
        path: colours[path] for path in (paths[2], paths[0])
    }


def test_that_the_run_trained_before_stays_on_show_beside_the_new_one(
    qtbot: QtBot, model: HistoryModel, tmp_path: Path
) -> None:
    first, second = make_run(tmp_path / "a", 20), make_run(tmp_path / "b")
    for path in (first, second):
        model.take_start(Started(str(path), 0, resumed=False))
    settle(qtbot, model)
    assert list(model.histories) == [first, second]


def test_that_a_run_that_cannot_be_read_is_told_and_leaves_the_others(
    qtbot: QtBot, model: HistoryModel, tmp_path: Path
) -> None:
    good, broken = make_run(tmp_path / "good", 20), make_run(tmp_path / "broken")
    RunFolder(broken).losses.write_text("no table\n")
    with qtbot.waitSignal(model.trouble) as told:
        model.show_runs([good, broken])
    settle(qtbot, model)
    assert "is damaged in line 1" in told.args[0]
    assert list(model.histories) == [good]
    with qtbot.waitSignal(model.trouble) as told:
        model.show_also(tmp_path / "nothing")
    assert "is no run" in told.args[0]


def test_that_a_live_run_goes_on_though_its_file_is_broken(
    qtbot: QtBot, model: HistoryModel, tmp_path: Path
) -> None:
    live = make_run(tmp_path / "live")
    RunFolder(live).losses.write_text("no table\n")
    with qtbot.waitSignal(model.trouble):
        model.take_start(Started(str(live), 0, resumed=False))
        model.take_losses(losses(20))
    model.take_losses(losses(40))
    assert steps(model, live) == [20, 40]


def test_that_a_deleted_run_is_gone_and_a_renamed_one_has_its_name(
    qtbot: QtBot, model: HistoryModel, tmp_path: Path
) -> None:
    kept, deleted = make_run(tmp_path / "kept", 20), make_run(tmp_path / "deleted", 20)
    model.show_runs([kept, deleted])
    settle(qtbot, model)
    model.forget(deleted)
    RunFolder(kept).save_labels({"name": "mine"})
    with qtbot.waitSignal(model.runs_changed):
        model.rename(kept)
    assert [history.name for history in model.histories.values()] == ["mine"]


def test_that_a_run_that_ended_can_be_taken_off(
    qtbot: QtBot, model: HistoryModel, tmp_path: Path
) -> None:
    live = make_run(tmp_path / "live")
    model.take_start(Started(str(live), 0, resumed=False))
    settle(qtbot, model)
    model.take_losses(losses(20))
    model.take_end(Ended(20, "finished", "It is done."))
    assert model.live is None
    assert steps(model, live) == [20]
    model.show_runs([])
    assert model.histories == {}
    model.take_end(Ended(0, "failed", "Nothing had begun."))


def test_that_a_run_that_ended_while_it_was_read_lacks_nothing(
    qtbot: QtBot, model: HistoryModel, tmp_path: Path
) -> None:
    live = make_run(tmp_path / "live", 20)
    model.take_start(Started(str(live), 20, resumed=True))
    model.take_losses(losses(40))
    row = {"step": 40, "trained_s": 4, "wall_time": 1040, "generator": 40}
    RunFolder(live).record_row(RunFolder(live).losses, row)
    model.take_end(Ended(40, "finished", "It is done."))
    settle(qtbot, model)
    assert steps(model, live) == [20, 40]


def test_that_closing_while_a_run_is_read_is_quiet(qtbot: QtBot, tmp_path: Path) -> None:
    model = HistoryModel()
    model.show_runs([make_run(tmp_path / "a", 20)])
    model.close()
    model.deleteLater()
    qtbot.wait(50)
