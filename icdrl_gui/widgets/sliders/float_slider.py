"""A slider over real numbers that tells a move in progress from a finished one."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QSlider, QWidget

from icdrl_gui.theme import colours

STEP, COARSE, FINE = 0.1, 0.5, 0.01
BURST_MS = 700

_TICKS = 1000
_MARGIN = 10
_HANDLE = 6.5


def step_of_key(event: QKeyEvent) -> float:
    """How far an arrow key goes: Shift is coarse, Ctrl is fine."""
    if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
        return COARSE
    if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
        return FINE
    return STEP


class FloatSlider(QSlider):
    """Goes in thousandths. The range `marked` is drawn bold, `centre` is where 0 and a double
    click lead.

    A drag, or a burst of key presses, emits `moving` with each number and `moved` at its end.
    """

    moving = Signal(float)
    moved = Signal(float)

    def __init__(
        self,
        low: float,
        high: float,
        marked: tuple[float, float],
        centre: float,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._marked, self._centre = marked, centre
        self._silent = False
        self._grip: float | None = None
        self._burst = QTimer(self, singleShot=True, interval=BURST_MS)
        self._burst.timeout.connect(self._end)
        self.setRange(round(low * _TICKS), round(high * _TICKS))
        self.setSingleStep(round(STEP * _TICKS))
        self.setPageStep(round(COARSE * _TICKS))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.set_number(centre)
        self.valueChanged.connect(self._tell)

    @property
    def number(self) -> float:
        """What is shown."""
        return self.value() / _TICKS

    def set_number(self, number: float) -> None:
        """Show a number, or the end of the range where it lies beyond; nothing is emitted."""
        ticks = round(min(max(number * _TICKS, self.minimum()), self.maximum()))
        if ticks != self.value():
            self._burst.stop()
            self._silent = True
            self.setValue(ticks)
            self._silent = False

    @Slot(int)
    def _tell(self, _ticks: int) -> None:
        if self._silent:
            return
        self.moving.emit(self.number)
        if self._grip is None:
            self._burst.start()

    @Slot()
    def _end(self) -> None:
        self._burst.stop()
        self.moved.emit(self.number)

    def _go_to(self, number: float) -> None:
        self.setValue(round(number * _TICKS))

    def _x(self, number: float) -> float:
        low, high = self.minimum() / _TICKS, self.maximum() / _TICKS
        return _MARGIN + (number - low) / (high - low) * (self.width() - 2 * _MARGIN)

    def _number_at(self, x: float) -> float:
        low, high = self.minimum() / _TICKS, self.maximum() / _TICKS
        number = low + (x - _MARGIN) / max(self.width() - 2 * _MARGIN, 1) * (high - low)
        return min(max(number, low), high)

    def sizeHint(self) -> QSize:
        return QSize(140, 24)

    def minimumSizeHint(self) -> QSize:
        return QSize(70, 24)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        if self._burst.isActive():
            self._end()
        x = event.position().x()
        away = x - self._x(self.number)
        # Taken by the handle it stays where it is; a click elsewhere brings it there.
        taken = abs(away) <= _HANDLE + 2
        self._grip = away if taken else 0.0
        self.setSliderDown(True)
        if not taken:
            self._go_to(self._number_at(x))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grip is not None:
            self._go_to(self._number_at(event.position().x() - self._grip))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._grip is not None:
            self._grip = None
            self.setSliderDown(False)
            self._end()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._go_to(self._centre)
            self._end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        low, high = self._marked
        match event.key():
            case Qt.Key.Key_Left | Qt.Key.Key_Down:
                self._go_to(self.number - step_of_key(event))
            case Qt.Key.Key_Right | Qt.Key.Key_Up:
                self._go_to(self.number + step_of_key(event))
            case Qt.Key.Key_PageDown:
                self._go_to(self.number - COARSE)
            case Qt.Key.Key_PageUp:
                self._go_to(self.number + COARSE)
            case Qt.Key.Key_Home:
                self._go_to(low)
            case Qt.Key.Key_End:
                self._go_to(high)
            case Qt.Key.Key_0:
                self._go_to(self._centre)
            case _:
                event.ignore()

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # It scrolls what lies around.

    def focusOutEvent(self, event: QFocusEvent) -> None:
        if self._burst.isActive():
            self._end()
        super().focusOutEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        of = colours(self.palette())
        middle = self.height() / 2
        accent = QColor(of.accent if self.isEnabled() else of.border)
        low, high = self._marked
        x, centre = self._x(self.number), self._x(self._centre)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(of.border), 2))
            painter.drawLine(QPointF(_MARGIN, middle), QPointF(self.width() - _MARGIN, middle))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(of.border))
            inside = QRectF(self._x(low), middle - 3, self._x(high) - self._x(low), 6)
            painter.drawRoundedRect(inside, 3, 3)
            painter.setBrush(accent)
            painter.drawRect(QRectF(min(x, centre), middle - 1.5, abs(x - centre), 3))
            painter.setBrush(QColor(of.muted))
            painter.drawRect(QRectF(centre - 0.75, middle - 6, 1.5, 12))
            painter.setPen(QPen(QColor(of.window), 1.5))
            painter.setBrush(accent)
            painter.drawEllipse(QPointF(x, middle), _HANDLE, _HANDLE)
            if self.hasFocus():
                painter.setPen(QPen(QColor(of.text), 2))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawEllipse(QPointF(x, middle), _HANDLE + 2, _HANDLE + 2)
