"""Reports as rows for a file."""

from pathlib import Path

import pytest

from core.protocol import Losses
from icdrl_gui.models.runs.history import History
from icdrl_gui.models.runs.loss_rows import LossRows


def history(name: str, *steps: int) -> History:
    """Make a run that reported at these steps."""
    history = History(Path(name))
    for step in steps:
        history.append(Losses(step, step / 10, 1000.0 + step, 640.0, {name: step / 20}))
    return history


def test_that_rows_have_blanks_where_there_is_no_number() -> None:
    rows = LossRows([history("a", 20, 40), history("b", 20)], ["a", "b"])
    assert len(rows) == 3
    first = {"run": "a", "step": 20, "trained_s": 2.0, "wall_time": 1020.0, "a": 1.0, "b": ""}
    assert rows[0] == first
    assert (rows[-1]["run"], rows[-1]["a"], rows[-1]["b"]) == ("b", "", 1.0)
    assert list(rows) == list(rows[:])
    with pytest.raises(IndexError):
        rows[3]


def test_that_rows_stay_as_they_were_when_the_run_goes_on() -> None:
    run = history("a", 20, 40)
    rows = LossRows([run], ["a"])
    before = list(rows)
    run.cut_back(20)
    run.append(Losses(30, 3.0, 1030.0, 640.0, {"a": 9.0}))
    assert list(rows) == before


def test_that_many_rows_come_in_order() -> None:
    steps = range(1, 2502)
    assert [row["step"] for row in LossRows([history("a", *steps)], [])] == list(steps)
