from pathlib import Path

import psutil
import pytest

from core.capacity import in_words, lack_of_disk, lack_of_memory


def test_that_what_needs_more_than_half_of_the_free_memory_is_told_with_both_figures() -> None:
    assert lack_of_memory(1 << 20) == ""
    lack = lack_of_memory(psutil.virtual_memory().total)
    assert lack.startswith(f"needs {in_words(psutil.virtual_memory().total)} of memory, more than")
    assert lack.endswith(" that are free")


def test_that_what_needs_more_than_half_of_the_free_disk_is_told(tmp_path: Path) -> None:
    assert lack_of_disk(1 << 10, tmp_path) == ""
    assert lack_of_disk(10**18, tmp_path).startswith(
        "needs 1,000,000,000.0 GB of disk, more than half of the "
    )


@pytest.mark.parametrize(
    ("size", "words"),
    [(0, "0.0 KB"), (2_700, "2.7 KB"), (13_500_000, "13.5 MB"), (6_200_000_000, "6.2 GB")],
)
def test_that_sizes_are_told_in_units_that_people_read(size: int, words: str) -> None:
    assert in_words(size) == words
