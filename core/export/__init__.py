"""Finished arrays -> picture files that carry their recipe; no torch, no Qt."""

from core.export.errors import ExportError
from core.export.files import read_recipe, save_picture, save_png
from core.export.grid import TraversalGrid
from core.export.recipe import Recipe
from core.export.sheet import compose

__all__ = [
    "ExportError",
    "Recipe",
    "TraversalGrid",
    "compose",
    "read_recipe",
    "save_picture",
    "save_png",
]
