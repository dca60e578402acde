"""Plots as a picture for a paper: light whatever the theme, with a legend, as pixels or SVG."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtSvg import QSvgGenerator

from icdrl_gui.theme import LIGHT
from icdrl_gui.widgets.curve_data import Plot
from icdrl_gui.widgets.curve_grid import CurveGrid
from icdrl_gui.widgets.curve_legend import LegendEntry
from icdrl_gui.widgets.plot_axes import XAxis

SIZE = QSize(1100, 560)
SCALE = 2
"""Pixels of an image per pixel of `SIZE`, so that it is sharp in print."""

_MARGIN = 12

# pyqtgraph draws axes for the screen first; another resolution would shift them.
_SCREEN_DPI = 96


@dataclass(frozen=True)
class Sheet:
    """What to draw.

    Attributes:
        plots, x_axis, log_y: as in `CurveGrid.show_plots`.
        x_range: the part that is in sight; None: all.
        legend: the runs.
        note: what else a reader should know: axis, smoothing.
    """

    plots: Sequence[Plot]
    x_axis: XAxis
    log_y: bool
    x_range: tuple[float, float] | None
    legend: Sequence[LegendEntry]
    note: str


def as_pixels(sheet: Sheet) -> NDArray[np.uint8]:
    """(H, W, 3) uint8."""
    image = QImage(SIZE * SCALE, QImage.Format.Format_RGB888)
    image.fill(QColor(LIGHT.surface))
    image.setDevicePixelRatio(SCALE)
    painter = QPainter(image)
    _draw(sheet, painter)
    painter.end()
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : image.width() * 3].reshape(image.height(), image.width(), 3).copy()


def as_svg(sheet: Sheet) -> bytes:
    """An SVG with real text and lines."""
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    # Version 1.1 clips curves to their plots, which Tiny can't.
    generator = QSvgGenerator(QSvgGenerator.SvgVersion.Svg11)
    generator.setResolution(_SCREEN_DPI)
    generator.setOutputDevice(buffer)
    generator.setSize(SIZE)
    generator.setViewBox(QRect(QPoint(0, 0), SIZE))
    generator.setTitle("Losses")
    painter = QPainter(generator)
    painter.fillRect(QRect(QPoint(0, 0), SIZE), QColor(LIGHT.surface))
    _draw(sheet, painter)
    painter.end()
    buffer.close()
    return bytes(content.data())


def _draw(sheet: Sheet, painter: QPainter) -> None:
    grid = CurveGrid(paper=True)
    try:
        height = _draw_legend(sheet, painter, grid.fontMetrics().height())
        grid.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
        grid.resize(SIZE.width() - 2 * _MARGIN, SIZE.height() - height - _MARGIN)
        grid.show()
        grid.show_plots(sheet.plots, sheet.x_axis, sheet.log_y)
        if sheet.x_range:
            grid.show_range(*sheet.x_range)
            grid.redraw()
        for plot in grid.shown:
            corner = plot.mapTo(grid, QPoint(0, 0)) + QPoint(_MARGIN, height)
            plot.render_to(painter, QRectF(QRect(corner, plot.size())))
    finally:
        grid.close()
        grid.deleteLater()


def _draw_legend(sheet: Sheet, painter: QPainter, line: int) -> int:
    """The runs' numbers and names, then the note; the height that they take."""
    x, y = _MARGIN, _MARGIN
    metrics = painter.fontMetrics()

    def write(text: str, colour: str, gap: int) -> None:
        nonlocal x, y
        width = metrics.horizontalAdvance(text)
        if x > _MARGIN and x + width > SIZE.width() - _MARGIN:
            x, y = _MARGIN, y + line + 4
        painter.setPen(QColor(colour))
        painter.drawText(QPoint(x, y + metrics.ascent()), text)
        x += width + gap

    for number, name, colour in sheet.legend:
        write(f"{number}  {name}", LIGHT.curves[colour], 24)
    write(sheet.note, LIGHT.muted, 0)
    return y + line + _MARGIN
