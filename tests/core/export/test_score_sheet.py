import csv
from pathlib import Path

import numpy as np
import pytest

from core.export import (
    CurvesRecipe,
    ExportError,
    ScoreCell,
    ScoreColumn,
    ScoreLine,
    ScoreSheet,
    read_recipe,
    save_matrix_csv,
    save_scores,
    scores_csv,
    scores_latex,
)
from core.export.score_sheet import Kind

RECIPE = CurvesRecipe("scores", ("a", "b"), (10, 10), ("mig", "tc"))
SHEET = ScoreSheet(
    (ScoreColumn("mig", "MIG", "higher"), ScoreColumn("tc", "TC_x", "lower")),
    (
        ScoreLine("run", ("50% & a_b", "on", "0", "10,000", "2,000"), {"mig": ScoreCell(0.123456)}),
        ScoreLine("run", ("b, c", "off", "1", "10,000", "2,000"), {"tc": ScoreCell(1.5)}),
        ScoreLine(
            "mean", ("mean ± sd", "on", "2 seeds", "10,000", "2,000"), {"mig": ScoreCell(0.5, 0.25)}
        ),
        ScoreLine(
            "difference", ("1 − 2", "on − off", "1 seed", "–", ""), {"mig": ScoreCell(-0.0625)}
        ),
    ),
    "Full protocol.",
)


def test_that_a_table_of_scores_is_read_back_with_all_digits() -> None:
    rows = list(csv.reader(scores_csv(SHEET).splitlines()))
    assert rows == [
        ["kind", "run", "constraint", "seed", "step", "images", "mig", "mig.sd", "tc"],
        ["run", "50% & a_b", "on", "0", "10000", "2000", "0.123456", "", ""],
        ["run", "b, c", "off", "1", "10000", "2000", "", "", "1.5"],
        ["mean", "mean ± sd", "on", "2 seeds", "10000", "2000", "0.5", "0.25", ""],
        ["difference", "1 − 2", "on − off", "1 seed", "–", "", "-0.0625", "", ""],
    ]


def test_that_an_interval_has_columns_of_its_own() -> None:
    mean = ScoreLine(
        "mean", ("m", "on", "2 seeds", "1", "2"), {"mig": ScoreCell(0.5, 0.25, (0.375, 0.625))}
    )
    rows = list(csv.reader(scores_csv(ScoreSheet(SHEET.columns, (mean,))).splitlines()))
    assert rows[0][6:] == ["mig", "mig.sd", "mig.low", "mig.high", "tc"]
    assert rows[1][6:] == ["0.5", "0.25", "0.375", "0.625", ""]


def test_that_latex_is_a_booktabs_table_with_nothing_special_left_in_names() -> None:
    assert scores_latex(SHEET).splitlines() == [
        "% Full protocol.",
        r"% \usepackage{booktabs}",
        r"\begin{tabular}{llrrrrr}",
        r"\toprule",
        r"Run & Constraint & Seed & Step & Images & MIG\,$\uparrow$ & TC\_x\,$\downarrow$ \\",
        r"\midrule",
        r"50\% \& a\_b & on & 0 & 10,000 & 2,000 & 0.123 & -- \\",
        r"b, c & off & 1 & 10,000 & 2,000 & -- & 1.500 \\",
        r"\midrule",
        r"mean $\pm$ sd & on & 2 seeds & 10,000 & 2,000 & 0.500 $\pm$ 0.250 & -- \\",
        r"\midrule",
        r"1 $-$ 2 & on $-$ off & 1 seed & -- &  & $-$0.062 & -- \\",
        r"\bottomrule",
        r"\end{tabular}",
    ]


@pytest.mark.parametrize(
    ("kind", "cell", "text"),
    [
        ("run", ScoreCell(5.0), "5"),
        ("run", ScoreCell(4.5), "4.500"),
        ("mean", ScoreCell(5.0, 0.0), "5.000 ± 0.000"),
        ("difference", ScoreCell(-1.0), "−1"),
        ("difference", ScoreCell(1.0), "+1"),
    ],
)
def test_that_counts_have_no_decimals(kind: Kind, cell: ScoreCell, text: str) -> None:
    column = ScoreColumn("active_codes", "Active", counts=True)
    line = ScoreLine(kind, ("a", "on", "0", "10,000", "2,000"), {"active_codes": cell})
    assert line.text(column) == text
    told = scores_latex(ScoreSheet((column,), (line,)))
    assert f" & {text} ".replace("−", "$-$").replace("±", r"$\pm$") in told


def test_that_a_saved_table_knows_what_it_was_made_from(tmp_path: Path) -> None:
    save_scores(tmp_path / "scores.csv", SHEET, RECIPE)
    save_scores(tmp_path / "scores.tex", SHEET, RECIPE)
    assert read_recipe(tmp_path / "scores.csv") == RECIPE
    assert (tmp_path / "scores.tex").read_text().startswith("% icdrl {")


@pytest.mark.parametrize("write", [scores_csv, scores_latex])
def test_that_an_empty_table_is_refused(write: object) -> None:
    with pytest.raises(ExportError, match="There are no scores to write yet"):
        write(ScoreSheet())  # type: ignore[operator]


def test_that_a_matrix_is_written_with_its_names_and_recipe(tmp_path: Path) -> None:
    path = tmp_path / "matrix.csv"
    save_matrix_csv(path, np.array([[0.5, 0.25]]), ("c1",), ("x", "y"), RECIPE)
    assert path.read_text().splitlines()[1:] == [",x,y", "c1,0.5,0.25"]
    assert read_recipe(path) == RECIPE
