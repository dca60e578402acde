"""Checkpoints and snapshots: one safetensors file each, tensors and a JSON header.

A checkpoint is all that a resumed training needs; a snapshot holds the weights that an explorer
needs. No pickle: a file from a stranger cannot run code.
"""

import errno
import json
import platform
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import safetensors
import safetensors.torch
import torch
from torch import Tensor

from core.atomic import write_atomically
from core.config import RunConfig, dump_config, parse_config
from core.counts import named_step
from core.errors import IcdrlError
from core.runs import step_of

SCHEMA_VERSION = 1


class CheckpointError(IcdrlError):
    """A checkpoint or snapshot that cannot be written, read or used."""


class NewerVersionError(CheckpointError):
    """A file that is sound, but that only a newer version of this program reads."""


@dataclass(frozen=True)
class Header:
    """What stands in a file beside its tensors.

    Attributes:
        config: the config in force at `step`, as nested values.
        trained_s: seconds of training so far, without pauses.
        changes: settings changed while running: step, path, value.
        arithmetic: what must be equal for a resumed run to give the same bits.
    """

    step: int
    config: dict[str, Any]
    trained_s: float = 0.0
    changes: tuple[dict[str, Any], ...] = ()
    arithmetic: dict[str, Any] = field(default_factory=dict)
    schema: int = SCHEMA_VERSION

    def run_config(self) -> RunConfig:
        """The config in force when the file was written."""
        return parse_config(self.config, "the file's config")


def header_config(config: RunConfig) -> dict[str, Any]:
    """`config` as it stands in a header."""
    return dict(json.loads(dump_config(config)))


def arithmetic(device: torch.device, dtype: torch.dtype) -> dict[str, Any]:
    """What the bits of a training depend on, beside config and seed."""
    return {
        "device": device.type,
        "dtype": str(dtype).removeprefix("torch."),
        "threads": torch.get_num_threads(),
        "processor": f"{platform.machine()} {torch.backends.cpu.get_cpu_capability()}",
        "torch": torch.__version__,
    }


def save(path: Path, tensors: dict[str, Tensor], header: Header) -> None:
    """Write tensors and header, atomically.

    Raises:
        CheckpointError: a weight that is not finite, or a disk that is full; what lay at `path`
            before, and every other checkpoint, is left whole.
    """
    ill = [name for name, tensor in tensors.items() if not _is_finite(tensor)]
    if ill:
        raise CheckpointError(
            f"Not saved: {len(ill)} tensors hold values that are not finite (first: {ill[0]}) at "
            f"{named_step(header.step)}. The last checkpoint is whole: resume from it with lower "
            "learning rates."
        )
    on_cpu = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    content = safetensors.torch.save(on_cpu, {"icdrl": json.dumps(asdict(header))})
    try:
        write_atomically(path, lambda file: file.write(content))
    except OSError as error:
        full = error.errno == errno.ENOSPC
        reason = "the disk is full" if full else error.strerror or str(error)
        advice = "The checkpoint before it is whole; free some space and resume." if full else ""
        raise CheckpointError(
            f"Cannot write {path} ({len(content) / 2**20:.0f} MiB): {reason}. {advice}".strip()
        ) from None


def load(path: Path, device: torch.device) -> tuple[dict[str, Tensor], Header]:
    """Read a file that `save` wrote.

    Raises:
        CheckpointError: missing, damaged, of another program, or from a newer version.
    """
    try:
        with safetensors.safe_open(path, framework="pt", device=str(device)) as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (OSError, safetensors.SafetensorError) as error:
        raise CheckpointError(f"Cannot read {path}: {error}.") from None
    if "icdrl" not in metadata:
        raise CheckpointError(f"{path} is a safetensors file of another program.")
    try:
        values = dict(json.loads(metadata["icdrl"]))
        schema = int(values.get("schema", 0))
    except (TypeError, ValueError) as error:
        raise CheckpointError(f"{path} has a damaged header: {error}.") from None
    if schema > SCHEMA_VERSION:
        raise NewerVersionError(
            f"{path} was written by a newer version (schema {schema}, this one reads up "
            f"to {SCHEMA_VERSION}): update the app to open it."
        )
    try:
        return tensors, Header(**values | {"changes": tuple(values["changes"])})
    except (TypeError, KeyError) as error:
        raise CheckpointError(f"{path} has a damaged header: {error}.") from None


def keep_last(paths: list[Path], count: int) -> None:
    """Delete all but the last `count` of `paths`, oldest first."""
    for path in paths[:-count]:
        path.unlink(missing_ok=True)


def superfluous(snapshots: list[Path], most: int) -> list[Path]:
    """Which snapshots to delete so that at most `most` milestones and the newest stay.

    Milestones are multiples of a power of two, which doubles whenever there are too many; it
    depends on no total, so a run may be prolonged.
    """
    milestones = snapshots[:-1]
    steps = [step_of(path) for path in milestones]
    spacing = 1
    while sum(step % spacing == 0 for step in steps) > most:
        spacing *= 2
    return [path for path in milestones if step_of(path) % spacing]


def _is_finite(tensor: Tensor) -> bool:
    return not tensor.is_floating_point() or bool(torch.isfinite(tensor).all())
