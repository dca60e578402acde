import json
from pathlib import Path

import pytest

from core.runs.lines import change_of, event_of, step_of, step_of_row


@pytest.mark.parametrize(
    ("line", "step"), [("20,1.5", 20), ("20", 20), ("step,loss", None), ("", None), ("2.5,1", None)]
)
def test_that_a_row_of_a_table_begins_with_its_step(line: str, step: int | None) -> None:
    assert step_of_row(line) == step


@pytest.mark.parametrize("line", ["", "now\t20\tfinished", "now\t-1\tfinished\tSaid.", "20\tSaid."])
def test_that_a_line_that_tells_no_event_is_none(line: str) -> None:
    assert event_of(line) is None


def test_that_an_event_has_a_step_a_kind_and_a_sentence() -> None:
    assert event_of("2026-01-01T00:00:00+00:00\t20\tstopped\tSaid it.") == (
        20,
        "stopped",
        "Said it.",
    )


@pytest.mark.parametrize(
    "line",
    [
        "",
        "[]",
        '{"step": 3',
        '{"step": 3, "path": "steps"}',
        '{"step": "3", "path": "steps", "value": 1}',
        '{"step": null, "path": "steps", "value": 1}',
        '{"step": 3, "path": 4, "value": 1}',
    ],
)
def test_that_a_line_that_tells_no_change_is_none(line: str) -> None:
    assert change_of(line) is None


@pytest.mark.parametrize("value", [1, 0.5, None, ["c1", "c2"], "all"])
def test_that_a_change_may_be_to_any_value(value: object) -> None:
    change = {"step": 3, "path": "method.independence.atomic", "value": value}
    assert change_of(json.dumps(change)) == change


@pytest.mark.parametrize(
    ("name", "step"), [("step-1000.safetensors", 1000), ("step-0.png", 0), ("other.png", 0)]
)
def test_that_a_file_carries_its_step_in_its_name(name: str, step: int) -> None:
    assert step_of(Path("step-7.d") / name) == step
