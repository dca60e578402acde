"""`ConceptControls`: a slider for every concept, below those of the codes that it moves."""

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.latents.concepts import AnyConcept
from icdrl_gui.models.concepts.moves import ConceptMoves
from icdrl_gui.widgets.sliders.concept_rows import ConceptRows


class ConceptControls(QWidget):
    """Follows a `ConceptMoves`."""

    def __init__(self, moves: ConceptMoves, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._moves = moves
        self._shown: tuple[AnyConcept, ...] = ()
        self.rows = ConceptRows()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.rows)
        self.rows.value_changing.connect(lambda name, to: moves.ask(name, to, changing=True))
        self.rows.value_changed.connect(lambda name, to: moves.ask(name, to))
        self.rows.hold_chosen.connect(moves.set_hold_others)
        moves.changed.connect(self._show)
        self._show()

    @Slot()
    def _show(self) -> None:
        concepts = self._moves.concepts
        if concepts != self._shown:
            self._shown = concepts
            self.rows.set_concepts(concepts)
        for concept in concepts:
            asked = self._moves.asked
            self.rows.sliders[concept.name].show_value(
                self._moves.value(concept),
                asked[1] if asked and asked[0] == concept.name else None,
                self._moves.is_out_of_reach(concept),
            )
