"""What goes wrong while training ends the run with one sentence and leaves what was saved whole."""

import errno
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from core.data.dataset import Dataset
from core.data.images import ByteImages
from core.devices import DeviceError
from core.protocol import Ended
from core.runs import RunError, checkpoint, step_of
from core.runs.checkpoint import CheckpointError
from core.training.loop import Report, Training

Start = Callable[..., Training]

SAVING = {"steps": 12, "checkpoint_every": 2, "report_every": 1}


def ended(training: Training, events: Iterator[Report] | None = None) -> Ended:
    """Train on to the end; the last event, which must tell of a failure in one sentence."""
    *_, last = events or training.events()
    (end,) = last.events
    assert isinstance(end, Ended)
    assert (end.step, end.reason) == (training.step, "failed")
    assert "\n" not in end.sentence
    return end


def advanced(training: Training, step: int) -> Iterator[Report]:
    """Train up to `step`; what goes on from there."""
    events = training.events()
    while next(events).step < step:
        pass
    return events


def checkpoints(training: Training) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in training.run.checkpoints()}


def poison(monkeypatch: pytest.MonkeyPatch, training: Training, name: str, step: int) -> None:
    """Let the method report that `name` is not a number at `step`."""
    train_step = training.method.train_step

    def train_and_poison(images: Tensor) -> dict[str, Tensor]:
        losses = train_step(images)
        if training.step == step - 1:
            losses[name] = torch.tensor(float("nan"))
        return losses

    monkeypatch.setattr(training.method, "train_step", train_and_poison)


