"""One continuous code of a latent: its names, a slider and a number field in a row."""

from PySide6.QtCore import QEvent, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence, QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from core.latents import Code
from icdrl_gui.widgets.forms.number_field import NumberField
from icdrl_gui.widgets.plain_text import plain_tip
from icdrl_gui.widgets.sliders.float_slider import BURST_MS, FloatSlider, step_of_key

_REACH = 1.5
"""The end of a slider, as a multiple of the end of the prior."""

_FARTHEST = 9999.0

_HOW = (
    "Arrow keys 0.1, with Shift 0.5, with Ctrl 0.01; Home and End: the ends of the prior.\n"
    "Double click or 0: back to the centre."
)


def _about_prior(code: Code) -> str:
    part = "the prior" if code.prior == "uniform" else "95 % of the prior N(0, 1)"
    low, high = code.ends
    return f"The bold part is {part}, {low:.3g} to {high:.3g}: where codes are drawn from."


def full_name(code: str, name: str) -> str:
    """How a code is called where there is room, such as "c3, rotation"."""
    return f"{code}, {name}" if name else code


class CodeLabel(QLabel):
    """ "c3 rotation", cut where the given name is longer than the label is wide."""

    def __init__(self, code: str, name: str = "") -> None:
        super().__init__()
        self._text = self._code = code
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self.set_name(name)

    def set_name(self, name: str, about: str = "") -> None:
        """Show another given name; empty: none. `about` is for the tip."""
        self._text = f"{self._code} {name}".strip()
        self.setToolTip(plain_tip(f"{full_name(self._code, name)}\n{about}".strip()))
        self._cut()

    @property
    def wanted_width(self) -> int:
        """Pixels that the whole text takes."""
        return self.fontMetrics().horizontalAdvance(self._text) + 2

    def set_width(self, width: int) -> None:
        """Take this many pixels."""
        self.setFixedWidth(width)
        self._cut()

    def _cut(self) -> None:
        mode = Qt.TextElideMode.ElideRight
        self.setText(self.fontMetrics().elidedText(self._text, mode, max(self.width(), 1)))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._cut()


class CodeField(NumberField):
    """A number with three decimals; arrow keys step as on the slider."""

    def __init__(self) -> None:
        super().__init__(-_FARTHEST, _FARTHEST, decimals=3)
        self.setButtonSymbols(self.ButtonSymbols.NoButtons)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setFixedWidth(self.fontMetrics().horizontalAdvance("-0.0000") + 16)

    def event(self, event: QEvent) -> bool:
        # Undo takes back the last edit of the latent, unless somebody is typing.
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and (
                event.matches(QKeySequence.StandardKey.Undo)
                or event.matches(QKeySequence.StandardKey.Redo)
            )
            and not self.lineEdit().isModified()
        ):
            event.ignore()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        way = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}.get(Qt.Key(event.key()))
        if way is None:
            super().keyPressEvent(event)
        else:
            self.setValue(self.value() + way * step_of_key(event))

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # It scrolls what lies around.


class LatentSlider(QWidget):
    """`value_changing` while it moves (drag, burst of keys), `value_changed` at the end.

    `refused` as of `NumberField`.
    """

    value_changing = Signal(float)
    value_changed = Signal(float)
    refused = Signal(str)

    def __init__(self, code: Code, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.code = code.name
        self._how = f"{_about_prior(code)}\n{_HOW}"
        self._value = 0.0
        self.label = CodeLabel(code.name, name)
        low, high = code.ends
        self.slider = FloatSlider(_REACH * low, _REACH * high, marked=code.ends, centre=0.0)
        self.field = CodeField()
        self._burst = QTimer(self, singleShot=True, interval=BURST_MS)
        self._burst.timeout.connect(self._end)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.label)
        layout.addWidget(self.slider, 1)
        layout.addWidget(self.field)
        self.set_name(name)
        self.slider.moving.connect(self._move)
        self.slider.moved.connect(self._end)
        self.field.valueChanged.connect(self._type)
        self.field.editingFinished.connect(self._end_typing)
        self.field.refused.connect(self.refused)

    @property
    def value(self) -> float:
        """What is shown."""
        return self._value

    def set_value(self, value: float) -> None:
        """Show a value; nothing is emitted."""
        self._value = value
        self.slider.set_number(value)
        self._show_in_field(value)

    def set_name(self, name: str, about: str = "") -> None:
        """Show another given name; empty: none. `about` is for the label's tip."""
        self.label.set_name(name, about)
        for each in (self.slider, self.field):
            each.setAccessibleName(full_name(self.code, name))
            each.setToolTip(plain_tip(f"{full_name(self.code, name)}\n{self._how}"))

    def _show_in_field(self, value: float) -> None:
        if round(value, 3) != self.field.value():
            self._burst.stop()
            self.field.blockSignals(True)
            self.field.setValue(value)
            self.field.blockSignals(False)

    @Slot(float)
    def _move(self, value: float) -> None:
        self._value = value
        self._show_in_field(value)
        self.value_changing.emit(value)

    @Slot(float)
    def _type(self, value: float) -> None:
        self._value = value
        self.slider.set_number(value)
        self._burst.start()
        self.value_changing.emit(value)

    @Slot()
    def _end_typing(self) -> None:
        self.field.lineEdit().setModified(False)
        if self._burst.isActive():
            self._end()

    @Slot()
    def _end(self) -> None:
        self._burst.stop()
        self.value_changed.emit(self._value)
