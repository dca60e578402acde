"""`ZoomBox`: how large the images of a grid are."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QWidget

_ZOOMS = (1, 2, 3, 4, 6, 8)


class ZoomBox(QComboBox):
    """Fitted to the room, or so many pixels of the screen for each pixel of an image."""

    zoom_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.addItem("fit", 0)
        for zoom in _ZOOMS:
            self.addItem(f"{zoom}×", zoom)
        self.setAccessibleName("zoom")
        self.setToolTip("Size of the images: Ctrl+wheel, or + and − and 0 in the grid")
        self.activated.connect(lambda index: self.zoom_chosen.emit(self.itemData(index)))

    @Slot(int)
    def show_zoom(self, zoom: int) -> None:
        """Show what was chosen elsewhere."""
        if self.findData(zoom) < 0:
            place = next((i for i in range(self.count()) if self.itemData(i) > zoom), self.count())
            self.insertItem(place, f"{zoom}×", zoom)
        self.setCurrentIndex(self.findData(zoom))
