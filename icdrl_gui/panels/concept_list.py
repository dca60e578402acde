"""`ConceptList`: the concepts of a run with their scores, and the check of the chosen one."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from core.counts import named_step
from core.latents.concepts import AnyConcept, Honesty, LearnedConcept
from icdrl_gui.models.concepts.concepts import ConceptsModel
from icdrl_gui.widgets.honesty_plot import HonestyPlot
from icdrl_gui.widgets.placeholder import Placeholder
from icdrl_gui.widgets.plain_text import plain_tip
from icdrl_gui.widgets.text_button import text_button

_COLUMNS = (
    ("Concept", ""),
    ("From", "What it is learned from, or its expression."),
    (
        "Held out",
        "R², or the area under the ROC curve, on images that it was not fitted to: mean and "
        "standard deviation of five folds.",
    ),
    ("Guessing", "What lines have that learned the same labels dealt out at random."),
    ("Codes", "Which codes make its value vary, and how much of that each does."),
)
_NOTHING = (
    "This run has no concepts yet.\n\nA concept is a function of the codes: learn one from a "
    "factor, from tags or from a file of labels, or write an expression. Then it has a slider."
)
_LEAST_SHARE = 0.01
_TITLES = {"r2": "R²", "auc": "AUC"}


class ConceptList(QWidget):
    """Follows a `ConceptsModel`; `tagging_asked` carries the name of a concept made from tags."""

    tagging_asked = Signal(str)

    def __init__(self, concepts: ConceptsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._concepts = concepts
        self.table = _table()
        self.plot = HonestyPlot()
        self.about = QLabel()
        self.about.setTextFormat(Qt.TextFormat.PlainText)
        self.about.setWordWrap(True)
        self.check = text_button(
            "Check",
            "Ask for seven values around each of 200 latents, draw, and infer the codes again: "
            "takes seconds, in which sliders still move.",
        )
        self.tag = text_button("Tag on", "Tag more images, or take tags back.")
        self.delete = text_button("Delete", "Delete the concept, and its tags with it.")
        buttons = QHBoxLayout()
        for button in (self.check, self.tag, self.delete):
            buttons.addWidget(button)
        buttons.addStretch()
        right = QVBoxLayout()
        right.addWidget(self.plot, 1)
        right.addWidget(self.about)
        right.addLayout(buttons)
        content = QWidget()
        beside = QHBoxLayout(content)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.addWidget(self.table, 3)
        beside.addLayout(right, 2)
        self.placeholder = Placeholder(content)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.placeholder)
        self.table.itemSelectionChanged.connect(self._show_chosen)
        self.check.clicked.connect(lambda: concepts.check(self.chosen))
        self.delete.clicked.connect(lambda: concepts.delete(self.chosen))
        self.tag.clicked.connect(lambda: self.tagging_asked.emit(self.chosen))
        concepts.concepts_changed.connect(self._show)
        concepts.checks_changed.connect(self._show_chosen)
        concepts.busy_changed.connect(self._show_chosen)
        self._show()

    @property
    def chosen(self) -> str:
        """The name of the chosen concept; empty: none."""
        items = self.table.selectedItems()
        return str(items[0].data(Qt.ItemDataRole.UserRole)) if items else ""

    def choose(self, name: str) -> None:
        """Choose the concept called so."""
        for row in range(self.table.rowCount()):
            item = self.table.item(row, 0)
            if item is not None and item.data(Qt.ItemDataRole.UserRole) == name:
                self.table.selectRow(row)

    @Slot()
    def _show(self) -> None:
        kept, chosen = self._concepts.kept.concepts, self.chosen
        self.placeholder.say("" if kept else self._concepts.sentence or _NOTHING)
        self.table.setRowCount(len(kept))
        for row, before in enumerate(kept):
            now = self._concepts.named(before.name)
            for place, text in enumerate(_cells(now or before, is_current=now is not None)):
                item = QTableWidgetItem(text)
                item.setData(Qt.ItemDataRole.UserRole, before.name)
                item.setToolTip(plain_tip(text))
                self.table.setItem(row, place, item)
        self.table.resizeColumnsToContents()
        if kept:
            names = [each.name for each in kept]
            self.choose(chosen if chosen in names else names[-1])
        self._show_chosen()

    @Slot()
    def _show_chosen(self) -> None:
        model, name = self._concepts, self.chosen
        concept, found = model.named(name), model.checks.get(name)
        for button in (self.check, self.delete):
            button.setEnabled(bool(name) and not model.checking)
        self.check.setText("Checking …" if model.checking == name and name else "Check")
        self.tag.setVisible(name in model.kept.labels)
        if found is None or concept is None:
            self.plot.clear()
        else:
            ends = (concept.low, concept.high)
            self.plot.show_check(found.asked, found.measured, found.reached, ends)
        honesty = found.concept.honesty if found else concept.honesty if concept else None
        self.about.setText(_honesty(honesty) if honesty else "")


def _cells(concept: AnyConcept, is_current: bool) -> tuple[str, ...]:
    ordered = sorted(concept.shares.items(), key=lambda each: -each[1])
    codes = ", ".join(f"{code} {share:.0%}" for code, share in ordered if share >= _LEAST_SHARE)
    name = concept.name if is_current else f"{concept.name} (of {named_step(concept.step)})"
    if not isinstance(concept, LearnedConcept):
        return name, concept.made_from, "", "", codes
    score = concept.score
    held_out = f"{_TITLES[score.name]} {score.value:.2f} ± {score.spread:.2f}"
    verdict = "" if score.tells else ", no better"
    return name, concept.made_from, held_out, f"{score.guessing:.2f}{verdict}", codes


def _honesty(found: Honesty) -> str:
    leakage = "there are no other concepts"
    if found.leakage is not None:
        leakage = f"leakage to other concepts {found.leakage:.0%}"
    unreached = f"; {found.out_of_reach:,} out of reach" if found.out_of_reach else ""
    return f"Rank correlation {found.rank_correlation:.3f}; {leakage}{unreached}."


def _table() -> QTableWidget:
    table = QTableWidget(0, len(_COLUMNS))
    table.setAccessibleName("concepts of the shown run")
    for place, (title, about) in enumerate(_COLUMNS):
        item = QTableWidgetItem(title)
        item.setToolTip(about)
        table.setHorizontalHeaderItem(place, item)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setTabKeyNavigation(False)
    table.setAlternatingRowColors(True)
    table.setWordWrap(False)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(table.fontMetrics().height() + 4)
    table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
    table.horizontalHeader().setHighlightSections(False)
    table.horizontalHeader().setStretchLastSection(True)
    return table