@pytest.mark.parametrize("name", ["information", "discriminator"])
def test_that_a_loss_that_is_not_finite_ends_the_run_and_is_named(
    start: Start, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    training = start(SAVING | {"report_every": 4})
    poison(monkeypatch, training, name, step=7)
    end = ended(training)
    assert end.step == 8
    assert end.sentence == (
        f"{name} stopped being finite between steps 5 and 8: try a lower learning rate. "
        "The checkpoint of step 6 is whole: resume from it."
    )
    assert training.run.history()[-1] == (8, "failed", end.sentence)
    training.close()
    assert training.run.state() == "failed"
    assert [row["step"] for row in training.run.rows(training.run.losses)] == ["4"]


def test_that_a_run_that_lost_its_weights_can_go_on_from_its_last_sound_checkpoint(
    start: Start,
) -> None:
    training = start(SAVING)
    events = advanced(training, 5)
    with torch.no_grad():
        next(training.method.networks["generator"].parameters()).fill_(float("nan"))
    ended(training, events)
    assert "step-4.safetensors" in checkpoints(training)
    for path in training.run.checkpoints():
        tensors, _ = checkpoint.load(path, torch.device("cpu"))
        assert all(bool(tensor.isfinite().all()) for tensor in tensors.values())
    training.close()
    resumed = start(resume=True)
    assert resumed.step == 4
    *_, last = resumed.events()
    assert isinstance(last.events[-1], Ended)
    assert last.events[-1].reason == "finished"


@pytest.mark.parametrize("interval", ["checkpoint_every", "evaluate_every", "picture_every"])
def test_that_a_loss_that_is_not_finite_is_named_before_anything_is_made_of_the_weights(
    start: Start, monkeypatch: pytest.MonkeyPatch, interval: str
) -> None:
    settings = {"steps": 12, "report_every": 12, "checkpoint_every": 12, interval: 3}
    training = start(settings)
    poison(monkeypatch, training, "information", step=5)
    end = ended(training)
    assert end.sentence.startswith("information stopped being finite between steps 1 and 6: ")
    assert {row["step"] for row in training.run.rows(training.run.scores)} <= {"3"}
    made = [*training.run.pictures(), *training.run.snapshots(), *training.run.checkpoints()]
    assert max(step_of(path) for path in made) <= 3


def test_that_weights_that_are_not_finite_are_never_saved_even_between_two_reports(
    start: Start,
) -> None:
    training = start(SAVING | {"report_every": 12})
    events = advanced(training, 5)
    with torch.no_grad():
        next(training.method.networks["generator"].parameters()).fill_(float("nan"))
    assert "stopped being finite" in ended(training, events).sentence
    assert sorted(checkpoints(training)) == ["step-2.safetensors", "step-4.safetensors"]


def test_that_a_loss_that_is_not_finite_at_the_very_end_is_not_called_finished(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    training = start(SAVING | {"steps": 3, "report_every": 2})
    poison(monkeypatch, training, "generator", step=3)
    # Step 3 is no multiple of report_every: nobody has looked at it.
    for report in training.events():
        last = report
    assert isinstance(last.events[-1], Ended)
    assert last.events[-1].reason == "failed"


def test_that_a_full_disk_ends_the_run_says_so_and_leaves_the_checkpoints_whole(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    training = start(SAVING)
    events = advanced(training, 5)
    before = checkpoints(training)

    def full(path: Path, write: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(checkpoint, "write_atomically", full)
    end = ended(training, events)
    assert end.step == 6
    pattern = r"Cannot write .*step-6\.safetensors \(\d+ MiB\): the disk is full: free some space"
    assert re.match(pattern, end.sentence)
    assert end.sentence.endswith(". The checkpoint of step 4 is whole: resume from it.")
    assert checkpoints(training) == before
    training.close()
    monkeypatch.undo()
    assert start(resume=True).step == 4


@pytest.mark.parametrize(
    "write",
    [
        "core.runs.folder.append_line",
        "core.export.files.write_atomically",
        "core.runs.checkpoint.write_atomically",
    ],
)
def test_that_a_full_disk_at_step_0_promises_no_checkpoint(
    start: Start, monkeypatch: pytest.MonkeyPatch, write: str
) -> None:
    training = start(SAVING)

    def full(path: Path, what: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(write, full)
    end = ended(training)
    assert end.step == 0
    assert re.search("No space left on device|the disk is full", end.sentence)
    assert "whole" not in end.sentence
    assert "resume" not in end.sentence


def test_that_a_full_disk_under_the_losses_ends_the_run_in_a_sentence(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    training = start(SAVING)
    events = advanced(training, 4)

    def full(path: Path, line: str) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("core.runs.folder.append_line", full)
    sentence = ended(training, events).sentence
    pattern = r"Cannot write .*losses\.csv: No space left on device\. The checkpoint of step 4 "
    assert re.match(pattern, sentence)
    assert "step-4.safetensors" in checkpoints(training)


def test_that_a_run_folder_deleted_under_a_training_ends_it_in_a_sentence(start: Start) -> None:
    training = start(SAVING)
    events = advanced(training, 3)
    shutil.rmtree(training.run.path)
    assert str(training.run.path) in ended(training, events).sentence
    assert not training.run.path.exists()


def test_that_a_full_disk_at_a_resume_is_told_in_a_sentence_and_frees_the_run(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    training = start(SAVING)
    advanced(training, 3)
    training.close()

    def full(path: Path, write: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("core.runs.journal.write_atomically", full)
    with pytest.raises(RunError, match="No space left on device"):
        start(resume=True)
    assert not training.run.is_locked()


def test_that_a_run_folder_deleted_before_a_checkpoint_is_not_called_a_full_disk(
    start: Start,
) -> None:
    training = start(SAVING | {"report_every": 100, "checkpoint_every": 4})
    events = advanced(training, 3)
    shutil.rmtree(training.run.path)
    sentence = ended(training, events).sentence
    assert "No such file or directory" in sentence
    assert "space" not in sentence
    assert "whole" not in sentence


def test_that_a_run_folder_deleted_before_a_picture_ends_it_in_a_sentence(start: Start) -> None:
    settings = SAVING | {"picture_every": 4, "report_every": 100, "checkpoint_every": 100}
    training = start(settings)
    events = advanced(training, 3)
    shutil.rmtree(training.run.path)
    assert str(training.run.path) in ended(training, events).sentence


def test_that_running_out_of_memory_names_a_batch_size_to_try(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    training = start(SAVING)
    events = advanced(training, 2)

    def out_of_memory(images: Tensor) -> dict[str, Tensor]:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB. ...")

    monkeypatch.setattr(training.method, "train_step", out_of_memory)
    sentence = ended(training, events).sentence
    assert "batch size 8: 20.00 MiB needed" in sentence
    assert "Try --set batch_size=4" in sentence
    assert sorted(checkpoints(training)) == ["step-0.safetensors", "step-2.safetensors"]


def test_that_a_processor_out_of_memory_is_told_as_a_gpu_is(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    training = start(SAVING)
    events = advanced(training, 3)

    def allocate(images: Tensor) -> dict[str, Tensor]:
        return {"too much": torch.empty(2**50, dtype=torch.uint8)}

    monkeypatch.setattr(training.method, "train_step", allocate)
    sentence = ended(training, events).sentence
    assert re.fullmatch(
        r"The device cpu ran out of memory at batch size 8: 1,073,741,824 MiB needed at once, "
        r"[\d,]+ MiB free\. Try --set batch_size=4, or another device\. "
        r"The checkpoint of step 2 is whole: resume from it\.",
        sentence,
    )
    assert training.run.history()[-1] == (3, "failed", sentence)


def test_that_data_too_large_for_the_device_is_told_before_the_first_step(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    def allocate(dataset: Dataset, device: torch.device) -> Dataset:
        return Dataset("large", ByteImages(torch.empty(2**50, dtype=torch.uint8)), (1, 32, 32))

    monkeypatch.setattr(Dataset, "to", allocate)
    with pytest.raises(DeviceError, match="The device cpu ran out of memory at batch size 8: "):
        start(SAVING)


@pytest.mark.parametrize("error", [ZeroDivisionError, RuntimeError])
def test_that_an_unexpected_error_is_not_hidden(
    start: Start, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    training = start(SAVING)

    def broken(images: Tensor) -> dict[str, Tensor]:
        raise error("a defect")

    monkeypatch.setattr(training.method, "train_step", broken)
    with pytest.raises(error, match=r"^a defect$"):
        list(training.events())


def test_that_a_second_training_of_a_run_is_refused_while_the_first_has_not_closed(
    start: Start,
) -> None:
    training = start(SAVING)
    advanced(training, 2)
    with pytest.raises(RunError, match=r"is being trained by another process\.$"):
        start(resume=True)
    training.close()
    assert start(resume=True).step == 2


def test_that_a_training_that_could_not_start_leaves_the_run_unlocked(start: Start) -> None:
    training = start(SAVING)
    training.close()
    with pytest.raises(CheckpointError, match="has no checkpoint to resume from"):
        start(resume=True)
    assert not training.run.is_locked()


def test_that_a_step_that_cannot_be_kept_ends_the_run_in_a_sentence(start: Start) -> None:
    training = start(SAVING)
    advanced(training, 3)
    shutil.rmtree(training.run.path)
    for keep in (True, False):
        (end,) = training.stop(keep)
        assert isinstance(end, Ended)
        assert (end.step, end.reason) == (3, "failed")
        assert str(training.run.path) in end.sentence
