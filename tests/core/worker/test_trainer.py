"""The trainer: what it is told, and what it says."""

import platform
import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
import torch

from core.config import RunConfig, changed, dump_config, flat
from core.preferences import Preferences, save_preferences
from core.protocol import (
    Change,
    CheckpointSaved,
    Continue,
    Continued,
    Ended,
    Failed,
    Losses,
    Pause,
    Paused,
    Preparing,
    Previewed,
    Refused,
    Resume,
    SettingChanged,
    SnapshotSaved,
    Started,
    Stop,
    Train,
    Usage,
    Watch,
)
from core.runs import RunFolder

Small = Callable[..., RunConfig]
Rows = Callable[[RunFolder], list[dict[str, str]]]


def ended(trainer: Any) -> Ended:
    event = trainer.wait_for(Ended)
    assert isinstance(event, Ended)
    return event


def refusal(trainer: Any) -> str:
    """The sentence that must come next."""
    event = trainer.wait_for(Refused)
    assert event.id is None
    return str(event.sentence)


def test_that_the_first_event_says_what_only_torch_knows(trainer: Any) -> None:
    ready = trainer.ready
    assert ready.devices[0] == "cpu"
    assert ready.device in ready.devices
    assert ready.threads == 1
    assert ready.versions["torch"] == torch.__version__
    assert ready.versions["python"] == platform.python_version()
    assert "dsprites" in [data.name for data in ready.data]


def test_that_a_run_is_trained_from_its_first_step_to_its_last(
    trainer: Any, small: Small, tmp_path: Path
) -> None:
    started = trainer.train(small(), tmp_path)
    end = ended(trainer)
    run = RunFolder.open(Path(started.run))
    assert run.path.parent == tmp_path
    assert (started.step, started.resumed, started.notice) == (0, False, "")
    assert (end.step, end.reason, run.state()) == (6, "finished", "finished")
    steps = [event.step for event in trainer.heard if isinstance(event, Losses)]
    assert steps == list(range(1, 7))
    usage = next(event for event in trainer.heard if isinstance(event, Usage))
    assert (usage.device, usage.threads) == ("cpu", 1)
    assert usage.memory > 2**20
    prepared = next(event for event in trainer.heard if isinstance(event, Preparing))
    assert (prepared.done, prepared.total) == (40, 40)


def test_that_no_step_is_done_in_a_pause(trainer: Any, endless: RunConfig, tmp_path: Path) -> None:
    trainer.train(endless, tmp_path)
    trainer.wait_for(Losses)
    trainer.send(Pause())
    paused = trainer.wait_for(Paused)
    trainer.send(Pause())
    assert refusal(trainer) == "The training is paused already."
    assert trainer.unread() == []
    trainer.send(Continue())
    assert trainer.next() == Continued(paused.step)
    assert trainer.wait_for(Losses).step == paused.step + 1
    trainer.send(Continue())
    assert refusal(trainer) == "The training is not paused."


def test_that_a_setting_changes_with_the_next_step(
    trainer: Any, endless: RunConfig, tmp_path: Path
) -> None:
    run = RunFolder(Path(trainer.train(endless, tmp_path).run))
    trainer.send(Pause())
    step = trainer.wait_for(Paused).step
    trainer.send(Change("method.independence.weight", 0.25), Continue())
    changed_to = SettingChanged(step + 1, "method.independence.weight", 0.25)
    assert trainer.wait_for(SettingChanged) == changed_to
    assert run.changes()[-1] == vars(changed_to)


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        ("batch_size", 8, "batch_size cannot change while a run trains"),
        ("method.independence.weight", -1, "method.independence.weight should be greater"),
        ("weight", 1, "There is no setting 'weight'."),
    ],
)
def test_that_a_wrong_change_is_refused_and_the_training_goes_on(
    trainer: Any, endless: RunConfig, tmp_path: Path, path: str, value: Any, sentence: str
) -> None:
    trainer.train(endless, tmp_path)
    trainer.send(Change(path, value))
    assert refusal(trainer).startswith(sentence)
    trainer.wait_for(Losses)


