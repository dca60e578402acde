"""`DragFolder`: where pictures are written that a person drags out of the window."""

import re
from pathlib import Path

from PySide6.QtCore import QTemporaryDir

from core.export import ImageGrid, Recipe, save_picture


class DragFolder:
    """A folder that is gone with the panel; whoever a picture is dropped on takes a copy."""

    def __init__(self) -> None:
        self._folder = QTemporaryDir()

    def write(self, grid: ImageGrid, recipe: Recipe, what: str) -> Path:
        """A PNG file with the recipe inside, called after the run, the step and `what`.

        Raises:
            ExportError: it cannot be written.
        """
        stem = re.sub(r"[^\w.-]+", "-", f"{recipe.run}-step-{recipe.step}-{what}")
        path = Path(self._folder.path()) / f"{stem}.png"
        save_picture(path, grid, recipe)
        return path
