"""`ConceptMaps`: how codes depend, how concepts depend, and which codes make each concept."""

import numpy as np
from PySide6.QtCore import Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from core.counts import named_step
from icdrl_gui.models.concepts.concepts import ConceptsModel
from icdrl_gui.models.scores.codes import CodesModel
from icdrl_gui.widgets.elided_label import ElidedLabel
from icdrl_gui.widgets.heat_map import HeatMap

_SENTENCE = (
    "Codes that are held independent should be dark on the left but for the diagonal; concepts, "
    "in the middle, may depend on each other; on the right, which codes make each concept."
)
_NO_CONCEPTS = "There are no concepts yet."
_WAITING = "Encoding real images …"


class ConceptMaps(QWidget):
    """Three heat maps that follow a `CodesModel` and a `ConceptsModel`."""

    def __init__(
        self, codes: CodesModel, concepts: ConceptsModel, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._codes, self._concepts = codes, concepts
        self.atomic = HeatMap("|correlation| of codes", wide=True)
        self.complex = HeatMap("dependence of concepts", wide=True)
        self.made_of = HeatMap("codes → concepts, shares", wide=True)
        self.in_bits = QCheckBox("concepts in bits")
        self.in_bits.setToolTip(
            "Show the mutual information of the concepts, in bits, which sees any dependence, "
            "instead of |correlation|."
        )
        self.title, self.readout = ElidedLabel(), ElidedLabel()
        self.title.setProperty("role", "heading")
        about = QLabel(_SENTENCE)
        about.setWordWrap(True)
        about.setProperty("role", "muted")
        above = QHBoxLayout()
        above.addWidget(self.title, 2)
        above.addWidget(self.readout, 1)
        above.addWidget(self.in_bits)
        maps = QHBoxLayout()
        for each in (self.atomic, self.complex, self.made_of):
            maps.addWidget(each, 1)
            each.told.connect(self.readout.show_text)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(above)
        layout.addLayout(maps, 1)
        layout.addWidget(about)
        self.in_bits.toggled.connect(self._show)
        codes.found_changed.connect(self._show)
        concepts.found_changed.connect(self._show)
        concepts.concepts_changed.connect(self._show)
        self._show()

    @Slot()
    def _show(self) -> None:
        codes, found = self._codes, self._concepts.found
        self.title.show_text("")
        if codes.found is None or len(codes.continuous) < 2:
            self.atomic.clear(codes.sentence or (_WAITING if codes.found is None else ""))
        else:
            self.atomic.show_values(np.abs(codes.found.correlation), codes.continuous)
            self.title.show_text(f"{named_step(codes.found.step)}")
        if found is None or not found.concepts:
            waits = bool(self._concepts.kept.concepts)
            reason = self._concepts.sentence or (_WAITING if waits else _NO_CONCEPTS)
            for each in (self.complex, self.made_of):
                each.clear(reason)
            return
        names = [concept.name for concept in found.concepts]
        self.title.show_text(f"{named_step(found.step)} · {found.images:,} real images")
        if self.in_bits.isChecked():
            bits = found.mutual_information
            self.complex.show_values(bits, names, limits=(0.0, max(1.0, float(bits.max()))))
        else:
            self.complex.show_values(np.abs(found.correlation), names)
        shares = [[each.shares.get(code, 0.0) for each in found.concepts] for code in codes.codes]
        self.made_of.show_values(shares, codes.codes, names)

    def showEvent(self, event: QShowEvent) -> None:
        """Ask for what is not known yet."""
        super().showEvent(event)
        self._codes.set_active(True, "concepts")
        self._concepts.set_active(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Ask for nothing."""
        super().hideEvent(event)
        self._codes.set_active(False, "concepts")
        self._concepts.set_active(False)
