import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.config import RunConfig
from core.runs import RunFolder


@pytest.mark.parametrize("buffered", ["", "1"])
@pytest.mark.parametrize("command", ["--help", "presets list", "presets show dsprites-quick"])
def test_that_a_full_disk_is_told_in_one_sentence(
    in_shell: Callable[..., Any], command: str, buffered: str
) -> None:
    answer = in_shell(f"{command} > /dev/full", PYTHONUNBUFFERED=buffered)
    assert answer.code == 1
    assert answer.sentence() == "The output cannot be written: No space left on device."
    assert in_shell(f"{command} >/dev/full 2>/dev/full").code == 1


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", "<&- >&- 2>&-"])
def test_that_closed_streams_lead_to_nothing(in_shell: Callable[..., Any], closed: str) -> None:
    answer = in_shell(f"presets show dsprites-quick {closed}")
    assert (answer.code, answer.err) == (0, "")
    assert in_shell(f"runs show none {closed}").code == 1


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_that_an_output_that_lacks_letters_gets_escapes(
    in_shell: Callable[..., Any], encoding: str, tmp_path: Path
) -> None:
    run = RunFolder.create(tmp_path / "größe-運行", RunConfig())
    shown = in_shell(f"runs show {run.path}", PYTHONIOENCODING=encoding)
    assert (shown.code, shown.err) == (0, "")
    assert "-\\u904b\\u884c new, step 0/" in shown.out
    told = in_shell(f"runs show {run.path} --json", PYTHONIOENCODING=encoding)
    assert json.loads(told.out)["name"] == "größe-運行"
    wrong = in_shell("runs show 運行", PYTHONIOENCODING=encoding)
    assert wrong.code == 1
    assert r"\u904b\u884c is no run: " in wrong.sentence()
