from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from core.config import RunConfig
from core.exploring.picture import (
    COLUMNS,
    Anchor,
    SnapshotInfo,
    run_picture,
    snapshot_info,
    traversal_picture,
)
from core.exploring.traversal import random_anchor
from core.export import Recipe, read_recipe
from core.latents import CodeNames
from core.methods.base import Method
from core.runs import RunFolder, find_run

Make = Callable[..., Method]

MIXED = {
    "method.latent.noise_dim": 2,
    "method.latent.categorical_codes": [3],
    "method.latent.continuous_codes": 2,
}


@pytest.fixture
def snapshot(tiny_config: Callable[..., RunConfig]) -> Callable[..., SnapshotInfo]:
    def snapshot(labels: Mapping[str, str] | None = None) -> SnapshotInfo:
        return SnapshotInfo(
            "folder", "my run", 12_000, tiny_config({"seed": 4}), CodeNames(labels or {})
        )

    return snapshot


@pytest.fixture
def anchor(make_tcgan: Make) -> Anchor:
    return Anchor("random:0", random_anchor(make_tcgan(MIXED).spec, 0))


def test_that_a_picture_has_a_row_a_code_and_names_anchor_range_run_and_step(
    make_tcgan: Make, snapshot: Callable[..., SnapshotInfo], anchor: Anchor
) -> None:
    grid, _ = traversal_picture(make_tcgan(MIXED), snapshot({"c2": "size"}), anchor, "prior", 5)
    assert grid.row_labels == ("k1", "c1", "c2 size")
    assert grid.column_labels == ("-1", "-0.5", "0", "0.5", "1")
    assert grid.counts == (3, 5, 5)
    assert grid.images.shape == (3, 5, 32, 32, 1)
    assert not grid.images[0, 3:].any()
    assert grid.title == "my run · step 12,000 · anchor random:0 · range prior"


def test_that_the_recipe_tells_all_that_the_picture_was_made_from(
    make_tcgan: Make, snapshot: Callable[..., SnapshotInfo], anchor: Anchor
) -> None:
    _, recipe = traversal_picture(make_tcgan(MIXED), snapshot(), anchor, "fixed:-2,2", 3)
    assert (recipe.kind, recipe.run, recipe.step, recipe.seed) == ("traversal", "folder", 12_000, 4)
    assert (recipe.anchor, recipe.range_rule) == ("random:0", "fixed:-2,2")
    assert recipe.codes == ("k1", "c1", "c2")
    assert recipe.values == ((0.0, 1.0, 2.0), (-2.0, 0.0, 2.0), (-2.0, 0.0, 2.0))
    torch.testing.assert_close(torch.tensor(recipe.anchor_latent), anchor.latent)


def test_that_the_recipe_leads_to_a_run_that_was_renamed_and_the_title_names_it(
    make_tcgan: Make, tiny_config: Callable[..., RunConfig], anchor: Anchor, tmp_path: Path
) -> None:
    run = RunFolder.create(tmp_path / "folder", tiny_config())
    run.save_labels({"name": "My sprites", "codes": {"c1": "size"}})
    snapshot = snapshot_info(RunFolder(run.path / "pictures" / ".."), 7, run.config())
    grid, recipe = traversal_picture(make_tcgan(MIXED), snapshot, anchor, "prior", 2)
    assert grid.title.startswith("My sprites · step 7 ·")
    assert grid.row_labels == ("k1", "c1 size", "c2")
    assert find_run(tmp_path, recipe.run).path == run.path


def test_that_each_row_takes_the_range_of_its_own_code(
    make_tcgan: Make, snapshot: Callable[..., SnapshotInfo], anchor: Anchor
) -> None:
    method = make_tcgan(MIXED)
    observed = np.array([[0, -0.1, -0.5], [2, 0.3, 0.7]])
    grid, recipe = traversal_picture(
        method, snapshot(), anchor, "min-max", 2, (method.spec.codes[2],), observed
    )
    assert list(recipe.values) == [pytest.approx((-0.5, 0.7))]
    _, recipe = traversal_picture(method, snapshot(), anchor, "min-max", 2, None, observed)
    assert recipe.values[1] == pytest.approx((-0.1, 0.3))
    assert grid.column_labels == ("-0.5", "0.7")


def test_that_columns_have_no_labels_where_rows_have_different_values(
    make_tcgan: Make, snapshot: Callable[..., SnapshotInfo], anchor: Anchor
) -> None:
    observed = np.array([[0, -0.1, -0.5], [2, 0.3, 0.7]])
    grid, _ = traversal_picture(
        make_tcgan(MIXED), snapshot(), anchor, "min-max", 2, observed=observed
    )
    assert grid.column_labels == ()


def test_that_the_picture_of_a_run_folder_is_what_was_shown_with_its_recipe_inside(
    make_tcgan: Make, snapshot: Callable[..., SnapshotInfo], tmp_path: Path
) -> None:
    method, path = make_tcgan(MIXED), tmp_path / "step-12000.png"
    shown = run_picture(method, snapshot(), path)
    with Image.open(path) as written:
        np.testing.assert_array_equal(np.asarray(written.convert("RGB")), shown)
    recipe = read_recipe(path)
    assert isinstance(recipe, Recipe)
    assert recipe.anchor == "random:0"
    assert [len(row) for row in recipe.values] == [3, COLUMNS, COLUMNS]
