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

from core.config import CONSTRAINT, ConstraintConfig, RunConfig
from icdrl_gui.models.runs.retraining import lacking_constraint
from icdrl_gui.widgets.forms.editors import WheelGuard
from icdrl_gui.widgets.forms.number_field import NumberField
from icdrl_gui.widgets.plain_text import plain_tip


class ConstraintControls(QWidget):
    """Shows the constraint of a config; `edited` carries the path and the value of a change.

    `refused`: a sentence about a weight that was typed; empty once it was mended.
    """

    edited = Signal(str, object)
    refused = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.enabled = QCheckBox("Independence constraint")
        self.weight = NumberField(0, 1000, decimals=4)
        self.weight.setStepType(NumberField.StepType.AdaptiveDecimalStepType)
        self.weight.setAccessibleName("weight of the independence constraint")
        self.estimator = QComboBox()
        self.estimator.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
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
        self._constraint: ConstraintConfig | None = None
        self.enabled.toggled.connect(lambda on: self._edit("enabled", on))
        self.weight.refused.connect(self.refused)
        self.weight.valueChanged.connect(lambda value: self._edit("weight", value))
        self.estimator.currentTextChanged.connect(lambda name: self._edit("estimator", name))

    @Slot(object)
    def show_config(self, config: RunConfig | None) -> None:
        """Show what `config` says, without a word about it."""
        self._constraint = None
        constraint = config.method.constraint if config else None
        self.setEnabled(constraint is not None)
        if constraint is not None:
            self._describe(type(constraint))
            self.enabled.setChecked(constraint.enabled)
            self.weight.setValue(constraint.weight)
            self.estimator.setCurrentText(constraint.estimator)
        else:
            lacking = plain_tip(lacking_constraint(config.method)) if config else ""
            self.enabled.setChecked(False)
            for each in (self, self.enabled, self.weight, self.estimator):
                each.setToolTip(lacking)
        self._constraint = constraint

    def _describe(self, kind: type[ConstraintConfig]) -> None:
        """What can be chosen, and what it means, with a constraint of this class."""
        fields = kind.model_fields
        self.setToolTip("")
        self.enabled.setToolTip(
            "Hold the atomic codes independent of each other (Ctrl+I). "
            f"{fields['enabled'].description} While a run trains it takes effect at the next step."
        )
        self.weight.setToolTip(plain_tip(fields["weight"].description or ""))
        self.estimator.setToolTip(plain_tip(fields["estimator"].description or ""))
        estimators = get_args(fields["estimator"].annotation)
        if [self.estimator.itemText(i) for i in range(self.estimator.count())] != [*estimators]:
            self.estimator.clear()
            self.estimator.addItems(estimators)

    def _edit(self, field: str, value: Any) -> None:
        if self._constraint is not None and value != getattr(self._constraint, field):
            self.edited.emit(f"{CONSTRAINT}.{field}", value)
