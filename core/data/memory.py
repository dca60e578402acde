"""Data that the memory has no room for, refused before they are read."""

from collections.abc import Iterator
from contextlib import contextmanager

from core.capacity import lack_of_memory
from core.data.errors import DataError


def require_memory(where: str, needed: int) -> None:
    """Refuse what takes `needed` bytes; `where` names it. Raises DataError."""
    if lack := lack_of_memory(needed):
        raise DataError(f"{where} {lack}; close other programs, or take fewer or smaller images.")


@contextmanager
def refusing_shortage(where: str) -> Iterator[None]:
    """Turn memory that could not be had after all into a DataError."""
    try:
        yield
    except MemoryError:
        raise DataError(
            f"{where} needs more memory than can be had; close other programs, or take fewer or "
            "smaller images."
        ) from None
