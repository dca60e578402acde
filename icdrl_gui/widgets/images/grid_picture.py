"""`GridPicture`: a mosaic with labels beside and values above it, drawn and found by place."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from icdrl_gui.theme import Colours
from icdrl_gui.widgets.images.mosaic import Geometry, Mosaic, Pixels, fitted

_PADDING = 6
_ABOVE = 3
_FRAME = 2
_LABELS_SHARE = 0.33
_LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextSingleLine
_CENTRE = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextSingleLine


@dataclass(frozen=True)
class GridRow:
    """What is written about a row.

    Attributes:
        name: what it is called for good, such as c1; may be empty.
        label: the name that a person gave it.
        follows: the factor that it follows most, `posX .81`; its name where a person gave none.
        about: what `follows` means.
        note: a remark, such as unused.
        faded: whether name and label stand back.
        values: a text for each of its images; may be empty.
        header: whether the values stand above the columns while the cursor is in the row.
    """

    name: str = ""
    label: str = ""
    follows: str = ""
    about: str = ""
    note: str = ""
    faded: bool = False
    values: tuple[str, ...] = ()
    header: bool = True

    @property
    def title(self) -> str:
        """Name, and label or what it follows."""
        return f"{self.name} {self.label or self.follows}".strip()


class GridPicture:
    """Lies in the middle of a viewport; scrolled, with labels and values in view, if it is larger.

    Attributes:
        left, top: where the cells begin, beside the labels and below the values.
        scroll: by how many logical pixels the cells are scrolled.
    """

    def __init__(
        self,
        images: Pixels,
        rows: Sequence[GridRow],
        counts: Sequence[int],
        room: QSizeF,
        font: QFont,
        ratio: float,
        zoom: int,
    ) -> None:
        """Work out where everything goes.

        images: (R, T, H, W, C) uint8, of which `counts` are shown in each row.
        room: of the viewport; ratio: its device pixels per logical pixel; zoom: as in `fitted`.
        """
        self.images, self.rows, self.counts = images, tuple(rows), tuple(counts)
        self.scroll = QPointF()
        self._font, self._metrics = font, QFontMetricsF(font)
        line = self._metrics.height()
        texts = [text for row in rows for text in (row.title, row.note) if text]
        widest = max(map(self._metrics.horizontalAdvance, texts), default=0.0)
        most = max(60.0, room.width() * _LABELS_SHARE)
        labels = min(widest + 2 * _PADDING, most) if texts else 0.0
        has_header = any(row.values and row.header for row in rows)
        header = line + _PADDING + _ABOVE if has_header else 0.0
        # The frame around a cell lies outside of it.
        inner = (room.height() - header - _FRAME, room.width() - labels - _FRAME)
        shape = (images.shape[0], images.shape[1], images.shape[2], images.shape[3])
        self.geometry: Geometry = fitted(shape, inner, ratio, zoom, line + 2 if texts else 0)
        self._labels_left = max(0.0, (inner[1] - self.geometry.width) / 2)
        self._values_top = max(0.0, (inner[0] - self.geometry.height) / 2)
        self.left, self.top = self._labels_left + labels, self._values_top + header
        self._mosaic: Mosaic | None = None

    @property
    def mosaic(self) -> Mosaic:
        """All cells; there after `fill`."""
        assert self._mosaic is not None
        return self._mosaic

    def fill(self, background: QColor) -> None:
        """Put the images into a mosaic of this size."""
        self._mosaic = Mosaic(self.geometry, background)
        self._mosaic.write(self.images, self.counts)

    def renew(self, images: Pixels) -> None:
        """Put other images of the same shape in the same places."""
        self.images = images
        self.mosaic.write(images, self.counts)

    @property
    def origin(self) -> QPointF:
        """Where the first cell's corner lies on the viewport."""
        return QPointF(self.left, self.top) - self.scroll

    def label_place(self, row: int) -> QRectF:
        """Where a row's label is written on the viewport."""
        cell = self.geometry.place(row, 0).translated(self.origin)
        height = max(cell.height(), self._metrics.height())
        middle = cell.center().y() - height / 2
        left = self._labels_left
        return QRectF(left + _PADDING, middle, self.left - left - 2 * _PADDING, height)

    def cell_at(self, point: QPointF) -> tuple[int, int] | None:
        """The cell under a point of the viewport."""
        if point.x() < self.left or point.y() < self.top:
            return None
        cell = self.geometry.cell_at(point - self.origin)
        return cell if cell and cell[1] < self.counts[cell[0]] else None

    def label_at(self, point: QPointF) -> int | None:
        """The row whose label is under a point of the viewport."""
        if point.x() >= self.left or point.y() < self.top:
            return None
        return self.geometry.row_at(point.y() - self.origin.y())

    def told(self, row: int, column: int) -> str:
        """A cell in words."""
        about = self.rows[row]
        value = about.values[column] if column < len(about.values) else ""
        what = about.title or f"row {row + 1}, image {column + 1}"
        told = f"{what} = {value}" if value else what
        return f"{told} ({about.note})" if about.note else told

    def paint(
        self, painter: QPainter, room: QSizeF, of: Colours, current: tuple[int, int], focused: bool
    ) -> None:
        """Draw on the viewport, whose size is `room`, with a frame around the cell `current`."""
        painter.setFont(self._font)
        painter.save()
        painter.setClipRect(
            QRectF(
                self.left, self.top, room.width() - self.left, room.height() - self.top
            ).adjusted(-_FRAME, -_FRAME, 0, 0)
        )
        self._paint_cells(painter, of, current, focused)
        painter.restore()
        painter.save()
        painter.setClipRect(QRectF(0, self.top, self.left, room.height() - self.top))
        for row in range(len(self.rows)):
            self._paint_label(painter, of, row, focused and row == current[0])
        painter.restore()
        if self.rows[current[0]].values and self.rows[current[0]].header:
            painter.setPen(QColor(of.muted))
            self._paint_values(painter, room, current[0])

    def _paint_cells(
        self, painter: QPainter, of: Colours, current: tuple[int, int], focused: bool
    ) -> None:
        ratio = self.geometry.ratio
        # Where the ratio is no whole number the corner may lie between two device pixels.
        device = painter.deviceTransform().map(self.origin)
        x, y = (round(each) - each for each in (device.x(), device.y()))
        painter.translate(self.origin + QPointF(x / ratio, y / ratio))
        painter.save()
        scale = self.geometry.zoom / ratio
        painter.scale(scale, scale)
        painter.drawImage(0, 0, self.mosaic.image)
        painter.restore()
        cell = self.geometry.place(*current)
        width = float(_FRAME) if focused else 1.0
        painter.setPen(QPen(QColor(of.accent if focused else of.muted), width))
        painter.drawRect(cell.adjusted(-width / 2, -width / 2, width / 2, width / 2))

    def _paint_label(self, painter: QPainter, of: Colours, row: int, accented: bool) -> None:
        about, place, height = self.rows[row], self.label_place(row), self._metrics.height()
        lines = [line for line in (about.title, about.note) if line]
        if place.height() < len(lines) * height:
            lines = [" · ".join(lines)]
        line_place = QRectF(place.left(), 0, place.width(), height)
        line_place.moveTop(place.center().y() - len(lines) * height / 2)
        for i, line in enumerate(lines):
            painter.setPen(QColor(of.muted if about.faded or i else of.text))
            if accented and i == 0:
                painter.setPen(QColor(of.accent))
            text = self._metrics.elidedText(line, Qt.TextElideMode.ElideRight, place.width())
            painter.drawText(line_place, int(_LEFT), text)
            line_place.translate(0, height)

    def _paint_values(self, painter: QPainter, room: QSizeF, row: int) -> None:
        """The values of the cursor's row, above the columns; and whose they are, if rows differ."""
        values, height = self.rows[row].values, self._metrics.height()
        labels, top = self.label_place(row), self._values_top + _ABOVE
        if labels.width() > 0 and any(other.values != values for other in self.rows):
            place = QRectF(labels.left(), top, labels.width(), height)
            painter.drawText(place, int(_LEFT), f"{self.rows[row].name} =")
        painter.save()
        painter.setClipRect(QRectF(self.left, 0, room.width() - self.left, self.top))
        pitch = self.geometry.place(row, 1).left()
        widest = max(map(self._metrics.horizontalAdvance, values)) + 2
        every = max(1, int(-(-(widest + _PADDING) // pitch)))
        for column in range(0, len(values), every):
            centre = self.geometry.place(row, column).center().x() + self.origin.x()
            place = QRectF(centre - widest / 2, top, widest, height)
            painter.drawText(place, int(_CENTRE), values[column])
        painter.restore()
