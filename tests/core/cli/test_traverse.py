import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from core.export import Recipe, read_recipe
from core.runs import RunFolder


@pytest.mark.parametrize("name", ["grid.png", "grid.gif"])
def test_that_the_recipe_inside_the_picture_says_how_it_was_made(
    icdrl: Callable[..., Any], trained: RunFolder, tmp_path: Path, name: str
) -> None:
    answer = icdrl("traverse", trained.path, "-o", tmp_path / name, "--columns", "3")
    assert answer.code == 0
    assert answer.out.startswith(f"{tmp_path / name}: trained · step 2 · anchor random:0")
    recipe = read_recipe(tmp_path / name)
    assert isinstance(recipe, Recipe)
    assert (recipe.run, recipe.step, recipe.anchor) == ("trained", 2, "random:0")
    assert recipe.codes == ("c1", "c2", "c3", "c4", "c5")
    assert recipe.values == ((-1.0, 0.0, 1.0),) * 5


def test_that_a_gif_moves_and_a_png_rests(
    icdrl: Callable[..., Any], trained: RunFolder, tmp_path: Path
) -> None:
    frames = {}
    for name in ("grid.png", "grid.gif"):
        icdrl("traverse", trained.path, "-o", tmp_path / name, "--columns", "3")
        with Image.open(tmp_path / name) as picture:
            frames[name] = getattr(picture, "n_frames", 1)
    assert frames["grid.png"] == 1
    assert frames["grid.gif"] > 1


def test_that_codes_anchor_range_and_snapshot_can_be_chosen(
    icdrl: Callable[..., Any], trained: RunFolder, tmp_path: Path
) -> None:
    answer = icdrl(
        *("traverse", trained.path, "-o", tmp_path / "grid.png", "--json"),
        *("--code", "c3", "--code", "0", "--anchor", "data:4", "--range", "fixed:-2,2"),
        *("--columns", "5", "--step", "0", "--scale", "1"),
    )
    told = json.loads(answer.out)
    assert told["file"] == str(tmp_path / "grid.png")
    assert told["recipe"] == json.loads(read_recipe(tmp_path / "grid.png").to_json())
    assert (told["recipe"]["step"], told["recipe"]["anchor"]) == (0, "data:4")
    assert told["recipe"]["codes"] == ["c3", "c1"]
    assert told["recipe"]["values"][0] == [-2, -1, 0, 1, 2]


@pytest.mark.parametrize(
    ("option", "value", "code", "sentence"),
    [
        ("--code", "c6", 2, "There is no code 'c6': codes are c1, c2, c3, c4, c5."),
        ("--anchor", "zero", 2, "There is no anchor 'zero': write random:SEED, "),
        ("--anchor", "data:12", 2, "The anchor data:12 lies beyond the data: "),
        ("--anchor", "latent:1,2", 2, "The anchor latent:1,2 is no latent of trained: write 10 "),
        ("--range", "wide", 2, "There is no range 'wide'. Ranges: prior, "),
        ("--range", "fixed:2", 2, "The range 'fixed:2' is no interval: write fixed:-2,2."),
        ("--range", "fixed:2,-2", 2, "The range 'fixed:2,-2' is empty: "),
        ("--step", "7", 1, "no snapshot of step 7: there are 0, 2."),
        ("-o", "grid.jpg", 1, "grid.jpg cannot be written as .jpg: choose .png, .svg, "),
        ("-o", "none/grid.png", 1, "grid.png cannot be written: there is no folder "),
        ("--columns", "102", 2, "Invalid value for '--columns': "),
    ],
)
def test_that_a_wrong_wish_gets_one_sentence_and_no_picture(
    icdrl: Callable[..., Any],
    trained: RunFolder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    option: str,
    value: str,
    code: int,
    sentence: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    answer = icdrl("traverse", trained.path, option, value)
    assert answer.code == code
    assert sentence in answer.sentence()
    assert list(tmp_path.iterdir()) == []


def test_that_a_run_that_is_not_there_is_named(icdrl: Callable[..., Any]) -> None:
    answer = icdrl("traverse", "none")
    assert answer.code == 1
    assert "none is no run: it has no config.json" in answer.sentence()
