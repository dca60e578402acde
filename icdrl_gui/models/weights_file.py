"""Tell a sound snapshot or checkpoint from a broken one, without reading its weights."""

import json
from pathlib import Path
from typing import Any

from core.errors import IcdrlError

# A header names some hundred tensors; safetensors itself allows 100 MB.
_LONGEST_HEADER = 8 * 2**20


class WeightsFileError(IcdrlError):
    """A .safetensors file that is damaged, or of another program."""


def check_weights(path: Path) -> None:
    """Check the header of a .safetensors file: 8 bytes with its length, then JSON.

    Raises:
        WeightsFileError: it cannot be read, is cut off, damaged, or of another program.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            text = file.read(length) if length <= _LONGEST_HEADER else b""
    except OSError as error:
        raise WeightsFileError(f"{path} cannot be read: {error.strerror}.") from None
    header = _parsed(text)
    if header is None:
        raise WeightsFileError(f"{path} is damaged: it does not begin as a .safetensors file does.")
    metadata = header.pop("__metadata__", {})
    if not isinstance(metadata, dict) or "icdrl" not in metadata:
        raise WeightsFileError(f"{path} is a .safetensors file of another program.")
    if size != 8 + length + _end_of_data(header):
        raise WeightsFileError(f"{path} is damaged: it is cut off, or something was added to it.")


def _parsed(text: bytes) -> dict[str, Any] | None:
    try:
        header = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return header if isinstance(header, dict) else None


def _end_of_data(header: dict[str, Any]) -> int:
    """Where the last tensor ends, counted from the header's end; -1 if the header lies."""
    try:
        return max((int(entry["data_offsets"][1]) for entry in header.values()), default=0)
    except (TypeError, KeyError, IndexError, ValueError):
        return -1
