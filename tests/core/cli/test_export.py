import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from core.export import CurvesRecipe, Recipe, read_recipe
from core.runs import RunFolder, find_run


@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf", ".gif", ".webp"])
def test_that_export_and_traverse_make_the_same_of_a_traversal(
    icdrl: Callable[..., Any], trained: RunFolder, tmp_path: Path, suffix: str
) -> None:
    wishes = ("--code", "c3", "--anchor", "data:4", "--range", "fixed:-2,2", "--columns", "3")
    recipes = []
    for command in ("export", "traverse"):
        path = tmp_path / f"{command}{suffix}"
        answer = icdrl(command, trained.path, "-o", path, *wishes)
        assert answer.code == 0, answer.err
        assert answer.out.startswith(f"{path}: trained · step 2 · anchor data:4")
        recipes.append(read_recipe(path))
    assert isinstance(recipes[0], Recipe)
    assert recipes[0] == recipes[1]
    assert (recipes[0].codes, recipes[0].values) == (("c3",), ((-2, 0, 2),))


@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf", ".webp"])
@pytest.mark.parametrize("what", ["samples", "reconstructions"])
def test_that_samples_and_reconstructions_tell_how_they_were_drawn(
    icdrl: Callable[..., Any], trained: RunFolder, tmp_path: Path, what: str, suffix: str
) -> None:
    path = tmp_path / f"images{suffix}"
    wishes = ("--seed", "5", "--count", "3", "--columns", "2", "--step", "0", "--scale", "1")
    answer = icdrl("export", trained.path, "--what", what, "-o", path, *wishes)
    assert answer.code == 0, answer.err
    assert answer.out == f"{path}: trained · step 0 · {what} random:5\n"
    recipe = read_recipe(path)
    assert isinstance(recipe, Recipe)
    assert (recipe.kind, recipe.anchor, recipe.count, recipe.step) == (what, "random:5", 3, 0)


def test_that_the_same_seed_draws_the_same_samples_and_another_one_others(
    icdrl: Callable[..., Any], trained: RunFolder, tmp_path: Path
) -> None:
    pictures = []
    for i, seed in enumerate((1, 1, 2)):
        path = tmp_path / f"{i}.png"
        icdrl(
            *("export", trained.path, "--what", "samples", "-o", path),
            *("--seed", seed, "--count", 4, "--scale", 1),
        )
        with Image.open(path) as picture:
            pictures.append(np.array(picture)[20:])
    assert (pictures[0] == pictures[1]).all()
    assert (pictures[0] != pictures[2]).any()