def test_that_a_preview_is_drawn_before_the_first_step_and_changes_no_loss(
    trainer: Any, small: Small, tmp_path: Path, rows_of: Rows
) -> None:
    rows = []
    for watch in (Watch(seconds=0), Watch(1e-6, "random:5", "fixed:-2,2", columns=3)):
        trainer.heard.clear()
        trainer.send(watch)
        started = trainer.train(small(), tmp_path)
        ended(trainer)
        rows.append(rows_of(RunFolder(Path(started.run))))
    previews = [event for event in trainer.heard if isinstance(event, Previewed)]
    # The last step is drawn again and again while its scores are computed.
    assert list(dict.fromkeys(preview.step for preview in previews)) == [*range(7)]
    assert (previews[0].recipe.anchor, previews[0].recipe.range_rule) == ("random:5", "fixed:-2,2")
    assert previews[0].grid.images.shape[1:] == (3, 32, 32, 1)
    assert not np.array_equal(previews[0].grid.images, previews[-1].grid.images)
    assert rows[0] == rows[1]


def test_that_a_preview_of_seconds_apart_is_drawn_once_in_a_moment(
    trainer: Any, small: Small, tmp_path: Path
) -> None:
    trainer.send(Watch(seconds=1000))
    trainer.train(small(), tmp_path)
    ended(trainer)
    assert len([event for event in trainer.heard if isinstance(event, Previewed)]) == 1


def test_that_another_anchor_is_shown_at_once_though_the_training_is_paused(
    trainer: Any, endless: RunConfig, tmp_path: Path
) -> None:
    trainer.train(endless, tmp_path)
    trainer.send(Pause())
    step = trainer.wait_for(Paused).step
    latent = [0.5, -0.5] * 5
    trainer.send(Watch(2.0, f"latent:{','.join(map(str, latent))}", columns=2))
    preview = trainer.wait_for(Previewed)
    assert preview.step == step
    assert preview.recipe.anchor_latent == tuple(latent)


@pytest.mark.parametrize(
    ("watch", "sentence"),
    [
        (Watch(1, rule="min-max"), "The range min-max needs real images, which takes too long"),
        (Watch(1, columns=1), "1 columns are too many or too few: choose 2 to 101."),
    ],
)
def test_that_a_preview_that_takes_too_long_is_refused(
    trainer: Any, watch: Watch, sentence: str
) -> None:
    trainer.send(watch)
    assert refusal(trainer).startswith(sentence)


@pytest.mark.parametrize(
    ("watch", "sentence"),
    [
        (Watch(1e-6, "latent:1,2"), "The anchor latent:1,2 is no latent of {run}: write 10"),
        (Watch(1e-6, rule="wide"), "There is no range 'wide'."),
    ],
)
def test_that_a_preview_that_cannot_be_drawn_is_told_once_and_the_training_goes_on(
    trainer: Any, small: Small, tmp_path: Path, watch: Watch, sentence: str
) -> None:
    trainer.send(watch)
    run = trainer.train(small(), tmp_path).run
    assert ended(trainer).reason == "finished"
    (told,) = (event.sentence for event in trainer.heard if isinstance(event, Refused))
    assert told.startswith(sentence.format(run=Path(run).name))


def test_that_stop_and_keep_saves_the_step_and_a_resumed_run_goes_on_from_it(
    trainer: Any, small: Small, tmp_path: Path, rows_of: Rows
) -> None:
    whole = RunFolder(Path(trainer.train(small({"steps": 9}), tmp_path).run))
    ended(trainer)
    run = RunFolder(Path(trainer.train(small({"steps": 9}), tmp_path).run))
    trainer.send(Pause())
    trainer.wait_for(Paused)
    trainer.send(Stop(keep=True))
    end = ended(trainer)
    assert (end.reason, run.state()) == ("stopped", "stopped")
    assert end.sentence == f"Stopped at step {end.step}."
    assert run.checkpoint_step() == end.step
    assert SnapshotSaved(end.step, str(run.snapshot_at(end.step))) in trainer.heard
    trainer.send(Resume(str(run.path)))
    assert trainer.wait_for(Started) == Started(str(run.path), end.step, resumed=True)
    assert ended(trainer).reason == "finished"
    assert rows_of(run) == rows_of(whole)


