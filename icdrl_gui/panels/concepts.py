"""Concepts: the complex level of the shown run, made, listed, checked and compared with codes."""

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QSplitter, QStackedLayout, QVBoxLayout, QWidget

from core.latents.concepts import AnyConcept
from icdrl_gui.models.concepts.concepts import ConceptsModel
from icdrl_gui.models.concepts.tagging import TaggingModel
from icdrl_gui.models.runs.shown_run import ShownRun
from icdrl_gui.models.scores.codes import CodesModel
from icdrl_gui.panels.concept_form import ConceptForm
from icdrl_gui.panels.concept_list import ConceptList
from icdrl_gui.panels.concept_maps import ConceptMaps
from icdrl_gui.panels.tagging import TaggingView
from icdrl_gui.widgets.placeholder import Placeholder

_NO_RUN = "No run is shown.\n\nOpen one or train one: here its codes make concepts."


class ConceptsPanel(QWidget):
    """The concepts of a `ConceptsModel`, or the images of a `TaggingModel` while somebody tags."""

    def __init__(
        self,
        concepts: ConceptsModel,
        tagging: TaggingModel,
        codes: CodesModel,
        shown: ShownRun,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("concepts")
        self.setWindowTitle("Concepts")
        self._concepts, self._tagging = concepts, tagging
        self._codes, self._shown = codes, shown
        self.form, self.list = ConceptForm(), ConceptList(concepts)
        self.maps = ConceptMaps(codes, concepts)
        self.tagging = TaggingView(tagging)
        halves = QSplitter(Qt.Orientation.Vertical)
        halves.addWidget(self.list)
        halves.addWidget(self.maps)
        halves.setChildrenCollapsible(False)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(6, 6, 6, 6)
        column.setSpacing(6)
        column.addWidget(self.form)
        column.addWidget(halves, 1)
        both = QWidget()
        self.pages = QStackedLayout(both)
        self.pages.addWidget(page)
        self.pages.addWidget(self.tagging)
        self.placeholder = Placeholder(both)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.placeholder)
        self.form.asked.connect(concepts.make)
        self.form.tagging_asked.connect(self._tag)
        self.list.tagging_asked.connect(self._tag)
        self.tagging.left.connect(tagging.end)
        tagging.changed.connect(self._follow_tagging)
        concepts.made.connect(self._take_made)
        concepts.busy_changed.connect(self._follow_busy)
        codes.found_changed.connect(self._name)
        shown.run_changed.connect(self._name)
        self._name()

    @Slot(str)
    def _tag(self, name: str) -> None:
        if self._tagging.begin(name):
            self.tagging.setFocus()

    @Slot()
    def _follow_tagging(self) -> None:
        tags = bool(self._tagging.name)
        if tags == (self.pages.currentWidget() is self.tagging):
            return
        name = self.form.name.text().strip()
        self.pages.setCurrentIndex(1 if tags else 0)
        if not tags:
            self.form.clear()
            self.list.choose(name)
            self.list.table.setFocus()

    @Slot(object)
    def _take_made(self, concept: AnyConcept) -> None:
        if not self._tagging.name:
            self.form.clear()
        self.list.choose(concept.name)

    @Slot()
    def _follow_busy(self) -> None:
        self.form.setEnabled(not self._concepts.making)

    @Slot()
    def _name(self) -> None:
        spec, found = self._shown.spec, self._codes.found
        self.placeholder.say("" if spec else _NO_RUN)
        self.form.set_names(spec.entry_names if spec else (), found.factor_names if found else ())
