"""The whole window over children that are played: what each command sends, shows and leaves."""

import asyncio
import os
import re
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMessageBox

from core.config import RunConfig, changed, dump_config, flat
from core.presets import FIRST_PRESET, load_preset
from core.protocol import (
    Change,
    Continue,
    Ended,
    HealthWarning,
    Pause,
    Paused,
    Ready,
    Refused,
    Resume,
    SettingChanged,
    Started,
    Stop,
    Train,
)
from core.runs import RunFolder
from core.worker.client import WorkerDied
from icdrl_gui.actions import TABLE
from icdrl_gui.settings import Settings
from tests.icdrl_gui.desk import Desk, press

ENABLED = "method.independence.enabled"


def test_that_every_action_of_the_menus_does_something(desk: Desk) -> None:
    submenus = {"recent", "layout", "theme"}
    silent = [
        spec.name
        for spec in TABLE
        if spec.name and spec.name not in submenus
        if not desk.window.actions_[spec.name].receivers("2triggered(bool)")
        and not desk.window.actions_[spec.name].receivers("2toggled(bool)")
    ]
    assert silent == []


def test_that_no_two_actions_share_a_shortcut() -> None:
    shortcuts = [spec.shortcut for spec in TABLE if spec.shortcut]
    assert len(shortcuts) == len(set(shortcuts))


def test_that_the_diagnostics_are_copied_with_what_was_said_last(desk: Desk) -> None:
    desk.messages.warn("The disk is nearly full.")
    desk.act("copy_diagnostics")
    text = QGuiApplication.clipboard().text()
    assert text.startswith("ICDRL ")
    assert "warning: The disk is nearly full." in text


def test_that_train_sends_what_setup_holds(desk: Desk) -> None:
    config = changed(RunConfig(), {"seed": 7, "steps": 12})
    desk.workspace.setup.set_config(config)
    desk.act("train")
    assert desk.commands == [Train(dump_config(config), str(desk.root))]


def test_that_a_run_that_begins_is_put_on_show(desk: Desk) -> None:
    run = desk.train()
    assert desk.session.shown.run is not None
    assert desk.session.shown.run.path == run
    assert desk.session.history.live == run
    assert desk.window.tab_panel is desk.workspace.traversals


def test_that_pause_and_continue_are_one_action(desk: Desk) -> None:
    desk.train()
    desk.act("pause")
    desk.tell(Paused(10))
    assert desk.window.actions_["pause"].text() == "&Continue"
    desk.act("pause")
    assert desk.commands[-2:] == [Pause(), Continue()]


def test_that_the_switch_edits_setup_while_nothing_trains(desk: Desk) -> None:
    desk.act("constraint")
    config = desk.workspace.setup.config()
    assert config is not None
    assert not flat(config)[ENABLED]
    assert not desk.workspace.constraint.enabled.isChecked()
    assert desk.commands == []


def test_that_the_switch_changes_a_run_that_trains_and_leaves_setup_alone(desk: Desk) -> None:
    desk.train()
    desk.act("constraint")
    assert desk.commands[-1] == Change(ENABLED, False)
    desk.tell(SettingChanged(11, ENABLED, False))
    assert not desk.workspace.constraint.enabled.isChecked()
    assert not desk.window.actions_["constraint"].isChecked()
    config = desk.workspace.setup.config()
    assert config is not None
    assert flat(config)[ENABLED]


def test_that_retrain_flips_the_constraint_and_compares_both(desk: Desk) -> None:
    base = desk.make_run("base")
    desk.workspace.opening.open(base)
    desk.act("retrain")
    flipped = changed(RunConfig(steps=100), {ENABLED: False})
    assert desk.commands[-1] == Train(dump_config(flipped), str(desk.root))
    new = desk.make_run("new", flipped)
    desk.tell(Started(str(new), 0, resumed=False))
    assert desk.window.tab_panel is desk.workspace.compare
    assert [side.run.path for side in desk.session.comparison.sides.values()] == [base, new]
    assert set(desk.session.history.shown) == {base, new}


