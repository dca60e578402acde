import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.export import (
    CurvesRecipe,
    ExportError,
    losses_of_run,
    read_recipe,
    save_losses_csv,
)
from core.export.table import losses_table

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


def row(step: str, tc: str = "0.50", speed: str = "100.0") -> dict[str, str]:
    times = {"step": step, "trained_s": "1.250", "wall_time": "1700000000.120"}
    return {**times, "images_per_s": speed, "tc": tc}


def test_that_the_losses_of_a_run_name_it_in_every_row_and_in_the_recipe() -> None:
    rows, recipe = losses_of_run("a", [row("100"), row("200", tc="")])
    assert recipe == CurvesRecipe("losses", ("a",), (200,), ("tc", "images_per_s"))
    table = losses_table(rows, recipe).decode().splitlines()
    assert table[1:] == [
        "run,step,trained_s,wall_time,tc,images_per_s",
        "a,100,1.25,1700000000.12,0.5,100.0",
        "a,200,1.25,1700000000.12,,100.0",
    ]


def test_that_damaged_rows_are_left_out_of_the_losses_of_a_run() -> None:
    short, long = row("400"), row("500")
    del short["tc"]
    # As csv reads a row with more cells than the header has.
    long[None] = ["7"]  # type: ignore[index, assignment]
    damaged = [row("x"), row("100"), row("100"), row("200", tc="0.5.5"), short, long, row("inf")]
    rows, recipe = losses_of_run("a", damaged)
    assert [each["step"] for each in rows] == [100]
    assert recipe.steps == (100,)


@pytest.mark.parametrize("rows", [[], [row("x")]])
def test_that_a_run_without_losses_has_no_table(rows: list[dict[str, str]]) -> None:
    with pytest.raises(ExportError, match="no losses to write yet"):
        losses_of_run("a", rows)
