import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.export import (
    CurvesRecipe,
    ExportError,
    losses_recipe,
    read_recipe,
    save_losses_csv,
)

ROWS = [
    {"step": "100", "generator": "0.5", "information": ""},
    {"step": "200", "generator": "0.25", "information": "1.5"},
]


@pytest.fixture
def table_recipe(curves_recipe: CurvesRecipe) -> CurvesRecipe:
    return replace(curves_recipe, kind="losses", x_axis="step", smoothing=0.0)


def test_that_a_table_is_read_by_numpy_and_csv_and_keeps_its_recipe(
    tmp_path: Path, table_recipe: CurvesRecipe
) -> None:
    path = tmp_path / "losses.csv"
    save_losses_csv(path, ROWS, table_recipe)
    assert read_recipe(path) == table_recipe
    table = np.genfromtxt(path, delimiter=",", comments="#", skip_header=1, names=True)
    assert table.dtype.names == ("step", "generator", "information")
    np.testing.assert_array_equal(table["generator"], [0.5, 0.25])
    np.testing.assert_array_equal(table["information"], [np.nan, 1.5])
    comment, *lines = path.read_text(encoding="utf-8").splitlines()
    assert comment.startswith("# icdrl {")
    assert list(csv.DictReader(lines)) == ROWS


def test_that_there_is_no_table_without_losses(tmp_path: Path, table_recipe: CurvesRecipe) -> None:
    with pytest.raises(ExportError, match="no losses to write yet"):
        save_losses_csv(tmp_path / "losses.csv", [], table_recipe)
    assert not list(tmp_path.iterdir())


def test_that_a_table_is_a_csv_and_nothing_else(tmp_path: Path, table_recipe: CurvesRecipe) -> None:
    with pytest.raises(ExportError, match=r"losses\.xlsx cannot .* as \.xlsx: choose \.csv\.$"):
        save_losses_csv(tmp_path / "losses.xlsx", ROWS, table_recipe)


def test_that_a_table_made_elsewhere_has_no_recipe(tmp_path: Path) -> None:
    (tmp_path / "foreign.csv").write_text("step,generator\n1,2\n")
    with pytest.raises(ExportError, match=r"foreign\.csv cannot be read: it is not a "):
        read_recipe(tmp_path / "foreign.csv")


def test_that_the_recipe_of_a_losses_table_names_its_run_and_last_step() -> None:
    recipe = losses_recipe("a", [{"step": "100", "trained_s": "1", "wall_time": "2", "tc": ""}])
    assert recipe == CurvesRecipe("losses", ("a",), (100,), ("tc",))
    with pytest.raises(ExportError, match="no losses to write yet"):
        losses_recipe("a", [])
