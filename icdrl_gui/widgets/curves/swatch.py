"""`swatch`: a square in the colour of a run's curves."""

from functools import cache

from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap

# Enough for a screen that has several pixels for one.
_SIZE_PX, _EDGE_PX = 48, 7


@cache
def swatch(colour: str, ground: str) -> QIcon:
    """With an edge in the colour of the ground, which sets it off from a selected row."""
    pixmap = QPixmap(_SIZE_PX, _SIZE_PX)
    pixmap.fill(QColor(ground))
    painter = QPainter(pixmap)
    inside = pixmap.rect().adjusted(_EDGE_PX, _EDGE_PX, -_EDGE_PX, -_EDGE_PX)
    painter.fillRect(inside, QColor(colour))
    painter.end()
    icon = QIcon(pixmap)
    # Qt would blend it with the colour of the selection.
    icon.addPixmap(pixmap, QIcon.Mode.Selected)
    return icon
