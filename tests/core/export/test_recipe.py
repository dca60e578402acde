import json
from dataclasses import replace

import pytest

from core.export import CurvesRecipe, ExportError, Recipe, recipe_from_json


def test_that_recipes_of_every_kind_survive_the_round_trip(
    recipe: Recipe, samples_recipe: Recipe, curves_recipe: CurvesRecipe
) -> None:
    losses = replace(curves_recipe, kind="losses")
    for each in (recipe, samples_recipe, curves_recipe, losses):
        assert recipe_from_json(each.to_json()) == each


def test_that_a_recipe_names_the_version_that_made_it(recipe: Recipe) -> None:
    assert recipe.version.split(".")[0].isdigit()
    assert json.loads(recipe.to_json())["schema"] == 2


def test_that_a_traversal_from_before_samples_were_counted_still_reads(recipe: Recipe) -> None:
    content = json.loads(recipe.to_json())
    del content["count"]
    assert recipe_from_json(json.dumps(content)) == recipe


def test_that_a_newer_schema_is_refused_even_with_fields_we_cannot_know(recipe: Recipe) -> None:
    content = json.loads(recipe.to_json()) | {"schema": 3, "mood": "blue"}
    with pytest.raises(ExportError, match=r"schema 3, newer than the 2 .* update icdrl\.$"):
        recipe_from_json(json.dumps(content))


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"mood": "blue"}, "mood"),
        ({"step": "5000"}, "step"),
        ({"kind": "sculpture"}, "kind"),
        ({"kind": ["traversal"]}, "kind"),
        ({"kind": "curves"}, "it has no .*runs"),
        ({"values": [[0.0]]}, "10 codes but 1 rows"),
        ({"anchor_latent": [float("nan")]}, "anchor_latent"),
        ({"schema": None}, "schema"),
    ],
)
def test_that_a_recipe_with_wrong_content_is_refused_by_name(
    recipe: Recipe, changes: dict[str, object], complaint: str
) -> None:
    content = json.loads(recipe.to_json()) | changes
    with pytest.raises(ExportError, match=complaint):
        recipe_from_json(json.dumps(content))


@pytest.mark.parametrize(
    "changes",
    [
        {"anchor": "random:" + "9" * 5000},
        {"anchor": "data:2147483648"},
        {"anchor": "random:-1"},
        {"anchor": "latent:0,0"},
        {"anchor_latent": [0.0] * 60_000},
        {"anchor_latent": [1e39]},
        {"range_rule": "fixed:a,b"},
        {"range_rule": "fixed:1e200,1e300"},
        {"range_rule": "wide"},
        {"run": "r" * 10_000},
        {"step": 10**20},
        {"step": -1},
        {"seed": 2**32},
        {"count": 1_000_000},
        {"codes": ["c1"] * 60_000, "values": [[0.0]] * 60_000},
        {"values": [[0.0] * 60_000], "codes": ["c1"]},
    ],
    ids=lambda changes: ",".join(changes),
)
def test_that_a_recipe_that_asks_for_more_than_can_be_shown_is_refused(
    recipe: Recipe, changes: dict[str, object]
) -> None:
    content = json.loads(recipe.to_json()) | changes
    with pytest.raises(
        ExportError, match=rf"^The recipe is damaged \({next(iter(changes))}"
    ) as told:
        recipe_from_json(json.dumps(content))
    assert len(str(told.value)) < 300


@pytest.mark.parametrize("digits", [20, 5000])
def test_that_a_seed_of_many_digits_is_refused(recipe: Recipe, digits: int) -> None:
    text = recipe.to_json().replace(f'"seed": {recipe.seed}', f'"seed": {"9" * digits}')
    with pytest.raises(ExportError, match="The recipe is damaged"):
        recipe_from_json(text)


@pytest.mark.parametrize("field", ["scalars", "runs"])
def test_that_curves_of_50_000_scalars_are_refused(curves_recipe: CurvesRecipe, field: str) -> None:
    content = json.loads(curves_recipe.to_json()) | {field: ["x"] * 50_000}
    with pytest.raises(ExportError, match=field):
        recipe_from_json(json.dumps(content))


def test_that_curves_whose_runs_and_steps_do_not_fit_are_refused(
    curves_recipe: CurvesRecipe,
) -> None:
    content = json.loads(curves_recipe.to_json()) | {"steps": [1]}
    with pytest.raises(ExportError, match="2 runs but 1 steps"):
        recipe_from_json(json.dumps(content))


def test_that_a_recipe_without_a_version_does_not_pretend_to_be_of_today(
    recipe: Recipe, curves_recipe: CurvesRecipe
) -> None:
    for each in (recipe, curves_recipe):
        content = json.loads(each.to_json())
        del content["version"]
        with pytest.raises(ExportError, match="it has no version"):
            recipe_from_json(json.dumps(content))


@pytest.mark.parametrize("text", ["", "[]", "{", "null", "[" * 100_000])
def test_that_text_which_is_no_recipe_is_refused(text: str) -> None:
    with pytest.raises(ExportError, match="damaged"):
        recipe_from_json(text)


def test_that_numbers_which_are_not_finite_are_no_recipe(
    recipe: Recipe, curves_recipe: CurvesRecipe
) -> None:
    for each in (
        replace(recipe, anchor_latent=(0.0, float("inf"))),
        replace(recipe, values=((float("nan"),),) * 10),
        replace(curves_recipe, smoothing=float("nan")),
    ):
        with pytest.raises(ExportError, match="not finite"):
            each.to_json()