def test_that_stop_at_once_keeps_what_is_on_disk(
    trainer: Any, endless: RunConfig, tmp_path: Path
) -> None:
    run = RunFolder(Path(trainer.train(endless, tmp_path).run))
    trainer.wait_for(Losses, lambda losses: losses.step > 4)
    trainer.send(Stop(keep=False))
    end = ended(trainer)
    last = run.checkpoint_step()
    assert last % 4 == 0
    assert end.reason == "stopped"
    assert end.sentence == (
        f"Stopped at step {end.step} at once; the last checkpoint is of step {last}."
    )
    assert run.state() == "stopped"


def test_that_a_finished_run_goes_on_to_a_larger_total(
    trainer: Any, small: Small, tmp_path: Path
) -> None:
    run = trainer.train(small({"steps": 2}), tmp_path).run
    ended(trainer)
    trainer.send(Resume(run))
    assert "has trained 2 steps already: to go on, give a larger total" in refusal(trainer)
    trainer.send(Resume(run, steps=3))
    assert ended(trainer) == replace(trainer.heard[-1], step=3, reason="finished")


@pytest.mark.parametrize(
    "command", [Pause(), Continue(), Change("steps", 9), Stop(keep=True), Stop(keep=False)]
)
def test_that_a_command_for_a_training_is_refused_where_there_is_none(
    trainer: Any, command: object
) -> None:
    trainer.send(command)
    assert refusal(trainer) == "Nothing is being trained."


def test_that_one_run_is_trained_at_a_time(
    trainer: Any, endless: RunConfig, tmp_path: Path
) -> None:
    run = trainer.train(endless, tmp_path).run
    for command in (Train(dump_config(endless), str(tmp_path)), Resume(run)):
        trainer.send(command)
        assert refusal(trainer).startswith(f"{Path(run).name} is being trained: stop it before ")
    assert len([*tmp_path.iterdir()]) == 1


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"data.source": "none.npz"}, "'none.npz' is neither a readable file or folder nor"),
        ({"batch_size": 41}, "images.npz has 40 images, fewer than a batch of 41"),
    ],
)
def test_that_a_run_that_cannot_start_says_why_and_leaves_no_folder(
    trainer: Any, small: Small, tmp_path: Path, settings: dict[str, Any], sentence: str
) -> None:
    trainer.send(Train(dump_config(small(settings)), str(tmp_path)))
    assert refusal(trainer).startswith(sentence)
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize("config", ["{", '{"steps": 0}', "[]"])
def test_that_a_config_that_is_none_is_refused(trainer: Any, tmp_path: Path, config: str) -> None:
    trainer.send(Train(config, str(tmp_path)))
    assert "config" in refusal(trainer)


def test_that_a_run_that_is_none_is_refused(trainer: Any, tmp_path: Path) -> None:
    trainer.send(Resume(str(tmp_path)))
    assert refusal(trainer).startswith(f"{tmp_path} is no run")


def test_that_left_out_files_are_told_when_the_training_begins(
    trainer: Any, small: Small, tmp_path: Path
) -> None:
    from PIL import Image

    folder = tmp_path / "pictures"
    folder.mkdir()
    for i in range(4):
        Image.new("L", (32, 32), i).save(folder / f"{i}.png")
    (folder / "bad.png").write_bytes(b"no picture")
    started = trainer.train(small({"data.source": str(folder)}), tmp_path / "runs")
    assert started.notice.startswith("Left out: bad.png ")


