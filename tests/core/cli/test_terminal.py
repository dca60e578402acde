import io
import json
import sys
from pathlib import Path

import pytest

from core.cli.terminal import print_error, print_json, print_note, progress_bar


class Terminal(io.StringIO):
    """Standard error as somebody sees it."""

    def isatty(self) -> bool:
        return True


def test_that_any_json_reader_can_read_what_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"path": Path("a"), "word": "größer", "numbers": [1.5, float("inf"), float("nan")]})
    out = capsys.readouterr().out
    assert json.loads(out, parse_constant=lambda name: pytest.fail(f"{name} is no JSON")) == {
        "path": "a",
        "word": "größer",
        "numbers": [1.5, None, None],
    }
    assert "größer" in out


def test_that_sentences_go_to_standard_error_letter_by_letter(
    capsys: pytest.CaptureFixture[str],
) -> None:
    long = "No [bold]markup[/] and {no} format, " * 10
    print_error(long)
    print_note(long)
    assert capsys.readouterr() == ("", f"error: {long}\nnote: {long}\n")


def test_that_no_bar_is_drawn_where_nobody_watches(capsys: pytest.CaptureFixture[str]) -> None:
    with progress_bar("Reading") as progress:
        progress(1, 2)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("what", ["Reading a[/x].npz", "Reading {0}", "Reading [red]"])
def test_that_a_bar_shows_any_file_name(monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    monkeypatch.setenv("TERM", "xterm")
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with progress_bar(what) as progress:
        progress(1, 2)
        progress(0, 0)
    assert what in terminal.getvalue()
    assert "50 %" in terminal.getvalue()
