"""Checkpoints and snapshots: one safetensors file each, tensors and a JSON header.

A checkpoint is all that a resumed training needs; a snapshot holds the weights that an explorer
needs. No pickle: a file from a stranger cannot run code.
"""

import errno
import json
import platform
import zlib
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import safetensors
import safetensors.torch
import torch
from torch import Tensor

from core.config import RunConfig, dump_config, parse_config
from core.errors import IcdrlError
from core.files.atomic import write_atomically
from core.files.plain import require_plain_file
from core.runs import RunFolder, step_of

SCHEMA_VERSION = 1


class CheckpointError(IcdrlError):
    """A checkpoint or snapshot that cannot be written, read or used."""


class DamagedError(CheckpointError):
    """A file that is not as it was written."""


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
            f"step {header.step}: try lower learning rates."
        )
    on_cpu = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    text = json.dumps(asdict(header))
    metadata = {"icdrl": text, "checksum": _checksum(text, on_cpu)}
    content = safetensors.torch.save(on_cpu, metadata)
    try:
        write_atomically(path, lambda file: file.write(content))
    except OSError as error:
        full = error.errno == errno.ENOSPC
        reason = "the disk is full: free some space" if full else error.strerror or str(error)
        raise CheckpointError(
            f"Cannot write {path} ({len(content) / 2**20:.0f} MiB): {reason}."
        ) from None


def load(path: Path, device: torch.device) -> tuple[dict[str, Tensor], Header]:
    """Read a file that `save` wrote; those of earlier versions have no checksum.

    Raises:
        CheckpointError: missing, damaged, of another program, or from a newer version.
    """
    try:
        require_plain_file(path)
        with safetensors.safe_open(path, framework="pt", device=str(device)) as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except OSError as error:
        raise CheckpointError(f"Cannot read {path}: {error.strerror or error}.") from None
    except safetensors.SafetensorError as error:
        raise DamagedError(f"Cannot read {path}: {error}.") from None
    text = metadata.get("icdrl")
    if text is None:
        raise CheckpointError(f"{path} is a safetensors file of another program.")
    if metadata.get("checksum", found := _checksum(text, tensors)) != found:
        raise DamagedError(f"{path} is damaged: its content does not fit its checksum.")
    try:
        values = dict(json.loads(text))
        schema = int(values.get("schema", 0))
    except (TypeError, ValueError) as error:
        raise DamagedError(f"{path} has a damaged header: {error}.") from None
    if schema > SCHEMA_VERSION:
        raise NewerVersionError(
            f"{path} was written by a newer version (schema {schema}, this one reads up "
            f"to {SCHEMA_VERSION}): update the app to open it."
        )
    try:
        return tensors, Header(**values | {"changes": tuple(values["changes"])})
    except (TypeError, KeyError) as error:
        raise DamagedError(f"{path} has a damaged header: {error}.") from None


def load_newest(run: RunFolder) -> tuple[dict[str, Tensor], Header, list[str]]:
    """The newest checkpoint that can be read, and a sentence for each newer one that cannot.

    Raises:
        CheckpointError: none can.
    """
    reasons: list[str] = []
    for path in reversed(run.checkpoints()):
        try:
            return *load(path, torch.device("cpu")), reasons
        except NewerVersionError:
            raise  # An older one would do, but resuming from it would delete this one.
        except CheckpointError as error:
            reasons.append(str(error))
    raise CheckpointError(
        f"{run.path} has no checkpoint to resume from. {' '.join(reasons)}".strip()
    )


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


def _checksum(text: str, tensors: dict[str, Tensor]) -> str:
    """A CRC-32, which no flipped bit escapes, of the header and all of the tensors."""
    checksum = zlib.crc32(text.encode())
    for name, tensor in sorted(tensors.items()):
        checksum = zlib.crc32(f"{name} {tensor.dtype} {[*tensor.shape]}".encode(), checksum)
        checksum = zlib.crc32(tensor.cpu().reshape(-1).view(torch.uint8).numpy().data, checksum)
    return f"{checksum:08x}"


def _is_finite(tensor: Tensor) -> bool:
    return not tensor.is_floating_point() or bool(torch.isfinite(tensor).all())
