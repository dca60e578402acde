"""`ImageGridView`: rows of small images as one crisp mosaic, with labels, values and a cursor."""

from collections.abc import Callable, Sequence
from math import ceil, floor
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, QSize, QSizeF, Qt, QUrl, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QDrag,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QToolTip, QWidget

from icdrl_gui.theme import colours
from icdrl_gui.widgets.images.grid_picture import GridPicture, GridRow
from icdrl_gui.widgets.images.label_editor import LabelEditor
from icdrl_gui.widgets.images.mosaic import LARGEST_ZOOM, Geometry, Pixels
from icdrl_gui.widgets.plain_text import plain_tip

__all__ = ["GridRow", "ImageGridView"]

_DRAGGED_WIDTH = 220
_ARROWS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}
_HARMLESS = Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier


class ImageGridView(QAbstractScrollArea):
    """Shows images (R, T, H, W, C); arrows move the cursor, a click or Enter chooses a cell.

    Ctrl+wheel, + and - zoom, 0 fits. F2 or a double click on a label renames the row. What is
    dragged out is the file that `drag_file` writes: of the row whose label is dragged, or of all.
    """

    cell_chosen = Signal(int, int)
    current_changed = Signal(int, int)
    label_edited = Signal(int, str)
    zoom_changed = Signal(int)

    def __init__(self, name: str, renames: bool = False, parent: QWidget | None = None) -> None:
        """An empty grid.

        name: what it shows, for screen readers.
        renames: whether the labels of rows can be edited.
        """
        super().__init__(parent)
        self.drag_file: Callable[[int | None], Path | None] | None = None
        self._renames = renames
        self._picture: GridPicture | None = None
        self._zoom = 0
        self._current = 0, 0
        self._pressed: QPointF | None = None
        self._editor = LabelEditor(self.viewport())
        self._editor.committed.connect(self._commit_label)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setFocusProxy(self)

    @property
    def zoom(self) -> int:
        """Device pixels per pixel of an image; 0: fitted to the room."""
        return self._zoom

    @property
    def current(self) -> tuple[int, int]:
        """(row, column) of the cursor."""
        return self._current

    @property
    def cells(self) -> Geometry | None:
        """Where the cells lie; None while there are none."""
        return self._picture.geometry if self._picture else None

    def show_images(
        self, images: Pixels, rows: Sequence[GridRow], counts: Sequence[int] = ()
    ) -> None:
        """Show images (R, T, H, W, C) uint8, C 1 or 3; `counts`: how many each row has, or all."""
        counts = tuple(counts) or (images.shape[1],) * len(images)
        before = self._picture
        if (
            before
            and before.images.shape == images.shape
            and (before.rows, before.counts) == (tuple(rows), counts)
        ):
            before.renew(images)
            self.viewport().update()
            return
        row = min(self._current[0], len(rows) - 1)
        self._current = row, min(self._current[1], counts[row] - 1)
        self._lay_out(images, rows, counts)
        self._describe()

    def clear(self) -> None:
        """Show nothing."""
        self._picture = None
        self._current = 0, 0
        self._editor.hide()
        self._show_bars(0, 0)
        self.viewport().update()

    def set_zoom(self, zoom: int) -> None:
        """So many device pixels per pixel of an image; 0: as many as fit."""
        zoom = max(0, min(LARGEST_ZOOM, zoom))
        if zoom != self._zoom:
            self._zoom = zoom
            self._lay_out_again()
            self.zoom_changed.emit(zoom)

    def set_current(self, row: int, column: int) -> None:
        """Move the cursor, and scroll to where it is."""
        if self._picture is None:
            return
        row = max(0, min(row, len(self._picture.rows) - 1))
        column = max(0, min(column, self._picture.counts[row] - 1))
        if (row, column) != self._current:
            self._current = row, column
            self._scroll_to_current()
            self._describe()
            self.current_changed.emit(row, column)
            self.viewport().update()

    def edit_label(self, row: int) -> None:
        """Let a person name the row `row`."""
        if self._renames and self._picture:
            place = self._picture.label_place(row)
            self._editor.begin(row, self._picture.rows[row].label, place)

    def drag_contents(self, row: int | None = None) -> QMimeData:
        """What is dragged out: the picture, and the file of it if `drag_file` writes one."""
        mime = QMimeData()
        if self._picture:
            mime.setImageData(self._picture.mosaic.image.copy())
        if self.drag_file and (path := self.drag_file(row)):
            mime.setUrls([QUrl.fromLocalFile(str(path))])
        return mime

    def _lay_out_again(self) -> None:
        if self._picture:
            self._lay_out(self._picture.images, self._picture.rows, self._picture.counts)

    def _lay_out(self, images: Pixels, rows: Sequence[GridRow], counts: Sequence[int]) -> None:
        """Work out where everything goes.

        Scroll bars are there or not as is worked out here: one that came by itself would change
        the room, and with it whether it is needed.
        """

        def picture(room: QSizeF) -> GridPicture:
            ratio = self.devicePixelRatioF()
            return GridPicture(images, rows, counts, room, self.font(), ratio, self._zoom)

        room = QSizeF(self.contentsRect().size())
        new = picture(room)
        if new.geometry.height + new.top > room.height():
            room.setWidth(room.width() - self.verticalScrollBar().sizeHint().width())
            new = picture(room)
        new.fill(QColor(colours(self.palette()).surface))
        self._picture = new
        self._editor.hide()
        self._show_bars(new.left + new.geometry.width + 2, new.top + new.geometry.height + 2)
        self._follow_bars()
        self.viewport().update()

    def _show_bars(self, width: float, height: float) -> None:
        """Let contents of this size be scrolled."""
        room, bars = self.contentsRect(), (self.horizontalScrollBar(), self.verticalScrollBar())
        across, down = bars
        is_high = height - 2 > room.height()
        page_width = room.width() - down.sizeHint().width() * is_high
        is_wide = width - 2 > page_width
        page_height = room.height() - across.sizeHint().height() * is_wide
        never = Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        always = Qt.ScrollBarPolicy.ScrollBarAlwaysOn
        self.setHorizontalScrollBarPolicy(always if is_wide else never)
        self.setVerticalScrollBarPolicy(always if is_high else never)
        for bar, whole, page in ((across, width, page_width), (down, height, page_height)):
            bar.setRange(0, max(0, round(whole - page)))
            bar.setPageStep(page)
            bar.setSingleStep(24)

    def _follow_bars(self) -> None:
        if self._picture:
            across, down = self.horizontalScrollBar().value(), self.verticalScrollBar().value()
            self._picture.scroll = QPointF(across, down)

    def _scroll_to_current(self) -> None:
        if self._picture is None:
            return
        picture, port = self._picture, self.viewport().rect()
        cell = picture.geometry.place(*self._current).translated(picture.origin)
        for bar, (low, high), (least, most) in (
            (
                self.horizontalScrollBar(),
                (cell.left() - 2, cell.right() + 2),
                (picture.left, port.width()),
            ),
            (
                self.verticalScrollBar(),
                (cell.top() - 2, cell.bottom() + 2),
                (picture.top, port.height()),
            ),
        ):
            if low < least:
                bar.setValue(bar.value() + floor(low - least))
            elif high > most:
                bar.setValue(bar.value() + ceil(high - most))

    def _describe(self) -> None:
        if self._picture:
            self.setAccessibleDescription(self._picture.told(*self._current))

    @Slot(int, str)
    def _commit_label(self, row: int, text: str) -> None:
        self.setFocus()
        rows = self._picture.rows if self._picture else ()
        if row < len(rows) and text != rows[row].label:
            self.label_edited.emit(row, text)

    def _start_drag(self, row: int | None) -> None:
        if self._picture is None or self.drag_file is None:
            return
        drag = QDrag(self)
        drag.setMimeData(self.drag_contents(row))
        drag.setPixmap(QPixmap.fromImage(self._picture.mosaic.image.scaledToWidth(_DRAGGED_WIDTH)))
        drag.exec(Qt.DropAction.CopyAction)

    def _zoom_in(self, is_in: bool) -> None:
        """To the next whole zoom above or below what is seen."""
        if self._picture:
            cells = self._picture.geometry
            seen = cells.cell[1] * cells.zoom / self._picture.images.shape[3]
            self.set_zoom(max(1, floor(seen) + 1 if is_in else ceil(seen) - 1))

    def _tip_at(self, place: QPoint) -> str:
        if self._picture is None:
            return ""
        if cell := self._picture.cell_at(QPointF(place)):
            return self._picture.told(*cell)
        row = self._picture.label_at(QPointF(place))
        if row is None:
            return ""
        found = self._picture.rows[row]
        how = f"{found.title}: double click or press F2 to name it" if self._renames else ""
        return "\n".join(line for line in (how, found.about) if line)

    def sizeHint(self) -> QSize:
        """Room for eleven images of 64 pixels beside their labels."""
        return QSize(820, 360)

    def minimumSizeHint(self) -> QSize:
        """It scrolls."""
        return QSize(160, 90)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw what is there."""
        if self._picture is None:
            return
        if self._picture.geometry.ratio != self.devicePixelRatioF():
            self._lay_out_again()
        painter = QPainter(self.viewport())
        room, of = QSizeF(self.viewport().size()), colours(self.palette())
        self._picture.paint(painter, room, of, self._current, self.hasFocus())
        painter.end()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Labels and values stay where they are, so all is drawn anew."""
        self._editor.hide()
        self._follow_bars()
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit anew."""
        self._lay_out_again()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme and the font."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._lay_out_again()

    def viewportEvent(self, event: QEvent) -> bool:
        """Tell a cell's code and value under the mouse."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(
                event.globalPos(), plain_tip(self._tip_at(event.pos())), self.viewport()
            )
            return True
        return super().viewportEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows, Home, End; Enter or Space; F2; + - 0."""
        key, (row, column) = event.key(), self._current
        if self._picture is None or event.modifiers() & ~_HARMLESS:
            super().keyPressEvent(event)
        elif key in _ARROWS:
            down, right = _ARROWS[Qt.Key(key)]
            self.set_current(row + down, column + right)
        elif key == Qt.Key.Key_Home:
            self.set_current(row, 0)
        elif key == Qt.Key.Key_End:
            self.set_current(row, self._picture.counts[row] - 1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.cell_chosen.emit(row, column)
        elif key == Qt.Key.Key_F2:
            self.edit_label(row)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Minus):
            self._zoom_in(key == Qt.Key.Key_Plus)
        elif key == Qt.Key.Key_0:
            self.set_zoom(0)
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom with Ctrl, else scroll."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.setFocus()  # So that 0 fits again.
            if event.angleDelta().y():
                self._zoom_in(event.angleDelta().y() > 0)
            event.accept()
        else:
            super().wheelEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The cursor goes there."""
        if self._picture is None or event.button() != Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        self._pressed = event.position()
        if cell := self._picture.cell_at(event.position()):
            self.set_current(*cell)
        elif (row := self._picture.label_at(event.position())) is not None:
            self.set_current(row, self._current[1])

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the picture out."""
        if self._picture is None or self._pressed is None:
            return
        moved = (event.position() - self._pressed).manhattanLength()
        row = self._picture.label_at(self._pressed)
        held = row is not None or self._picture.cell_at(self._pressed) is not None
        if held and moved >= QApplication.startDragDistance():
            self._pressed = None
            self._start_drag(row)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click chooses the cell."""
        if self._picture and self._pressed is not None:
            cell = self._picture.cell_at(event.position())
            if cell and cell == self._picture.cell_at(self._pressed):
                self.cell_chosen.emit(*cell)
        self._pressed = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """On a label: rename the row; elsewhere it is two clicks."""
        row = self._picture.label_at(event.position()) if self._picture else None
        if row is not None and event.button() == Qt.MouseButton.LeftButton:
            self.edit_label(row)
        else:
            self.mousePressEvent(event)
