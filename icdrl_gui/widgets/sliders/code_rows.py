"""All codes of a latent below each other: sliders and category buttons, with scroll bar."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from core.latents import Code
from icdrl_gui.widgets.sliders.category_buttons import CategoryButtons
from icdrl_gui.widgets.sliders.latent_slider import LatentSlider

_LABEL_SHARE = 0.33


class CodeRows(QScrollArea):
    """`value_changing`, `value_changed` and `category_chosen` carry the name of the code first.

    `refused`: a sentence about a number that was typed; empty once it was mended.
    """

    value_changing = Signal(str, float)
    value_changed = Signal(str, float)
    category_chosen = Signal(str, int)
    refused = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sliders: dict[str, LatentSlider] = {}
        self.categories: dict[str, CategoryButtons] = {}
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)

    def set_codes(self, codes: Sequence[Code]) -> None:
        """One row for each."""
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 4, 0)
        column.setSpacing(2)
        self.sliders, self.categories = {}, {}
        for code in codes:
            row: QWidget
            if code.categories:
                row = self.categories[code.name] = self._buttons(code)
            else:
                row = self.sliders[code.name] = self._slider(code)
            column.addWidget(row)
        column.addStretch()
        self.setWidget(inside)  # It deletes the one before.
        self.updateGeometry()
        self._share_width()

    def set_names(self, names: Mapping[str, str], about: Mapping[str, str] | None = None) -> None:
        """Show what the codes are called; `about`: more about some of them."""
        for code, row in (self.sliders | self.categories).items():
            row.set_name(names.get(code, ""), (about or {}).get(code, ""))
        self._share_width()

    def controls(self) -> list[QWidget]:
        """Whatever takes the focus, from top to bottom."""
        buttons = [each for row in self.categories.values() for each in row.buttons]
        return [*buttons, *(e for row in self.sliders.values() for e in (row.slider, row.field))]

    def _slider(self, code: Code) -> LatentSlider:
        slider, name = LatentSlider(code), code.name
        slider.value_changing.connect(lambda value: self.value_changing.emit(name, value))
        slider.value_changed.connect(lambda value: self.value_changed.emit(name, value))
        slider.refused.connect(self.refused)
        return slider

    def _buttons(self, code: Code) -> CategoryButtons:
        buttons, name = CategoryButtons(code.name, code.categories), code.name
        buttons.chosen.connect(lambda category: self.category_chosen.emit(name, category))
        return buttons

    def _share_width(self) -> None:
        """All labels as wide as the longest, but for a third of the rows."""
        labels = [row.label for row in (self.sliders | self.categories).values()]
        widest = max((label.wanted_width for label in labels), default=0)
        for label in labels:
            label.set_width(min(widest, int(self.viewport().width() * _LABEL_SHARE)))

    def sizeHint(self) -> QSize:
        inside = self.widget()
        return QSize(260, inside.sizeHint().height() if inside else 60)

    def minimumSizeHint(self) -> QSize:
        return QSize(180, 60)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_width()
