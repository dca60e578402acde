from pathlib import Path

import pytest

from core.runs.journal import append_line, complete_lines, first_line, keep_lines, last_line


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    path = tmp_path / "journal"
    for line in ("one", "zwei, drei", "größer"):
        append_line(path, line)
    return path


def tear(path: Path) -> None:
    """Leave half a line at the end, as a power cut does, in the middle of a letter."""
    with path.open("ab") as file:
        file.write("torn ö".encode()[:-1])


def test_that_lines_are_read_back_as_they_were_written(journal: Path) -> None:
    assert complete_lines(journal) == ["one", "zwei, drei", "größer"]
    assert last_line(journal) == "größer"


def test_that_a_torn_last_line_is_as_if_it_had_never_been_written(journal: Path) -> None:
    tear(journal)
    assert complete_lines(journal) == ["one", "zwei, drei", "größer"]
    assert last_line(journal) == "größer"


def test_that_a_torn_line_alone_counts_as_nothing(tmp_path: Path) -> None:
    tear(tmp_path / "journal")
    assert complete_lines(tmp_path / "journal") == []
    assert last_line(tmp_path / "journal") == ""


def test_that_a_journal_never_begun_is_empty(tmp_path: Path) -> None:
    assert complete_lines(tmp_path / "none") == []
    assert last_line(tmp_path / "none") == ""
    keep_lines(tmp_path / "none", lambda line: True)
    assert list(tmp_path.iterdir()) == []


def test_that_the_last_line_of_a_long_journal_is_found_from_its_end(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    path.write_text("".join(f"{number}\n" for number in range(30_000)))
    assert path.stat().st_size > 2 * 65_536
    assert last_line(path) == "29999"


def test_that_only_wanted_complete_lines_are_kept(journal: Path) -> None:
    tear(journal)
    keep_lines(journal, lambda line: line != "one")
    assert journal.read_text(encoding="utf-8") == "zwei, drei\ngrößer\n"


def test_that_a_line_can_follow_once_a_torn_one_was_dropped(journal: Path) -> None:
    tear(journal)
    keep_lines(journal, lambda line: True)
    append_line(journal, "next")
    assert complete_lines(journal)[-2:] == ["größer", "next"]


def test_that_the_first_line_is_the_first_that_was_written_to_its_end(
    journal: Path, tmp_path: Path
) -> None:
    assert first_line(journal) == "one"
    tear(tmp_path / "torn")
    assert (first_line(tmp_path / "torn"), first_line(tmp_path / "none")) == ("", "")
