"""`StepSlider`: the milestones of a run, with the newest at the right end."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QWidget


class StepSlider(QWidget):
    """`step_chosen` carries a step, or None for the newest."""

    step_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._steps: list[int] = []
        self._newest = "newest"
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName("step")
        self.slider.setToolTip("Look back at an earlier step; the right end follows the newest")
        self.slider.setMinimumWidth(80)
        self.slider.setPageStep(5)
        self._told = QLabel()
        self._told.setMinimumWidth(
            QFontMetrics(self._told.font()).horizontalAdvance("newest (live) ")
        )
        title = QLabel("&Step")
        title.setBuddy(self.slider)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for each, stretch in ((title, 0), (self.slider, 1), (self._told, 0)):
            layout.addWidget(each, stretch)
        self.slider.valueChanged.connect(self._choose)
        self.show_steps([], None, "newest")

    def show_steps(self, steps: Sequence[int], step: int | None, newest: str) -> None:
        """Show these milestones, at `step` or at the newest, which is called `newest`."""
        self._steps, self._newest = list(steps), newest
        blocked = self.slider.blockSignals(True)
        self.slider.setRange(0, len(self._steps))
        at = self._steps.index(step) if step in self._steps else len(self._steps)
        self.slider.setValue(at)
        self.slider.blockSignals(blocked)
        self.setEnabled(bool(self._steps))
        self._tell()

    @property
    def step(self) -> int | None:
        """Where the slider stands; None: at the newest."""
        at = self.slider.value()
        return self._steps[at] if at < len(self._steps) else None

    @Slot()
    def _choose(self) -> None:
        self._tell()
        self.step_chosen.emit(self.step)

    def _tell(self) -> None:
        text = self._newest if self.step is None else f"{self.step:,}"
        self._told.setText(text)
        self.slider.setAccessibleDescription(text)
