"""Finished arrays -> files that carry their recipe; no torch, no Qt."""

from core.export.errors import ExportError
from core.export.figure import Figure
from core.export.files import (
    FIGURE_SUFFIXES,
    STILL_SUFFIXES,
    TRAVERSAL_SUFFIXES,
    check_suffix,
    read_recipe,
    save_figure,
    save_losses_csv,
    save_matrix_csv,
    save_picture,
    save_png,
    save_scores,
)
from core.export.gallery import reconstructions_grid, samples_grid
from core.export.grid import ImageGrid, TraversalGrid, crossed_out
from core.export.recipe import AnyRecipe, CurvesRecipe, Recipe, recipe_from_json
from core.export.score_sheet import (
    ScoreCell,
    ScoreColumn,
    ScoreLine,
    ScoreSheet,
    scores_csv,
    scores_latex,
)
from core.export.sheet import compose
from core.export.table import losses_of_run

__all__ = [
    "FIGURE_SUFFIXES",
    "STILL_SUFFIXES",
    "TRAVERSAL_SUFFIXES",
    "AnyRecipe",
    "CurvesRecipe",
    "ExportError",
    "Figure",
    "ImageGrid",
    "Recipe",
    "ScoreCell",
    "ScoreColumn",
    "ScoreLine",
    "ScoreSheet",
    "TraversalGrid",
    "check_suffix",
    "compose",
    "crossed_out",
    "losses_of_run",
    "read_recipe",
    "recipe_from_json",
    "reconstructions_grid",
    "samples_grid",
    "save_figure",
    "save_losses_csv",
    "save_matrix_csv",
    "save_picture",
    "save_png",
    "save_scores",
    "scores_csv",
    "scores_latex",
]
