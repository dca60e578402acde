"""The independence constraint in plain sight: switch, weight and estimator, for the toolbar."""

from typing import Any, get_args

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QWidget,
)

from core.config import Estimator, IndependenceConfig, RunConfig
from icdrl_gui.widgets.field_editors import WheelGuard
from icdrl_gui.widgets.number_field import NumberField

GROUP = "method.independence"


class ConstraintControls(QWidget):
    """Shows the constraint of a config; `edited` carries the path and the value of a change.

    `refused`: a sentence about a weight that was typed; empty once it was mended.
    """

    edited = Signal(str, object)
    refused = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        fields = IndependenceConfig.model_fields
        self.enabled = QCheckBox("Independence constraint")
        self.enabled.setToolTip(
            "Hold the atomic codes independent of each other (Ctrl+I). "
            f"{fields['enabled'].description} While a run trains it takes effect at the next step."
        )
        self.weight = NumberField(0, 1000, decimals=4)
        self.weight.setSingleStep(0.01)
        self.weight.setToolTip(fields["weight"].description or "")
        self.weight.setAccessibleName("weight of the independence constraint")
        self.estimator = QComboBox()
        self.estimator.addItems(get_args(Estimator))
        self.estimator.setToolTip(fields["estimator"].description or "")
        self.estimator.setAccessibleName("estimator of the total correlation")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(6, 0, 6, 0)
        layout.addWidget(self.enabled)
        guard = WheelGuard(self)
        for text, editor in (("&weight", self.weight), ("esti&mator", self.estimator)):
            label = QLabel(text)
            label.setBuddy(editor)
            layout.addSpacing(6)
            layout.addWidget(label, alignment=Qt.AlignmentFlag.AlignVCenter)
            layout.addWidget(editor)
            guard.guard(editor)
        self._config: RunConfig | None = None
        self.enabled.toggled.connect(lambda on: self._edit("enabled", on))
        self.weight.refused.connect(self.refused)
        self.weight.valueChanged.connect(lambda value: self._edit("weight", value))
        self.estimator.currentTextChanged.connect(lambda name: self._edit("estimator", name))

    @Slot(object)
    def show_config(self, config: RunConfig | None) -> None:
        """Show what `config` says, without a word about it."""
        self._config = None
        self.setEnabled(config is not None)
        if config is not None:
            independence = config.method.independence
            self.enabled.setChecked(independence.enabled)
            self.weight.setValue(independence.weight)
            self.estimator.setCurrentText(independence.estimator)
        self._config = config

    def _edit(self, field: str, value: Any) -> None:
        if self._config is not None and value != getattr(self._config.method.independence, field):
            self.edited.emit(f"{GROUP}.{field}", value)