def test_that_losses_become_a_table_with_the_run_and_its_last_step(
    icdrl: Callable[..., Any],
    trained: RunFolder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    answer = icdrl("export", trained.path, "--what", "losses")
    assert answer.out == "losses.csv: trained · losses up to step 2\n"
    recipe = read_recipe(tmp_path / "losses.csv")
    assert isinstance(recipe, CurvesRecipe)
    assert (recipe.kind, recipe.runs, recipe.steps) == ("losses", ("trained",), (2,))
    comment, *lines = (tmp_path / "losses.csv").read_text(encoding="utf-8").splitlines()
    assert comment.startswith("# icdrl ")
    table = list(csv.DictReader(lines))
    assert list(table[0]) == ["run", "step", "trained_s", "wall_time", *recipe.scalars]
    for written, row in zip(table, trained.rows(trained.losses), strict=True):
        assert written.pop("run") == "trained"
        assert {name: float(text or 0) for name, text in written.items()} == {
            name: float(text or 0) for name, text in row.items()
        }


@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf"])
def test_that_curves_are_drawn_as_the_app_draws_them(
    icdrl: Callable[..., Any], trained: RunFolder, tmp_path: Path, suffix: str
) -> None:
    path = tmp_path / f"curves{suffix}"
    answer = icdrl("export", trained.path, "--what", "curves", "-o", path)
    assert answer.out == f"{path}: trained · curves up to step 2\n", answer.err
    recipe = read_recipe(path)
    assert isinstance(recipe, CurvesRecipe)
    assert (recipe.kind, recipe.runs, recipe.steps) == ("curves", ("trained",), (2,))
    assert (recipe.x_axis, recipe.smoothing, recipe.log_y) == ("step", 0.9, False)
    usual = ("discriminator", "generator", "information", "tc_gaussian", "images_per_s")
    assert recipe.scalars == usual


def test_that_curves_are_drawn_as_asked_for(
    icdrl: Callable[..., Any], trained: RunFolder, tmp_path: Path
) -> None:
    path = tmp_path / "curves.svg"
    answer = icdrl(
        *("export", trained.path, "--what", "curves", "-o", path, "--scalar", "generator"),
        *("--over", "trained_s", "--log-y", "--smoothing", "0"),
    )
    assert answer.code == 0, answer.err
    recipe = read_recipe(path)
    assert isinstance(recipe, CurvesRecipe)
    assert (recipe.scalars, recipe.x_axis) == (("generator",), "trained_s")
    assert (recipe.smoothing, recipe.log_y) == (0.0, True)
    assert "training time" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("what", ["traversal", "samples", "reconstructions", "curves", "losses"])
def test_that_a_recipe_leads_to_its_run_though_a_person_renamed_it(
    icdrl: Callable[..., Any], trained: RunFolder, tmp_path: Path, what: str
) -> None:
    run = RunFolder(tmp_path / "runs" / "folder")
    shutil.copytree(trained.path, run.path)
    run.save_labels({"name": "My sprites"})
    path = tmp_path / ("file.csv" if what == "losses" else "file.png")
    answer = icdrl("export", run.path, "--what", what, "-o", path)
    assert answer.out.startswith(f"{path}: My sprites · ")
    recipe = read_recipe(path)
    name = recipe.run if isinstance(recipe, Recipe) else recipe.runs[0]
    assert find_run(run.path.parent, name).path == run.path
    assert name == "folder"


def test_that_json_tells_the_file_and_the_recipe_inside(
    icdrl: Callable[..., Any],
    trained: RunFolder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    told = json.loads(icdrl("export", trained.path, "--what", "samples", "--json").out)
    assert told["file"] == "samples.png"
    assert told["recipe"] == json.loads(read_recipe(tmp_path / "samples.png").to_json())
    assert told["recipe"]["count"] == 64


@pytest.mark.parametrize(
    ("wishes", "code", "sentence"),
    [
        ("--what samples --code c1", 2, "--code means nothing to samples: leave it out."),
        ("--what losses --step 2", 2, "--step means nothing to losses: leave it out."),
        ("--seed 1", 2, "--seed means nothing to traversal: leave it out."),
        ("--what statues", 2, "'statues' is not one of 'traversal', 'samples'"),
        ("--what samples -o s.gif", 1, "as .gif: choose .png, .svg, .pdf or .webp."),
        ("--what losses -o l.png", 1, "as .png: choose .csv."),
        ("--what curves -o c.csv", 1, "as .csv: choose .png, .svg or .pdf."),
        ("--what curves --seed 1", 2, "--seed means nothing to curves: leave it out."),
        ("--log-y", 2, "--log-y means nothing to traversal: leave it out."),
        ("--what curves --smoothing 1", 2, "Invalid value for '--smoothing'"),
        ("--what curves --scalar kl", 2, "kl is no loss of this run: choose of discriminator,"),
        ("-o t.jpg", 1, "as .jpg: choose .png, .svg, .pdf, .gif or .webp."),
        ("--what samples --step 7", 1, "no snapshot of step 7: there are 0, 2."),
        ("--what samples --count 0", 2, "Invalid value for '--count'"),
    ],
)
def test_that_a_wrong_wish_gets_one_sentence_and_no_file(
    icdrl: Callable[..., Any],
    trained: RunFolder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    wishes: str,
    code: int,
    sentence: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    answer = icdrl("export", trained.path, *wishes.split())
    assert answer.code == code
    assert sentence in answer.sentence()
    assert list(tmp_path.iterdir()) == []


def test_that_a_run_without_losses_says_so(
    icdrl: Callable[..., Any], trained: RunFolder, tmp_path: Path
) -> None:
    run = RunFolder.create(tmp_path / "new", trained.config())
    for what, verb in (("losses", "write"), ("curves", "draw")):
        answer = icdrl("export", run.path, "--what", what)
        assert answer.code == 1
        assert answer.sentence().startswith(f"There are no losses to {verb} yet")