def test_that_retrain_leaves_setup_as_it_is_so_that_the_next_train_is_what_was_chosen(
    desk: Desk,
) -> None:
    chosen = changed(RunConfig(), {"seed": 7})
    desk.workspace.setup.set_config(chosen)
    desk.tell(Ready(("cpu",), "cpu", 2, {}, ()))
    desk.workspace.opening.open(desk.make_run("base"))
    desk.act("retrain")
    flipped = desk.make_run("flipped", changed(RunConfig(steps=100), {ENABLED: False}))
    desk.tell(Started(str(flipped), 0, resumed=False))
    assert desk.workspace.setup.config() == chosen
    assert not desk.workspace.constraint.enabled.isChecked()  # Of the run that trains.
    desk.tell(Ended(100, "finished", "Finished."))
    assert desk.workspace.constraint.enabled.isChecked()  # Of the next one, in Setup.
    desk.act("train")
    assert desk.commands[-1] == Train(dump_config(chosen), str(desk.root))


def test_that_only_using_its_settings_brings_those_of_a_run_into_setup(desk: Desk) -> None:
    chosen = changed(RunConfig(), {"seed": 7})
    desk.workspace.setup.set_config(chosen)
    run = desk.make_run("run", changed(RunConfig(steps=100), {ENABLED: False}))
    desk.workspace.opening.open(run)
    desk.workspace.training.resume(run)
    assert desk.workspace.setup.config() == chosen
    desk.act("use_settings")
    assert desk.workspace.setup.config() == RunFolder(run).config()


def test_that_the_start_page_trains_its_preset_and_leaves_setup_alone(desk: Desk) -> None:
    chosen = changed(RunConfig(), {"seed": 7})
    desk.workspace.setup.set_config(chosen)
    desk.workspace.training.train_first()
    first = load_preset(FIRST_PRESET).config
    assert desk.commands == [Train(dump_config(first), str(desk.root))]
    assert desk.workspace.setup.config() == chosen


def test_that_retrain_waits_in_the_queue_while_a_run_trains(desk: Desk) -> None:
    desk.train()
    before = len(desk.commands)
    desk.act("retrain")
    assert len(desk.commands) == before
    (waiting,) = desk.session.queue.configs
    assert not flat(waiting)[ENABLED]
    desk.tell(Ended(100, "finished", "Finished."))
    assert desk.commands[-1] == Train(dump_config(waiting), str(desk.root))


def test_that_a_stopped_run_starts_nothing_from_the_queue(desk: Desk) -> None:
    desk.train()
    desk.act("enqueue")
    desk.tell(Ended(10, "stopped", "Stopped at step 10."))
    assert not any(isinstance(each, Train) for each in desk.commands[1:])
    assert len(desk.session.queue.configs) == 1


@pytest.mark.parametrize(("text", "command"), [("keep", Stop(True)), ("now", Stop(False))])
def test_that_stop_asks_what_is_meant(desk: Desk, text: str, command: Stop) -> None:
    desk.train()
    desk.act("stop")
    press(desk.dialog(), text)
    assert desk.commands[-1] == command


