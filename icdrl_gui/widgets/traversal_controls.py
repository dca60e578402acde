"""`TraversalControls`: around which latent, and over which values, codes are traversed."""

import random

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QSpinBox,
    QWidget,
)

from core.bounds import LARGEST_NUMBER
from icdrl_gui.widgets.forms.number_field import NumberField
from icdrl_gui.widgets.text_button import text_button

RULES = ("prior", "posterior quantiles", "min-max", "mean ± 2 sd", "fixed")

_RULE_TIPS = (
    "Where codes are drawn from: −1 to 1, or of Gaussian codes the middle 95 %, evenly in rank",
    "From the 2.5 % to the 97.5 % quantile of the codes of real images, evenly in rank",
    "From the least to the greatest value that the codes of real images have",
    "Two standard deviations about the mean of the codes of real images",
    "Between two numbers",
)
_ANCHORS = (
    ("random", "random", "Noise and codes drawn with this seed"),
    ("data image", "data", "The latent of an image of the data, counted from 0"),
    ("Explore point", "latent", "The latent that Explore shows"),
)
_CROSSED = "⚠ lowest first"
_CROSSED_TIP = "The lowest value must be below the highest one; until then nothing is drawn anew."
_TIP = Qt.ItemDataRole.ToolTipRole
_LEAST_WIDTH_PX = 80
_LARGEST_SEED = 9999


class TraversalControls(QWidget):
    """Anchor and range as the explorer reads them; `columns_part` is for its owner to place.

    `refused`: a sentence about a bound that was typed; empty once it was mended.
    """

    anchor_chosen = Signal(str)
    rule_chosen = Signal(str)
    columns_chosen = Signal(int)
    refused = Signal(str)

    def __init__(self, explores: bool, parent: QWidget | None = None) -> None:
        """`explores`: whether the point in Explore may be the anchor."""
        super().__init__(parent)
        self._quiet = False
        self.anchor = QComboBox()
        for text, form, tip in _ANCHORS[: 3 if explores else 2]:
            self.anchor.addItem(text, form)
            self.anchor.setItemData(self.anchor.count() - 1, tip, _TIP)
        self.anchor.setAccessibleName("anchor")
        self.anchor.setToolTip("What all codes but one stay at")
        self.number = QSpinBox()
        self.number.setRange(0, LARGEST_NUMBER)
        self.number.setKeyboardTracking(False)
        self.number.setFixedWidth(self.number.fontMetrics().horizontalAdvance("000000") + 34)
        self.another = text_button("⟳", "Another anchor")
        self.rule = QComboBox()
        for text, tip in zip(RULES, _RULE_TIPS, strict=True):
            self.rule.addItem(text)
            self.rule.setItemData(self.rule.count() - 1, tip, _TIP)
        self.rule.setAccessibleName("range")
        self.rule.setToolTip("Which values each continuous code takes")
        self.low, self.high = _bound("lowest value", -2), _bound("highest value", 2)
        self.problem = QLabel(_CROSSED)
        self.problem.setProperty("role", "error")
        self.columns = QSpinBox()
        self.columns.setRange(2, 41)
        self.columns.setKeyboardTracking(False)
        self.columns.setAccessibleName("columns")
        self.columns.setToolTip("How many values each continuous code takes")
        for each in (self.anchor, self.rule):
            each.setMinimumWidth(_LEAST_WIDTH_PX)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        self._add(layout, "&Anchor", self.anchor, self.number, self.another)
        self._add(layout, "Ran&ge", self.rule, self.low, self.high, self.problem)
        layout.addStretch()
        self.columns_part = QWidget()
        columns = QHBoxLayout(self.columns_part)
        columns.setContentsMargins(0, 0, 0, 0)
        self._add(columns, "&Columns", self.columns)
        self.anchor.activated.connect(self._choose_anchor)
        self.number.valueChanged.connect(self._choose_anchor)
        self.another.clicked.connect(self._choose_another)
        self.rule.activated.connect(self._choose_rule)
        for bound in (self.low, self.high):
            bound.valueChanged.connect(self._choose_rule)
            bound.refused.connect(self.refused)
        self.columns.valueChanged.connect(self._choose_columns)
        self.show_settings("random:0", "prior", 9)

    def show_settings(self, anchor: str, rule: str, columns: int) -> None:
        """Show what was chosen elsewhere."""
        self._quiet = True
        form, _, number = anchor.partition(":")
        self.anchor.setCurrentIndex(max(0, self.anchor.findData(form)))
        if number.isdecimal():
            self.number.setValue(int(number))
        kind, _, bounds = rule.partition(":")
        self.rule.setCurrentText(kind)
        if bounds:
            low, high = (float(each) for each in bounds.split(","))
            self.low.setValue(low)
            self.high.setValue(high)
        self.columns.setValue(columns)
        self._quiet = False
        self._show_parts()

    def _show_parts(self) -> None:
        """Only what means something with this anchor and range."""
        form = self.anchor.currentData()
        for each in (self.number, self.another):
            each.setVisible(form != "latent")
        self.number.setAccessibleName("index of the image" if form == "data" else "seed")
        self.number.setToolTip(_ANCHORS[self.anchor.currentIndex()][2])
        self.another.setToolTip("The next image" if form == "data" else "Another seed")
        self.another.setAccessibleName(self.another.toolTip())
        fixed = self.rule.currentText() == "fixed"
        crossed = fixed and self.low.value() >= self.high.value()
        for box in (self.low, self.high):
            box.setVisible(fixed)
            name = box.accessibleName()
            box.setToolTip(_CROSSED_TIP if crossed else name.capitalize())
            box.setAccessibleDescription(_CROSSED_TIP if crossed else "")
        self.problem.setToolTip(_CROSSED_TIP)
        self.problem.setVisible(crossed)

    def _add(self, layout: QHBoxLayout, title: str, *editors: QWidget) -> None:
        label = QLabel(title)
        label.setBuddy(editors[0])
        if layout.count():
            layout.addSpacing(8)
        for each in (label, *editors):
            layout.addWidget(each)

    @Slot()
    def _choose_anchor(self) -> None:
        if not self._quiet:
            self._show_parts()
            form = self.anchor.currentData()
            self.anchor_chosen.emit(form if form == "latent" else f"{form}:{self.number.value()}")

    @Slot()
    def _choose_another(self) -> None:
        if self.anchor.currentData() == "data":
            self.number.setValue(self.number.value() + 1)
        else:
            # The seed is shown, so what is drawn from it can be drawn again.
            self.number.setValue(_other_than(self.number.value()))

    @Slot()
    def _choose_rule(self) -> None:
        if self._quiet:
            return
        self._show_parts()
        rule = self.rule.currentText()
        if rule != "fixed":
            self.rule_chosen.emit(rule)
        elif self.low.value() < self.high.value():
            self.rule_chosen.emit(f"fixed:{self.low.value():g},{self.high.value():g}")

    @Slot(int)
    def _choose_columns(self, columns: int) -> None:
        if not self._quiet:
            self.columns_chosen.emit(columns)


def _other_than(seed: int) -> int:
    other = random.randrange(_LARGEST_SEED)
    return other if other < seed else other + 1


def _bound(name: str, value: float) -> NumberField:
    box = NumberField(-100, 100, decimals=2)
    box.setSingleStep(0.5)
    box.setValue(value)
    box.setAccessibleName(name)
    box.setToolTip(name.capitalize())
    box.setFixedWidth(box.fontMetrics().horizontalAdvance("-00.00") + 34)
    return box
