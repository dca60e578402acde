"""A picture with a caption: pixels stay pixels, and lie sharp on the screen's own."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QMimeData, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.files.images import IMAGE_SUFFIXES
from icdrl_gui.theme import colours


def dropped_image(mime: QMimeData) -> Path | None:
    """The image file that is being dragged, if it is one and alone."""
    paths = [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]
    if len(paths) == 1 and paths[0].suffix.lower() in IMAGE_SUFFIXES:
        return paths[0]
    return None


class ImageView(QWidget):
    """Shows uint8 (H, W, 1 or 3) as large as its room allows, each pixel with crisp edges.

    Attributes:
        image: what is shown; None: the placeholder.
        placeholder: what stands where there is no picture.
        caption: what stands below it.
    """

    def __init__(self, name: str, placeholder: str = "", parent: QWidget | None = None) -> None:
        """`name` is for screen readers; `placeholder` stands where there is no picture."""
        super().__init__(parent)
        self.image: NDArray[np.uint8] | None = None
        self.caption = ""
        self.placeholder = placeholder
        self._drawn = QImage()
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def set_image(self, image: NDArray[np.uint8] | None) -> None:
        """Show another picture; None: the placeholder."""
        self.image = image
        self._drawn = QImage() if image is None else _as_qimage(image)
        self.update()

    def set_caption(self, text: str) -> None:
        """Say what it is."""
        self.caption = text
        self.setAccessibleDescription(text)
        self.update()

    def set_placeholder(self, text: str) -> None:
        """What stands where there is no picture."""
        self.placeholder = text
        self.update()

    @property
    def caption_height(self) -> int:
        """Pixels below the picture that the caption takes."""
        return self.fontMetrics().height() + 4

    def _place(self) -> QRectF:
        """Where the picture lies: whole screen pixels, in the middle together with its caption."""
        ratio = self.devicePixelRatioF()
        words = int(self.caption_height * ratio)
        room_x, room_y = int(self.width() * ratio), max(int(self.height() * ratio) - words, 1)
        wide, high = self._drawn.width(), self._drawn.height()
        zoom = min(room_x / wide, room_y / high)
        wide, high = int(wide * zoom), int(high * zoom)
        left, top = (room_x - wide) // 2, (room_y - high) // 2
        return QRectF(left / ratio, top / ratio, wide / ratio, high / ratio)

    def sizeHint(self) -> QSize:
        return QSize(96, 96 + self.caption_height)

    def minimumSizeHint(self) -> QSize:
        return QSize(64, 64 + self.caption_height)

    def paintEvent(self, event: QPaintEvent) -> None:
        of = colours(self.palette())
        with QPainter(self) as painter:
            if self._drawn.isNull():
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
                place.width() * self.devicePixelRatioF() < self._drawn.width(),
            )
            painter.drawImage(place, self._drawn)
            painter.setPen(QColor(of.muted))
            below = QRectF(0, place.bottom() + 2, self.width(), self.caption_height)
            mode, flags = Qt.TextElideMode.ElideRight, Qt.AlignmentFlag.AlignHCenter
            text = self.fontMetrics().elidedText(self.caption, mode, self.width())
            painter.drawText(below, flags, text)


def _as_qimage(pixels: NDArray[np.uint8]) -> QImage:
    """A copy of uint8 (H, W, 1 or 3)."""
    height, width, channels = pixels.shape
    kind = QImage.Format.Format_Grayscale8 if channels == 1 else QImage.Format.Format_RGB888
    data = np.ascontiguousarray(pixels)
    return QImage(data.data, width, height, width * channels, kind).copy()