def test_that_stop_and_delete_moves_the_run_to_the_trash_once_it_ended(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    deleted: list[Path] = []
    monkeypatch.setattr(desk.workspace.training, "delete", deleted.append)
    run = desk.train()
    desk.act("stop")
    press(desk.dialog(), "delete")
    assert desk.commands[-1] == Stop(keep=False)
    assert deleted == []
    desk.tell(Ended(10, "stopped", "Stopped."))
    assert deleted == [run]


def test_that_resume_goes_on_with_the_run_on_show(desk: Desk) -> None:
    run = desk.make_run("run")
    desk.workspace.opening.open(run)
    desk.act("resume")
    assert desk.commands == [Resume(str(run))]


def test_that_no_run_is_resumed_while_another_trains(desk: Desk) -> None:
    desk.train()
    before = len(desk.commands)
    desk.workspace.runs.resume_requested.emit(desk.make_run("other"))
    assert len(desk.commands) == before
    assert desk.session.training.state == "training"
    (problem,) = desk.problems()
    assert "A run is training" in problem


def test_that_a_run_can_be_stopped_while_its_data_is_prepared(desk: Desk) -> None:
    desk.workspace.training.train(RunConfig())
    desk.act("stop")
    assert desk.commands[-1] == Stop(keep=False)


def test_that_what_could_not_begin_stays_in_the_queue_which_is_held(desk: Desk) -> None:
    desk.session.queue.add(RunConfig(seed=1))
    assert isinstance(desk.commands[-1], Train)
    assert [each.seed for each in desk.session.queue.configs] == [1]
    desk.tell(Refused("'none.npz' is neither a file nor a data set."))
    assert [each.seed for each in desk.session.queue.configs] == [1]
    assert desk.session.queue.paused
    desk.workspace.runs.train_next_requested.emit()
    run = desk.make_run("queued", RunConfig(seed=1))
    desk.tell(Started(str(run), 0, resumed=False))
    assert desk.session.queue.configs == []


def test_that_a_failed_run_holds_the_queue(desk: Desk) -> None:
    desk.train()
    desk.act("enqueue")
    before = len(desk.commands)
    desk.tell(Ended(10, "failed", "The disk is full."))
    assert desk.session.queue.paused
    assert len(desk.commands) == before


def test_that_a_health_warning_reaches_a_person(desk: Desk) -> None:
    desk.train()
    desk.tell(HealthWarning(2520, "code not shown", "No image shows code c2."))
    assert desk.problems() == ["Step 2,520: No image shows code c2."]


def test_that_a_run_resumed_after_its_death_is_not_deleted_by_an_older_wish(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    deleted: list[Path] = []
    monkeypatch.setattr(desk.workspace.training, "delete", deleted.append)
    monkeypatch.setattr(desk.session, "start_trainer", lambda: None)
    desk.train()
    desk.workspace.training.stop("delete")
    desk.session._lose_trainer(WorkerDied("trainer", -9, "", was_ready=True))
    desk.tell(Ended(10, "finished", "Finished."))
    assert deleted == []


def test_that_a_folder_that_is_no_run_any_more_is_not_moved_to_the_trash(
    desk: Desk,
) -> None:
    run = desk.make_run("run")
    (run / "config.json").write_text('{"name": "a project"}')

    async def delete() -> None:
        desk.workspace.training.delete(run)
        await asyncio.gather(*desk.workspace.tasks._running)

    asyncio.run(delete())
    (problem,) = desk.problems()
    assert problem.endswith("It is not deleted: if it is to go, delete the folder by hand.")
    assert run.exists()


@pytest.mark.parametrize("end", ["interrupted", "stopped"])
def test_that_the_run_that_was_trained_last_is_offered_though_another_was_started_later(
    desk: Desk, end: str
) -> None:
    older, newer = (RunFolder(desk.make_run(name)) for name in ("older", "newer"))
    for run, kind, moment in ((newer, "interrupted", 100), (older, end, 200)):
        run.record_event(5, kind, "Said.")
        os.utime(run.events, (moment, moment))
    os.utime(older.path / "config.json", (50, 50))
    asyncio.run(desk.workspace._offer_interrupted())
    offered = "The last run was interrupted. older goes on from step 0 if you resume it."
    assert desk.problems() == ([offered] if end == "interrupted" else [])


def test_that_the_letters_of_each_menu_are_its_own() -> None:
    letters: dict[str, list[str]] = {}
    for spec in TABLE:
        letters.setdefault(spec.menu, []).extend(re.findall(r"&(\w)", spec.text.upper()))
    for menu, found in letters.items():
        assert len(found) == len(set(found)), (menu, found)


def test_that_a_failure_is_told_in_its_own_words(desk: Desk) -> None:
    desk.train()
    desk.tell(Ended(10, "failed", "discriminator stopped being finite."))
    assert desk.problems() == ["discriminator stopped being finite."]


def test_that_leaving_while_training_asks_once(desk: Desk) -> None:
    desk.train()
    assert not desk.window.close()
    dialog = desk.dialog()
    assert isinstance(dialog, QMessageBox)
    press(dialog, "Go on training")
    assert desk.window.isVisible()


def test_that_the_theme_is_chosen_in_the_menu_and_kept(desk: Desk) -> None:
    (dark,) = (a for a in desk.window.submenus["theme"].actions() if a.text() == "&Dark")
    dark.trigger()
    assert desk.theme.mode == "dark"
    assert Settings().mode == "dark"
    desk.theme.choose("light")


def test_that_the_layout_comes_back_and_can_be_reset(desk: Desk) -> None:
    desk.window.show_dock("log")
    desk.window.save_layout()
    assert not desk.settings.layout("docks-train").isEmpty()
    desk.act("reset_layout")
    desk.act("show_setup")
    focused = desk.window.focusWidget()
    assert focused is not None
    assert desk.workspace.setup.isAncestorOf(focused)
