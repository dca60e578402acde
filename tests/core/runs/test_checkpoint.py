import errno
import json
import os
import re
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path
from typing import Any, BinaryIO

import pytest
import safetensors.torch
import torch

from core.config import ConfigError, RunConfig
from core.resources import RESOURCES
from core.runs import checkpoint
from core.runs.checkpoint import CheckpointError, Header

CPU = torch.device("cpu")
TENSORS = {
    "weights": torch.arange(6.0).reshape(2, 3),
    "half": torch.tensor([1.5, -2.0], dtype=torch.bfloat16),
    "step": torch.tensor(7),
    "state": torch.tensor([1, 2, 255], dtype=torch.uint8),
    "nothing": torch.zeros(0, 5),
}


def header(**values: Any) -> Header:
    return Header(**{"step": 40, "config": checkpoint.header_config(RunConfig()), **values})


def write(path: Path, metadata: dict[str, str] | None) -> Path:
    safetensors.torch.save_file({"weights": torch.zeros(2)}, path, metadata)
    return path


def refused(path: Path) -> str:
    """Load a file that must be refused; returns the sentence that says why."""
    with pytest.raises(CheckpointError) as caught:
        checkpoint.load(path, CPU)
    assert str(path) in str(caught.value)
    return str(caught.value)


def fill_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on a file written whole gets half of its bytes, then there is no space left."""

    def write_atomically(path: Path, write: Any) -> None:
        real(path, lambda file: write_half(file, write))

    def write_half(file: BinaryIO, write: Any) -> None:
        write(file)
        file.truncate(file.tell() // 2)
        raise OSError(errno.ENOSPC, "No space left on device")

    from core.files.atomic import write_atomically as real

    monkeypatch.setattr("core.runs.checkpoint.write_atomically", write_atomically)


def test_that_tensors_and_header_come_back_as_they_were(tmp_path: Path) -> None:
    path = tmp_path / "step-40.safetensors"
    change = {"step": 3, "path": "method.generator_lr", "value": 0.1}
    written = header(trained_s=1.5, changes=(change,), arithmetic={"threads": 1})
    checkpoint.save(path, TENSORS, written)
    tensors, read = checkpoint.load(path, CPU)
    torch.testing.assert_close(tensors, TENSORS, rtol=0, atol=0)
    assert read == written
    assert read.run_config() == RunConfig()


def test_that_channels_last_weights_come_back_with_the_same_values(tmp_path: Path) -> None:
    weights = torch.randn(4, 3, 2, 2).to(memory_format=torch.channels_last)
    checkpoint.save(tmp_path / "a.safetensors", {"weights": weights}, header())
    assert torch.equal(checkpoint.load(tmp_path / "a.safetensors", CPU)[0]["weights"], weights)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_that_weights_that_are_not_finite_are_refused_and_nothing_is_touched(
    tmp_path: Path, value: float
) -> None:
    path = tmp_path / "step-40.safetensors"
    checkpoint.save(path, TENSORS, header())
    before = path.read_bytes()
    with pytest.raises(CheckpointError, match=r"not finite .*generator/weight.* at step 41"):
        checkpoint.save(path, {"generator/weight": torch.tensor([1, value])}, header(step=41))
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_that_a_full_disk_is_told_and_leaves_the_file_before_it_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "step-40.safetensors"
    checkpoint.save(path, TENSORS, header())
    before = path.read_bytes()
    fill_the_disk(monkeypatch)
    with pytest.raises(CheckpointError, match=r"the disk is full: free some space\.$"):
        checkpoint.save(path, {"weights": torch.ones(3)}, header(step=41))
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_that_no_flipped_bit_goes_unnoticed(tmp_path: Path) -> None:
    path = tmp_path / "step-40.safetensors"
    checkpoint.save(path, TENSORS, header())
    content = path.read_bytes()
    spared = range(*re.search(rb'"checksum"', content).span())  # type: ignore[union-attr]
    for place in (place for place in range(len(content)) if place not in spared):
        bit = 1 << place % 8
        path.write_bytes(content[:place] + bytes([content[place] ^ bit]) + content[place + 1 :])
        refused(path)


def test_that_a_flipped_bit_in_a_weight_is_told_as_damage(tmp_path: Path) -> None:
    path = tmp_path / "step-40.safetensors"
    checkpoint.save(path, TENSORS, header())
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    assert refused(path) == f"{path} is damaged: its content does not fit its checksum."


def test_that_a_file_of_an_earlier_version_has_no_checksum_and_is_read(tmp_path: Path) -> None:
    path = write(tmp_path / "a.safetensors", {"icdrl": json.dumps(asdict(header()))})
    tensors, read = checkpoint.load(path, CPU)
    assert torch.equal(tensors["weights"], torch.zeros(2))
    assert read == header()


def test_that_the_trained_example_that_ships_is_sound() -> None:
    (path,) = (RESOURCES / "example" / "snapshots").iterdir()
    assert checkpoint.load(path, CPU)[1].step == 10_000
    with safetensors.safe_open(path, framework="pt") as file:
        assert "checksum" in file.metadata()


@pytest.mark.skipif(os.name != "posix", reason="pipes of POSIX")
def test_that_a_pipe_is_told_and_not_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "step-40.safetensors"
    os.mkfifo(path)
    assert refused(path) == f"Cannot read {path}: It is a pipe, not a file."


def test_that_a_missing_file_is_refused(tmp_path: Path) -> None:
    assert "No such file" in refused(tmp_path / "step-1.safetensors")


@pytest.mark.parametrize("share", [0, 0.001, 0.5, 0.99])
def test_that_a_truncated_file_is_refused(tmp_path: Path, share: float) -> None:
    path = tmp_path / "step-40.safetensors"
    checkpoint.save(path, TENSORS, header())
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    refused(path)


def test_that_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "step-40.safetensors"
    path.write_bytes(b"\x80\x02}q\x00." * 100)
    refused(path)


@pytest.mark.parametrize("metadata", [None, {"format": "pt"}])
def test_that_the_file_of_another_program_is_refused(
    tmp_path: Path, metadata: dict[str, str] | None
) -> None:
    assert "another program" in refused(write(tmp_path / "a.safetensors", metadata))


@pytest.mark.parametrize(
    "text", ["{", "[]", "{}", '{"schema": 1, "changes": [], "unknown": 0}', '{"changes": 3}', "7"]
)
def test_that_a_damaged_header_is_refused(tmp_path: Path, text: str) -> None:
    assert "damaged" in refused(write(tmp_path / "a.safetensors", {"icdrl": text}))


def test_that_a_newer_file_is_refused_in_one_sentence(tmp_path: Path) -> None:
    newer = json.dumps({"schema": checkpoint.SCHEMA_VERSION + 1, "step": 1, "something": "new"})
    sentence = refused(write(tmp_path / "a.safetensors", {"icdrl": newer}))
    assert "newer version (schema 2, this one reads up to 1)" in sentence
    assert sentence.count(". ") == 0


def test_that_a_newer_config_in_a_header_is_refused() -> None:
    newer = header(config={"schema": 99})
    with pytest.raises(ConfigError, match="newer version"):
        newer.run_config()


def test_that_the_last_ones_are_kept_and_a_file_already_gone_is_no_trouble(tmp_path: Path) -> None:
    paths = [tmp_path / f"step-{step}.safetensors" for step in range(5)]
    for path in paths[1:]:
        path.touch()
    checkpoint.keep_last(paths, 2)
    assert sorted(tmp_path.iterdir()) == paths[3:]


def thinned(steps: list[int], most: int) -> list[int]:
    """Snapshot one step after the other; which ones are there in the end."""
    kept: list[Path] = []
    for step in steps:
        kept.append(Path(f"step-{step}.safetensors"))
        for path in checkpoint.superfluous(kept, most):
            kept.remove(path)
        assert len(kept) <= most + 1
    return [int(path.stem.partition("-")[2]) for path in kept]


def test_that_snapshots_are_thinned_to_evenly_spaced_ones_and_the_newest() -> None:
    kept = thinned(list(range(0, 50_001, 500)), 64)
    spacings = {later - earlier for earlier, later in pairwise(kept)}
    assert kept[0] == 0
    assert kept[-1] == 50_000
    assert 32 <= len(kept) <= 65
    assert len(spacings) <= 2


def test_that_a_run_that_is_prolonged_keeps_the_same_snapshots_as_one_that_was_not() -> None:
    steps = list(range(0, 9001, 100))
    assert thinned([*steps[:40], 3_950, *steps[40:]], 20) == thinned(steps, 20)


@pytest.mark.parametrize("every", [1, 7, 500, 512])
def test_that_thinning_leaves_enough_whatever_the_interval(every: int) -> None:
    kept = thinned(list(range(0, 200 * every, every)), 64)
    assert 20 <= len(kept) <= 65
