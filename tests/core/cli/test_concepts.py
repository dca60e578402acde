import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.export import Recipe, read_recipe
from core.runs import RunFolder
from core.runs.concepts import load_concepts

Icdrl = Callable[..., Any]


@pytest.fixture
def right(icdrl: Icdrl, autoencoder: RunFolder) -> RunFolder:
    """The run with a concept learned from the factor x."""
    assert icdrl("concepts", "fit", autoencoder.path, "--name", "right", "--label", "x").code == 0
    return autoencoder


def test_that_a_concept_is_fitted_listed_shown_traversed_and_deleted(
    icdrl: Icdrl, autoencoder: RunFolder, tmp_path: Path
) -> None:
    run = autoencoder.path
    fitted = icdrl("concepts", "fit", run, "--name", "right", "--label", "x")
    assert fitted.code == 0
    assert fitted.out.startswith("right, from x: held-out R² ")
    composed = icdrl("concepts", "fit", run, "--name", "low", "--expression", "c1 - c3", "--json")
    assert json.loads(composed.out)["score"] is None
    listed = icdrl("concepts", "list", run)
    assert [line.split()[0] for line in listed.out.splitlines()] == ["concept", "right", "low"]
    shown = icdrl("concepts", "show", run, "right")
    assert "rank correlation" in shown.out
    assert "leakage" in shown.out
    picture = tmp_path / "right.png"
    assert icdrl("traverse", run, "--concept", "right", "-o", picture).code == 0
    recipe = read_recipe(picture)
    assert isinstance(recipe, Recipe)
    assert recipe.concepts[0].name == "right"
    assert icdrl("concepts", "delete", run, "right", "--yes").out.startswith("Deleted the concept")
    assert load_concepts(autoencoder).names == ("low",)


def test_that_json_tells_what_scripts_rely_on(icdrl: Icdrl, right: RunFolder) -> None:
    (told,) = json.loads(icdrl("concepts", "list", right.path, "--json").out)
    assert told["name"] == "right"
    assert (told["kind"], told["score_name"]) == ("learned", "r2")
    assert told["guessing"] < told["score"] <= 1
    assert told["codes"].keys() == {"c1", "c2", "c3"}
    shown = json.loads(icdrl("concepts", "show", right.path, "right", "--json").out)
    assert shown["honesty"]["images"] == 1400
    assert shown["honesty"]["leakage"] is None
    assert json.loads(icdrl("concepts", "list", right.path, "--json").out)[0]["honesty"]


@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf", ".gif", ".webp"])
def test_that_every_format_carries_the_concept(
    icdrl: Icdrl, right: RunFolder, tmp_path: Path, suffix: str
) -> None:
    path = tmp_path / f"it{suffix}"
    assert icdrl("traverse", right.path, "--concept", "right", "--columns", 2, "-o", path).code == 0
    recipe = read_recipe(path)
    assert isinstance(recipe, Recipe)
    assert recipe.concepts == load_concepts(right).concepts


def test_that_own_labels_come_from_a_file(
    icdrl: Icdrl, autoencoder: RunFolder, tmp_path: Path
) -> None:
    labels = tmp_path / "own.csv"
    labels.write_text("row,side\n" + "".join(f"{i},{'ab'[i % 2]}\n" for i in range(100)))
    answer = icdrl("concepts", "fit", autoencoder.path, "--name", "side", "--labels", labels)
    assert answer.code == 0
    assert "AUC" in answer.out
    assert "no better than guessing" in answer.out
    labels.unlink()
    again = icdrl("concepts", "fit", autoencoder.path, "--name", "side", "--json")
    assert json.loads(again.out)["images"] == 100


def test_that_a_step_that_moved_on_is_noted_and_the_concept_made_anew(
    icdrl: Icdrl, autoencoder: RunFolder, tmp_path: Path
) -> None:
    run = autoencoder.path
    icdrl("concepts", "fit", run, "--name", "right", "--label", "x", "--step", 0)
    listed = icdrl("concepts", "list", run)
    assert "right is of step 0, the newest snapshot of step 2" in listed.err
    drawn = icdrl("traverse", run, "--concept", "right", "-o", tmp_path / "it.png")
    assert drawn.err.startswith("note: right was of step 0 and is made anew for step 2. right,")
    assert icdrl("concepts", "list", run).err == ""


def test_that_whole_numbers_are_noted_as_possible_classes(
    icdrl: Icdrl, autoencoder: RunFolder
) -> None:
    answer = icdrl("concepts", "fit", autoencoder.path, "--name", "it", "--label", "y")
    assert answer.err == ""  # 24 different ones: no classes.
    left = icdrl("concepts", "fit", autoencoder.path, "--name", "l", "--label", "left")
    assert "AUC" in left.out


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--label", "colour"], "squares.npz has no factor 'colour'; its factors are x, y, left."),
        (["--label", "x=77"], "No image has x 77: its values are "),
        (["--label", "x=3"], "Of the labelled images "),
        (["--expression", "c1 - c9"], "Character 6 of 'c1 - c9': there is no code c9; "),
        (["--expression", "c1", "--label", "x"], "A concept is learned from labels or composed"),
        (["--labels", "none.csv"], "Cannot read none.csv: "),
        ([], "There is no concept 'it' yet: say what it is made from"),
        (["--expression", "(" * 900], "Character 41 of "),
    ],
)
def test_that_what_cannot_be_made_is_told_in_a_sentence(
    icdrl: Icdrl, autoencoder: RunFolder, options: list[str], sentence: str
) -> None:
    answer = icdrl("concepts", "fit", autoencoder.path, "--name", "it", *options)
    assert answer.code in (1, 2)
    assert answer.sentence().startswith(sentence)
    assert not autoencoder.concepts.exists()


def test_that_a_concept_that_is_not_there_is_told(icdrl: Icdrl, right: RunFolder) -> None:
    for command in (["concepts", "show"], ["concepts", "delete"]):
        answer = icdrl(*command, right.path, "wrong")
        assert answer.sentence() == "The run has no concept 'wrong': concepts are right."
    answer = icdrl("traverse", right.path, "--concept", "wrong")
    assert answer.sentence() == "The run has no concept 'wrong': concepts are right."


def test_that_a_damaged_file_loses_nothing(icdrl: Icdrl, right: RunFolder) -> None:
    broken = right.concepts.read_text()[:-40]
    right.concepts.write_text(broken)
    for command in (
        ["list", right.path],
        ["show", right.path, "right"],
        ["fit", right.path, "--name", "other", "--expression", "c1"],
        ["delete", right.path, "right", "--yes"],
    ):
        answer = icdrl("concepts", *command)
        assert answer.code == 1
        assert "concepts.json is damaged" in answer.sentence()
    assert right.concepts.read_text() == broken


def test_that_a_name_that_is_taken_is_told(icdrl: Icdrl, right: RunFolder) -> None:
    answer = icdrl("concepts", "fit", right.path, "--name", "right", "--expression", "c1")
    assert answer.sentence().startswith("There is a concept right already, made from x: delete it")
