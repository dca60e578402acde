"""One concept: its name, a slider over its range and its value in a row."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from core.latents.concepts import AnyConcept
from icdrl_gui.widgets.plain_text import plain_tip
from icdrl_gui.widgets.sliders.float_slider import FloatSlider
from icdrl_gui.widgets.sliders.latent_slider import CodeLabel

# How much farther than its range a slider goes, as a part of it.
_BEYOND = 0.25
_HOW = (
    "Arrow keys a tenth of the range, with Shift a half, with Ctrl a hundredth; Home and End: its "
    "ends."
)


class ConceptSlider(QWidget):
    """`value_changing` while it moves (drag, burst of keys), `value_changed` at the end.

    The slider goes in parts of the concept's range, which is drawn bold.
    """

    value_changing = Signal(float)
    value_changed = Signal(float)

    def __init__(self, concept: AnyConcept, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._low, self._span = concept.low, concept.high - concept.low
        self.label = CodeLabel(concept.name)
        self.slider = FloatSlider(-_BEYOND, 1 + _BEYOND, marked=(0, 1), centre=0.5)
        self.readout = QLabel()
        self.readout.setTextFormat(Qt.TextFormat.PlainText)
        self.readout.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        metrics = self.readout.fontMetrics()
        self.readout.setFixedWidth(metrics.horizontalAdvance("out of reach") + 4)
        self.slider.setAccessibleName(f"concept {concept.name}")
        self.slider.setToolTip(
            plain_tip(
                f"{concept.name}, from {concept.made_from}\n95 % of real images lie in the bold "
                f"part, {concept.low:.3g} to {concept.high:.3g}.\n{_HOW}"
            )
        )
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.label)
        layout.addWidget(self.slider, 1)
        layout.addWidget(self.readout)
        self.slider.moving.connect(lambda part: self.value_changing.emit(self._value_at(part)))
        self.slider.moved.connect(self._end)

    def show_value(self, value: float, asked: float | None, out_of_reach: bool) -> None:
        """Show the value, and at which one the handle stands: the one asked for, if any."""
        at = value if asked is None else asked
        self.slider.set_number((at - self._low) / self._span)
        self.readout.setText("out of reach" if out_of_reach else f"{value:.3g}")
        self.readout.setProperty("role", "warning" if out_of_reach else "")
        self.readout.style().polish(self.readout)
        about = f"{value:.3g} is as near to {at:.3g} as the codes come inside their ranges."
        self.readout.setToolTip(about if out_of_reach else "")
        self.slider.setAccessibleDescription(self.readout.toolTip() or self.readout.text())

    def _value_at(self, part: float) -> float:
        return self._low + part * self._span

    @Slot(float)
    def _end(self, part: float) -> None:
        self.value_changed.emit(self._value_at(part))
