"""A picture with a caption: pixels stay pixels, and lie sharp on the screen's own."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QMimeData, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDropEvent,
    QImage,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QVBoxLayout, QWidget

from icdrl_gui.theme import colours

IMAGE_SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".tif", ".tiff")


def dropped_image(mime: QMimeData) -> Path | None:
    """The image file that is being dragged, if it is one and alone."""
    paths = [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]
    if len(paths) == 1 and paths[0].suffix.lower() in IMAGE_SUFFIXES:
        return paths[0]
    return None


class ImageView(QWidget):
    """Shows uint8 (H, W, 1 or 3) as large as a whole number of screen pixels per pixel allows."""

    dropped = Signal(Path)

    def __init__(
        self,
        name: str,
        placeholder: str = "",
        accept_drops: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        """`name` is for screen readers; `placeholder` stands where there is no picture."""
        super().__init__(parent)
        self._canvas = _Canvas(placeholder)
        self._canvas.setAccessibleName(name)
        self._caption = QLabel()
        self._caption.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._caption.setWordWrap(True)
        self._caption.setProperty("role", "muted")
        self.setAcceptDrops(accept_drops)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self._canvas, 1)
        layout.addWidget(self._caption)

    @property
    def image(self) -> NDArray[np.uint8] | None:
        """What is shown."""
        return self._canvas.pixels

    @property
    def caption(self) -> str:
        """What stands below."""
        return self._caption.text()

    def set_image(self, image: NDArray[np.uint8] | None) -> None:
        """Show another picture; None: the placeholder."""
        self._canvas.show_pixels(image)

    def set_caption(self, text: str) -> None:
        """Say what it is."""
        self._caption.setText(text)
        self._canvas.setAccessibleDescription(text)

    def set_placeholder(self, text: str) -> None:
        """What stands where there is no picture."""
        self._canvas.placeholder = text
        self._canvas.update()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped_image(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        if path := dropped_image(event.mimeData()):
            event.acceptProposedAction()
            self.dropped.emit(path)


class _Canvas(QFrame):
    def __init__(self, placeholder: str) -> None:
        super().__init__()
        self.placeholder = placeholder
        self.pixels: NDArray[np.uint8] | None = None
        self._image = QImage()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_pixels(self, pixels: NDArray[np.uint8] | None) -> None:
        self.pixels = pixels
        self._image = QImage() if pixels is None else _as_qimage(pixels)
        self.update()

    def _place(self) -> QRectF:
        """Where the picture lies: whole screen pixels, in the middle."""
        ratio = self.devicePixelRatioF()
        room_x, room_y = int(self.width() * ratio), int(self.height() * ratio)
        wide, high = self._image.width(), self._image.height()
        zoom: float = min(room_x // wide, room_y // high)
        if zoom < 1:
            zoom = min(room_x / wide, room_y / high)
        wide, high = int(wide * zoom), int(high * zoom)
        left, top = (room_x - wide) // 2, (room_y - high) // 2
        return QRectF(left / ratio, top / ratio, wide / ratio, high / ratio)

    def sizeHint(self) -> QSize:
        return QSize(192, 192)

    def minimumSizeHint(self) -> QSize:
        return QSize(66, 66)

    def paintEvent(self, event: QPaintEvent) -> None:
        of = colours(self.palette())
        with QPainter(self) as painter:
            if self._image.isNull():
                edge = self.rect().adjusted(1, 1, -2, -2)
                painter.setPen(QPen(QColor(of.border), 1, Qt.PenStyle.DashLine))
                painter.drawRect(edge)
                painter.setPen(QColor(of.muted))
                flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
                painter.drawText(edge.adjusted(8, 8, -8, -8), flags, self.placeholder)
                return
            place = self._place()
            # Pixels are only blended where there are more of them than on the screen.
            painter.setRenderHint(
                QPainter.RenderHint.SmoothPixmapTransform,
                place.width() * self.devicePixelRatioF() < self._image.width(),
            )
            painter.drawImage(place, self._image)


def _as_qimage(pixels: NDArray[np.uint8]) -> QImage:
    """A copy of uint8 (H, W, 1 or 3)."""
    height, width, channels = pixels.shape
    kind = QImage.Format.Format_Grayscale8 if channels == 1 else QImage.Format.Format_RGB888
    data = np.ascontiguousarray(pixels)
    return QImage(data.data, width, height, width * channels, kind).copy()
