"""Damaged, strange and newer checkpoints: told in a sentence, never resumed from."""

import json
from collections.abc import Callable

import pytest
import safetensors
import safetensors.torch
import torch

from core.config import ConfigError
from core.runs import RunFolder, checkpoint, step_of
from core.runs.checkpoint import CheckpointError
from core.training.loop import Training

Start = Callable[..., Training]

SAVING = {"steps": 12, "checkpoint_every": 2, "report_every": 1}


def advanced(training: Training, step: int) -> None:
    events = training.events()
    while next(events).step < step:
        pass


def test_that_a_damaged_newest_checkpoint_falls_back_to_the_one_before(start: Start) -> None:
    training = start(SAVING)
    advanced(training, 5)
    training.close()
    older, newest = training.run.checkpoints()
    newest.write_bytes(newest.read_bytes()[:-100])
    resumed = start(resume=True)
    assert resumed.step == step_of(older) == 2
    assert resumed.notice.startswith(f"Goes on from step 2. Cannot read {newest}: ")
    assert [row["step"] for row in resumed.run.rows(resumed.run.losses)] == ["1", "2"]


def test_that_a_flipped_bit_in_the_newest_checkpoint_is_told_and_the_one_before_is_used(
    start: Start,
) -> None:
    training = start(SAVING)
    advanced(training, 5)
    training.close()
    newest = training.run.checkpoints()[-1]
    content = bytearray(newest.read_bytes())
    content[len(content) // 2] ^= 0x40
    newest.write_bytes(content)
    resumed = start(resume=True)
    assert resumed.step == 2
    assert resumed.notice == (
        f"Goes on from step 2. {newest} is damaged: its content does not fit its checksum."
    )
    next(resumed.events())
    assert resumed.run.history()[-1] == (2, "resumed", resumed.notice)


def test_that_two_damaged_checkpoints_are_both_named(start: Start) -> None:
    training = start(SAVING)
    advanced(training, 5)
    training.close()
    for path in training.run.checkpoints():
        path.write_bytes(b"")
    with pytest.raises(CheckpointError, match=r"step-4\.safetensors.*step-2\.safetensors"):
        start(resume=True)
    # Nothing was cut back: whoever mends a checkpoint still has all the losses.
    assert len(training.run.rows(training.run.losses)) == 5


def test_that_the_checkpoint_of_another_program_is_refused(start: Start) -> None:
    training = start(SAVING)
    training.close()
    path = training.run.path / "checkpoints" / "step-3.safetensors"
    safetensors.torch.save_file({"weight": torch.zeros(2)}, path)
    with pytest.raises(CheckpointError, match="of another program"):
        start(resume=True)


def test_that_a_checkpoint_without_some_of_its_tensors_is_refused_in_a_sentence(
    start: Start,
) -> None:
    training = start(SAVING)
    advanced(training, 2)
    training.close()
    for path in training.run.checkpoints():
        tensors, header = checkpoint.load(path, torch.device("cpu"))
        kept = {name: tensor for name, tensor in tensors.items() if "generator/dense" not in name}
        checkpoint.save(path, kept, header)
    with pytest.raises(CheckpointError, match="does not fit its config"):
        start(resume=True)
    assert not training.run.is_locked()


def test_that_a_run_of_a_newer_version_is_refused_in_one_sentence(start: Start) -> None:
    training = start(SAVING)
    training.close()
    path = training.run.path / "config.json"
    newer = json.loads(path.read_text()) | {"schema": 99, "unheard of": 1}
    path.write_text(json.dumps(newer))
    with pytest.raises(ConfigError, match=r"newer version \(schema 99, .*: update") as caught:
        Training(RunFolder.open(training.run.path), training._dataset, torch.device("cpu"))
    assert str(caught.value).count(". ") == 0
    assert not training.run.is_locked()


def test_that_a_checkpoint_of_a_newer_version_is_not_passed_over_for_an_older_one(
    start: Start,
) -> None:
    training = start(SAVING)
    advanced(training, 3)
    training.close()
    newest = training.run.checkpoints()[-1]
    tensors, header = checkpoint.load(newest, torch.device("cpu"))
    values = vars(header) | {"schema": 99}
    safetensors.torch.save_file(tensors, newest, {"icdrl": json.dumps(values)})
    with pytest.raises(CheckpointError, match="newer version"):
        start(resume=True)
    assert newest.exists()