def test_that_a_defect_is_told_with_its_traceback_and_the_trainer_goes_on(
    trainer: Any, endless: RunConfig, small: Small, tmp_path: Path
) -> None:
    run = RunFolder(Path(trainer.train(endless, tmp_path).run))
    trainer.send("no command")
    failed = trainer.wait_for(Failed)
    assert failed.sentence == "TypeError: no command: 'no command'"
    assert failed.traceback.startswith("Traceback")
    assert failed.traceback in trainer.child.log.read_text()
    assert not run.is_locked()
    trainer.train(small(), tmp_path)
    assert ended(trainer).reason == "finished"


def test_that_a_run_folder_deleted_under_a_training_ends_it_in_a_sentence(
    trainer: Any, endless: RunConfig, small: Small, tmp_path: Path
) -> None:
    run = trainer.train(endless, tmp_path).run
    trainer.wait_for(Losses)
    # First out of the way, in one piece: the trainer writes while files are deleted one by one.
    shutil.rmtree(Path(run).rename(tmp_path / "trash"))
    end = ended(trainer)
    assert end.reason == "failed"
    assert run in end.sentence
    assert not Path(run).exists()
    trainer.train(small(), tmp_path)
    assert ended(trainer).reason == "finished"


@pytest.mark.skipif(sys.platform != "linux", reason="the limit of another process is Linux's")
def test_that_a_disk_that_takes_no_more_ends_the_run_and_leaves_its_checkpoints_whole(
    trainer: Any, endless: RunConfig, tmp_path: Path
) -> None:
    import resource

    run = RunFolder(Path(trainer.train(endless, tmp_path).run))
    trainer.wait_for(CheckpointSaved, lambda saved: saved.step == 4)
    no_larger_than = resource.prlimit(trainer.child.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(trainer.child.pid, resource.RLIMIT_FSIZE, (2**17, no_larger_than[1]))
    try:
        end = ended(trainer)
    finally:
        resource.prlimit(trainer.child.pid, resource.RLIMIT_FSIZE, no_larger_than)
    assert end.reason == "failed"
    assert end.sentence.startswith(f"Cannot write {run.path}/checkpoints/step-")
    kept = run.checkpoint_step()
    assert 4 <= kept < end.step
    trainer.send(Resume(str(run.path)))
    assert trainer.wait_for(Started).step == kept
    assert trainer.wait_for(Losses).step == kept + 1


def test_that_preferences_changed_meanwhile_hold_from_the_next_training_on(
    talk: Callable[..., Any], small: Small, tmp_path: Path
) -> None:
    trainer = talk("trainer")
    run = trainer.train(small(), tmp_path).run
    ended(trainer)
    save_preferences(Preferences(threads=2))
    trainer.send(Resume(run, steps=7))
    ended(trainer)
    threads = [event.threads for event in trainer.heard if isinstance(event, Usage)]
    assert list(dict.fromkeys(threads)) == [1, 2]
    save_preferences(Preferences(threads=1024))
    trainer.send(Resume(run, steps=9))
    ended(trainer)
    assert trainer.heard[-1].step == 9
    save_preferences(Preferences(device="cuda:99"))
    trainer.send(Train(dump_config(small()), str(tmp_path)))
    assert refusal(trainer).startswith("There is no device 'cuda:99' here")
    trainer.send(Resume(run, steps=10))
    assert refusal(trainer).startswith("There is no device 'cuda:99' here")


def test_that_training_gives_way_to_others(trainer: Any, small: Small, tmp_path: Path) -> None:
    trainer.train(small(), tmp_path)
    ended(trainer)
    assert psutil.Process(trainer.child.pid).nice() == 10


def test_that_a_change_made_in_a_pause_is_kept_by_stop(
    trainer: Any, endless: RunConfig, tmp_path: Path
) -> None:
    run = RunFolder(Path(trainer.train(endless, tmp_path).run))
    trainer.send(Pause(), Change("method.independence.enabled", False), Stop(keep=True))
    ended(trainer)
    assert not flat(run.current_config())["method.independence.enabled"]
    trainer.send(Resume(str(run.path)), Pause())
    trainer.wait_for(Paused)
    expected = changed(endless, {"method.independence.enabled": False})
    assert run.current_config() == expected
