import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from core.export import Recipe, read_recipe
from core.preferences import load_preferences
from core.runs import RunFolder, step_of

# What differs between two trainings of the same bits.
CLOCKS = {"trained_s", "wall_time", "images_per_s"}


def losses(run: RunFolder) -> list[dict[str, str]]:
    return [
        {name: value for name, value in row.items() if name not in CLOCKS}
        for row in run.rows(run.losses)
    ]


def test_that_a_training_leaves_losses_scores_checkpoints_and_pictures(trained: RunFolder) -> None:
    assert trained.state() == "finished"
    assert [int(row["step"]) for row in losses(trained)] == list(range(1, 10))
    assert [row["step"] for row in trained.rows(trained.scores)] == ["9", "9"]
    assert [step_of(path) for path in trained.checkpoints()] == [8, 9]
    assert [step_of(path) for path in trained.snapshots()] == [0, 9]
    for picture in trained.pictures():
        recipe = read_recipe(picture)
        assert isinstance(recipe, Recipe)
        assert recipe.step == step_of(picture)


def test_that_a_resumed_training_has_the_losses_of_one_that_never_stopped(
    icdrl: Callable[..., Any], small: list[str], trained: RunFolder, tmp_path: Path
) -> None:
    path = tmp_path / "in two"
    begun = icdrl("train", *small, "--steps", 5, "--run-dir", path, "--json")
    assert (begun.code, begun.told()["step"], begun.told()["reason"]) == (0, 5, "finished")
    assert begun.told()["run"] == str(path)
    gone_on = icdrl("resume", path, "--steps", 9, "--json")
    assert (gone_on.code, gone_on.told()["step"], gone_on.told()["reason"]) == (0, 9, "finished")
    assert losses(RunFolder.open(path)) == losses(trained)


@pytest.mark.parametrize(("name", "code", "moves"), [("c.png", "c2", False), ("c.gif", "1", True)])
def test_that_a_traversal_tells_whoever_opens_it_how_it_was_made(
    icdrl: Callable[..., Any],
    trained: RunFolder,
    tmp_path: Path,
    name: str,
    code: str,
    moves: bool,
) -> None:
    picture = tmp_path / name
    answer = icdrl("traverse", trained.path, "--code", code, "--columns", 5, "-o", picture)
    assert answer.code == 0, answer.err
    recipe = read_recipe(picture)
    assert isinstance(recipe, Recipe)
    assert (recipe.run, recipe.step, recipe.seed) == ("trained", 9, 0)
    assert (recipe.codes, recipe.values) == (("c2",), ((-1, -0.5, 0, 0.5, 1),))
    with Image.open(picture) as opened:
        assert (getattr(opened, "n_frames", 1) > 1) == moves


def test_that_a_run_is_listed_and_shown_and_after_its_deletion_lies_in_the_trash(
    icdrl: Callable[..., Any], trained: RunFolder
) -> None:
    path = load_preferences().run_root / "first"
    shutil.copytree(trained.path, path)
    (listed,) = icdrl("runs", "list", "--json").told()
    assert (listed["name"], listed["path"]) == ("first", str(path))
    assert (listed["state"], listed["step"], listed["steps"]) == ("finished", 9, 9)
    shown = icdrl("runs", "show", "first", "--json").told()
    assert {key: shown[key] for key in listed} == listed
    assert shown["config"]["batch_size"] == 8
    assert [event["kind"] for event in shown["history"]] == ["started", "finished"]
    deleted = icdrl("runs", "delete", "first", "--yes", "--json")
    assert (deleted.code, deleted.told()) == (0, {"run": str(path), "deleted": True})
    assert icdrl("runs", "list", "--json").told() == []
    (kept,) = Path.home().rglob("first/config.json")
    assert kept.read_text() == (trained.path / "config.json").read_text()


@pytest.mark.parametrize(
    ("command", "code", "sentence"),
    [
        ("train --set method.independence.enable=no", 2, "Did you mean method.independence.enab"),
        ("train --set method.independence.weight=-1", 2, "should be greater than or equal to 0"),
        ("train --set data.source=none.npz", 1, "'none.npz' is neither a readable file or folder"),
        ("train --config none.json", 2, "Cannot read the config none.json: No such file"),
        ("train --preset none", 2, "There is no preset 'none'. Presets: "),
        ("train --steps many", 2, "Invalid value for '--steps'"),
        ("resume none", 1, "none is no run: it has no config.json."),
        ("traverse RUN --code c6", 2, "There is no code 'c6': codes are c1, c2, c3, c4, c5."),
        ("traverse RUN --anchor data:40", 2, "The anchor data:40 lies beyond the data: "),
        ("traverse RUN --range fixed:1", 2, "The range 'fixed:1' is no interval"),
    ],
)
def test_that_a_wrong_wish_gets_one_sentence_and_an_exit_code(
    icdrl: Callable[..., Any],
    trained: RunFolder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    command: str,
    code: int,
    sentence: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    words = [trained.path if word == "RUN" else word for word in command.split()]
    answer = icdrl(*words)
    assert answer.code == code
    assert sentence in answer.sentence()
    assert list(tmp_path.iterdir()) == []
