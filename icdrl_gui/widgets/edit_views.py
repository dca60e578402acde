"""The edited picture, beside the image it comes from and that image's reconstruction."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from icdrl_gui.widgets.image_view import ImageView


@dataclass(frozen=True)
class Comparison:
    """An image uint8 (H, W, C), its reconstruction, and the mean squared pixel errors."""

    original: NDArray[np.uint8]
    reconstruction: NDArray[np.uint8]
    error: float
    error_without_noise: float | None
    step: int


class EditViews(QWidget):
    """One picture, or three side by side: original, reconstruction, edit."""

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
        self._again = _button("Encode again", "Encode the image with the weights on show.")
        self._close = _button("Close image", "Compare with the image no longer; the latent stays.")
        self._again.clicked.connect(self.again)
        self._close.clicked.connect(self.closed)
        pictures = QHBoxLayout()
        pictures.setSpacing(6)
        for view in (self.original, self.reconstruction, self.edit):
            pictures.addWidget(view, 1)
        self._words = QWidget()
        words = QHBoxLayout(self._words)
        words.setContentsMargins(0, 0, 0, 0)
        words.setSpacing(4)
        words.addWidget(self.error, 1)
        words.addWidget(self._again, alignment=Qt.AlignmentFlag.AlignTop)
        words.addWidget(self._close, alignment=Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(pictures, 1)
        layout.addWidget(self._words)
        self.set_comparison(None)
        self.set_edit(None, None)

    def set_edit(self, image: NDArray[np.uint8] | None, step: int | None) -> None:
        """Show what the latent looks like, drawn by the weights of this step."""
        self.edit.set_image(image)
        self.edit.set_caption("edit" if step is None else f"edit · step {step:,}")

    def set_comparison(self, comparison: Comparison | None, can_repeat: bool = False) -> None:
        """Show what the edit began as, or the edit alone; `can_repeat`: weights are newer."""
        there = comparison is not None
        for each in (self.original, self.reconstruction, self._words):
            each.setVisible(there)
        self._again.setVisible(there and can_repeat)
        if comparison is None:
            self.error.clear()
            return
        self.original.set_image(comparison.original)
        self.reconstruction.set_image(comparison.reconstruction)
        text = f"error {comparison.error:.3f}"
        if comparison.error_without_noise is not None:
            text += f" (without noise {comparison.error_without_noise:.3f})"
        if can_repeat:
            text += f", encoded at step {comparison.step:,}"
        self.error.setText(text)
        self.error.setToolTip(
            "Mean squared pixel error of the reconstruction, images from 0 to 1; in brackets with "
            "the noise at zero.\nWhat the reconstruction lacks is not the edit's fault."
        )


def _button(text: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setToolTip(tip)
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return button
