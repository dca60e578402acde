import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from core.config import changed
from core.exploring.explorer import Explorer
from core.export import Recipe, read_recipe
from core.latents import Matching
from core.protocol import Evaluated
from core.runs import RunFolder, checkpoint


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


@pytest.fixture
def on_factors(trained: RunFolder, tmp_path: Path) -> RunFolder:
    """The trained run, on a copy of its data of which two factors are known."""
    with np.load(trained.config().data.source) as arrays:
        images = arrays["images"]
    factors = np.stack([np.arange(12) % 2, np.arange(12) // 2 % 3], axis=1)
    path = tmp_path / "known.npz"
    np.savez(path, images=images, factors=factors, factor_names=["shape", "posX"])
    run = RunFolder.create(tmp_path / "run", changed(trained.config(), {"data.source": str(path)}))
    for snapshot in trained.snapshots():
        weights, header = checkpoint.load(snapshot, torch.device("cpu"))
        config = checkpoint.header_config(run.config())
        target = run.path / "snapshots" / snapshot.name
        checkpoint.save(target, weights, replace(header, config=config))
    return run


@pytest.mark.parametrize("command", ["traverse", "export"])
def test_that_rows_are_named_after_the_factors_that_codes_follow_unless_a_person_named_them(
    icdrl: Callable[..., Any],
    on_factors: RunFolder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    command: str,
) -> None:
    def correlation(explorer: Explorer) -> Evaluated:
        matching = Matching(2, 12, {"c1": ("posX", 0.81), "c3": ("shape", 1.0)})
        return Evaluated(2, 12, 0, np.eye(5), matching=matching)

    monkeypatch.setattr(Explorer, "correlation", correlation)
    on_factors.save_labels({"codes": {"c3": "turned"}})
    answer = icdrl(command, on_factors.path, "-o", tmp_path / "grid.svg", "--columns", "3")
    assert answer.code == 0, answer.err
    drawn = (tmp_path / "grid.svg").read_text(encoding="utf-8")
    assert re.findall(r">(c[0-9][^<]*)<", drawn) == ["c1 posX .81", "c2", "c3 turned", "c4", "c5"]


@pytest.mark.parametrize("what", ["gone", "damaged"])
def test_that_rows_have_plain_names_where_the_data_cannot_be_read(
    icdrl: Callable[..., Any], on_factors: RunFolder, tmp_path: Path, what: str
) -> None:
    source = Path(on_factors.config().data.source)
    source.unlink() if what == "gone" else source.write_bytes(b"PK")
    answer = icdrl("traverse", on_factors.path, "-o", tmp_path / "grid.svg", "--columns", "3")
    assert (answer.code, answer.err) == (0, "")


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


def test_that_of_a_damaged_newest_snapshot_is_told_and_the_one_before_is_used(
    icdrl: Callable[..., Any], trained: RunFolder, tmp_path: Path
) -> None:
    run = tmp_path / "damaged"
    shutil.copytree(trained.path, run)
    newest = run / "snapshots" / "step-2.safetensors"
    content = bytearray(newest.read_bytes())
    content[-1] ^= 1
    newest.write_bytes(content)
    answer = icdrl("traverse", run, "-o", tmp_path / "grid.png", "--columns", "3")
    assert answer.code == 0
    recipe = read_recipe(tmp_path / "grid.png")
    assert isinstance(recipe, Recipe)
    assert recipe.step == 0
    told = " ".join(answer.err.split())
    assert "does not fit its checksum. That of step 0 is used." in told
    refused = icdrl("traverse", run, "-o", tmp_path / "grid.png", "--step", "2")
    assert refused.code == 1
    assert "Look at another step of this run." in " ".join(refused.err.split())
