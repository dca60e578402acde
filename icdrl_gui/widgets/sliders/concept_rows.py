"""All concepts of a latent below each other, and whether moving along one holds the others."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from core.latents.concepts import AnyConcept
from icdrl_gui.widgets.sliders.concept_slider import ConceptSlider


class ConceptRows(QWidget):
    """`value_changing` and `value_changed` carry the name of the concept first."""

    value_changing = Signal(str, float)
    value_changed = Signal(str, float)
    hold_chosen = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sliders: dict[str, ConceptSlider] = {}
        self.hold = QCheckBox("hold the other concepts")
        self.hold.setToolTip(
            "The codes move so that all other concepts keep their values, as far as that can be."
        )
        self.hold.toggled.connect(self.hold_chosen)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(self._rows)
        layout.addWidget(self.hold)
        self.set_concepts(())

    def set_concepts(self, concepts: Sequence[AnyConcept]) -> None:
        """One row for each; nothing is seen where there are none."""
        for row in self.sliders.values():
            row.hide()
            row.deleteLater()
        self.sliders = {concept.name: self._row(concept) for concept in concepts}
        widest = max((row.label.wanted_width for row in self.sliders.values()), default=0)
        for row in self.sliders.values():
            row.label.set_width(min(widest, self._widest_label()))
            self._rows.addWidget(row)
        self.hold.setVisible(len(concepts) > 1)
        self.setVisible(bool(concepts))

    def controls(self) -> list[QWidget]:
        """Whatever takes the focus, from top to bottom."""
        return [*(row.slider for row in self.sliders.values()), self.hold]

    def _row(self, concept: AnyConcept) -> ConceptSlider:
        row, name = ConceptSlider(concept), concept.name
        row.value_changing.connect(lambda value: self.value_changing.emit(name, value))
        row.value_changed.connect(lambda value: self.value_changed.emit(name, value))
        return row

    def _widest_label(self) -> int:
        return self.fontMetrics().horizontalAdvance("x" * 12)
