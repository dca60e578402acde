import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


def test_that_people_and_programs_get_the_same_list(icdrl: Callable[..., Any]) -> None:
    listed = json.loads(icdrl("data", "list", "--json").out)
    sprites = next(entry for entry in listed if entry["name"] == "dsprites")
    assert (sprites["count"], sprites["shape"]) == (737_280, [1, 64, 64])
    table = icdrl("data", "list")
    assert table.code == 0
    assert [entry["name"] for entry in listed if entry["name"] not in table.out] == []


def test_that_a_file_is_described_for_people_and_for_programs(
    icdrl: Callable[..., Any], images: Path
) -> None:
    summary = json.loads(icdrl("data", "info", images, "--json").out)
    assert (summary["count"], summary["height"], summary["channels"]) == (12, 28, 1)
    told = icdrl("data", "info", images)
    assert told.code == 0
    assert "count: 12\n" in told.out
    assert "factor names: -\n" in told.out


def test_that_a_prepared_data_set_names_its_file(
    icdrl: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.data.catalogue.prepare_dataset", lambda name, told: Path("a [b].bin"))
    assert icdrl("data", "prepare", "x").out == "x is ready: a [b].bin\n"
    assert json.loads(icdrl("data", "prepare", "x", "--json").out) == {
        "name": "x",
        "file": "a [b].bin",
    }


@pytest.mark.parametrize("command", ["info", "prepare"])
def test_that_unknown_data_is_answered_with_what_is_known(
    icdrl: Callable[..., Any], command: str
) -> None:
    answer = icdrl("data", command, "dsprite")
    assert answer.code == 1
    assert "known are dsprites, dsprites-small" in answer.sentence()
