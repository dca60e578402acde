"""The edited picture, beside the image it comes from and that image's reconstruction."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from core.counts import named_step
from icdrl_gui.widgets.images.view import ImageView
from icdrl_gui.widgets.text_button import text_button

_GAP = 6


@dataclass(frozen=True)
class Comparison:
    """An image uint8 (H, W, C), its reconstruction, and the mean squared pixel errors."""

    original: NDArray[np.uint8]
    reconstruction: NDArray[np.uint8]
    error: float
    error_without_noise: float | None
    step: int


class EditViews(QWidget):
    """One picture, or three beside each other: original, reconstruction, edit."""

    closed = Signal()
    again = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.original = ImageView("original image")
        self.reconstruction = ImageView("reconstruction of the image")
        self.edit = ImageView("edited picture")
        self.original.set_caption("original")
        self.reconstruction.set_caption("reconstruction")
        self.error = QLabel()
        self.error.setWordWrap(True)
        self.error.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.again_button = text_button("Encode again", "Encode the image with the shown weights.")
        self.close_button = text_button(
            "Close", "Compare with the image no longer; the latent stays."
        )
        self.close_button.setAccessibleName("close image")
        self.again_button.clicked.connect(self.again)
        self.close_button.clicked.connect(self.closed)
        self._room = QWidget()
        self._room.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._pictures = QGridLayout(self._room)
        self._pictures.setContentsMargins(0, 0, 0, 0)
        self._pictures.setSpacing(_GAP)
        self._stacked: bool | None = None
        self._words = QWidget()
        words = QHBoxLayout(self._words)
        words.setContentsMargins(0, 0, 0, 0)
        words.setSpacing(4)
        words.addWidget(self.error, 1)
        words.addWidget(self.again_button, alignment=Qt.AlignmentFlag.AlignTop)
        words.addWidget(self.close_button, alignment=Qt.AlignmentFlag.AlignTop)
        layout = self._column = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self._room, 1)
        layout.addWidget(self._words)
        self.set_comparison(None)
        self.set_edit(None, None)

    def set_edit(self, image: NDArray[np.uint8] | None, step: int | None) -> None:
        """Show what the latent looks like, drawn by the weights of this step."""
        self.edit.set_image(image)
        self.edit.set_caption("edit" if step is None else f"edit · {named_step(step)}")
        self._arrange()

    def set_comparison(self, comparison: Comparison | None, can_repeat: bool = False) -> None:
        """Show what the edit began as, or the edit alone; `can_repeat`: weights are newer."""
        there = comparison is not None
        for each in (self.original, self.reconstruction, self._words):
            each.setVisible(there)
        self.again_button.setVisible(there and can_repeat)
        if comparison is None:
            self.error.clear()
            self._arrange()
            return
        self.original.set_image(comparison.original)
        self.reconstruction.set_image(comparison.reconstruction)
        self._arrange()
        text = f"error {comparison.error:.3f}"
        if comparison.error_without_noise is not None:
            text += f" (without noise {comparison.error_without_noise:.3f})"
        if can_repeat:
            text += f", encoded at {named_step(comparison.step)}"
        self.error.setText(text)
        self.error.setToolTip(
            "Mean squared pixel error of the reconstruction, images from 0 to 1; in brackets with "
            "the noise at zero.\nWhat the reconstruction lacks is not the edit's fault."
        )

    def _arrange(self) -> None:
        """All in a row, or the edit below the others where that makes them larger."""
        stacked = not self.original.isHidden() and self._is_larger_stacked()
        if stacked == self._stacked:
            return
        self._stacked = stacked
        for view in (self.original, self.reconstruction, self.edit):
            self._pictures.removeWidget(view)
        self._pictures.addWidget(self.original, 0, 0)
        self._pictures.addWidget(self.reconstruction, 0, 1)
        if stacked:
            self._pictures.addWidget(self.edit, 1, 0, 1, 2)
        else:
            self._pictures.addWidget(self.edit, 0, 2)

    def _is_larger_stacked(self) -> bool:
        words = self.edit.caption_height
        width, height = self._room.width(), self._room.height()
        in_a_row = min((width - 2 * _GAP) / 3, height - words)
        return min((width - _GAP) / 2, (height - _GAP) / 2 - words) > in_a_row

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._column.activate()
        self._arrange()
