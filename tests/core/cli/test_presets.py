import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from core.config import load_config
from core.presets import list_presets, load_preset


def test_that_people_and_programs_get_the_same_list(icdrl: Callable[..., Any]) -> None:
    names = [preset.name for preset in list_presets()]
    listed = json.loads(icdrl("presets", "list", "--json").out)
    assert [entry["name"] for entry in listed] == names
    assert all(entry["summary"].endswith(".") for entry in listed)
    table = icdrl("presets", "list")
    assert table.code == 0
    assert [name for name in names if name not in table.out] == []


def test_that_a_shown_preset_is_a_config_file(icdrl: Callable[..., Any], tmp_path: Path) -> None:
    answer = icdrl("presets", "show", "dsprites-quick")
    assert answer.code == 0
    (tmp_path / "config.json").write_text(answer.out)
    assert load_config(tmp_path / "config.json") == load_preset("dsprites-quick").config


def test_that_an_unknown_preset_is_wrong_usage(icdrl: Callable[..., Any]) -> None:
    answer = icdrl("presets", "show", "dsprites-fast")
    assert answer.code == 2
    assert answer.sentence().startswith("There is no preset 'dsprites-fast'. Presets: ")
