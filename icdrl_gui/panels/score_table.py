"""`ScoreTable`: runs times scores, means over seeds, and what the constraint does."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Slot
from PySide6.QtGui import QFont, QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from core.analysis import CONFIDENCE
from core.errors import IcdrlError
from core.export import ScoreColumn, ScoreLine, ScoreSheet, save_scores, scores_csv, scores_latex
from core.metrics.catalogue import heading_of
from core.protocol import EvaluationMode
from icdrl_gui.models.scores.scores import ScoresModel
from icdrl_gui.models.scores.titles import tip
from icdrl_gui.theme import colours
from icdrl_gui.widgets.curves.swatch import swatch
from icdrl_gui.widgets.elided_label import ElidedLabel
from icdrl_gui.widgets.placeholder import Placeholder
from icdrl_gui.widgets.plain_text import plain_tip
from icdrl_gui.widgets.text_button import text_button

_NOTHING = (
    "None of the shown runs was evaluated yet.\n"
    "Scores come while a run trains; Evaluate computes all of them for the shown run."
)
_MODES: tuple[tuple[str, EvaluationMode, str], ...] = (
    ("Full evaluation", "full", "All scores, of 20,000 real images unless the note differs."),
    ("While training", "live", "The quick scores, of up to 2,000 real images."),
)
_STEPS = (
    ("Common step", True, "The newest step at which all shown runs were evaluated so."),
    ("Newest step", False, "The newest step of each run, whatever it is."),
)
_FACTS = (
    ("Run", ""),
    ("Constraint", "Whether the independence constraint is on."),
    ("Seed", ""),
    ("Step", ""),
    ("Images", "How many real images were encoded."),
)
_RUN, _STEP, _IMAGES = 0, 3, 4
_LEAST_NAME_PX = 190


class ScoreTable(QWidget):
    """The table of a `ScoresModel`, as it is copied and exported."""

    def __init__(self, scores: ScoresModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scores = scores
        self._sheet = ScoreSheet()
        self._name_width = 0
        self.mode, self.step = QComboBox(), QComboBox()
        for text, mode, about in _MODES:
            self.mode.addItem(text, mode)
            index = self.mode.count() - 1
            self.mode.setItemData(index, about, Qt.ItemDataRole.ToolTipRole)
        for text, common, about in _STEPS:
            self.step.addItem(text, common)
            self.step.setItemData(self.step.count() - 1, about, Qt.ItemDataRole.ToolTipRole)
        self.mode.setAccessibleName("which evaluations are compared")
        self.step.setAccessibleName("at which step they are compared")
        self.mode.setToolTip("Which evaluations are compared: they are not mixed.")
        self.step.setToolTip("At which step the runs are compared.")
        self.copy_csv = text_button("Copy CSV", "Copy the table for a spreadsheet (Ctrl+C).")
        self.copy_latex = text_button(
            "Copy LaTeX", "Copy the table for a paper that uses the package booktabs."
        )
        self.table = _table()
        self.table.viewport().installEventFilter(self)
        self.note = ElidedLabel()
        self.note.setProperty("role", "muted")
        content = QWidget()
        self.placeholder = Placeholder(content)
        self._arrange(content)
        self.mode.activated.connect(self._choose_mode)
        self.step.activated.connect(self._choose_step)
        self.copy_csv.clicked.connect(lambda: self._copy(scores_csv))
        self.copy_latex.clicked.connect(lambda: self._copy(scores_latex))
        copying = QShortcut(QKeySequence(QKeySequence.StandardKey.Copy), self.table)
        copying.setContext(Qt.ShortcutContext.WidgetShortcut)
        copying.activated.connect(lambda: self._copy(scores_csv))
        scores.scores_changed.connect(self._show)
        scores.choice_changed.connect(self._show)
        self._show()

    def export(self, path: Path) -> None:
        """Write the table, .csv or .tex.

        Raises:
            ExportError: another suffix, no lines, or a file that cannot be written.
        """
        save_scores(path, self._sheet, self._scores.recipe())

    def _arrange(self, content: QWidget) -> None:
        above = QHBoxLayout()
        above.setContentsMargins(6, 0, 6, 0)
        above.addWidget(self.mode)
        above.addWidget(self.step)
        above.addWidget(self.note, 1)
        above.addWidget(self.copy_csv)
        above.addWidget(self.copy_latex)
        inner = QVBoxLayout(content)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(2)
        inner.addLayout(above)
        inner.addWidget(self.table, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.placeholder)

    @Slot()
    def _show(self) -> None:
        scores = self._scores
        self.placeholder.say("" if scores.names else _NOTHING)
        sheet = scores.sheet()
        self.mode.setCurrentIndex(self.mode.findData(scores.mode))
        self.step.setCurrentIndex(self.step.findData(scores.at_common_step))
        self.note.show_text(sheet.note)
        if sheet == self._sheet:
            return
        self._sheet = sheet
        self._fill(sheet)

    def _fill(self, sheet: ScoreSheet) -> None:
        table, facts = self.table, len(_FACTS)
        table.setColumnCount(facts + len(sheet.columns))
        table.setRowCount(len(sheet.lines))
        headings = (heading_of(column.name) for column in sheet.columns)
        titles = [*(title for title, _ in _FACTS), *headings]
        tips = [*(about for _, about in _FACTS), *(tip(column.name) for column in sheet.columns)]
        for place, (title, about) in enumerate(zip(titles, tips, strict=True)):
            item = QTableWidgetItem(title)
            item.setToolTip(about)
            table.setHorizontalHeaderItem(place, item)
        for row, line in enumerate(sheet.lines):
            scores = [line.text(column).replace("± 0", "±") for column in sheet.columns]
            texts = [*line.facts, *scores]
            for place, text in enumerate(texts):
                item = self._item(line, place, text)
                if place >= facts:
                    item.setToolTip(_interval(line, sheet.columns[place - facts]))
                table.setItem(row, place, item)
        # What is the same in all lines is said once, beside the table.
        for place in (_STEP, _IMAGES):
            same = len({line.facts[place] for line in sheet.lines}) <= 1
            table.setColumnHidden(place, same)
        table.resizeColumnsToContents()
        self._name_width = table.columnWidth(_RUN)
        self._fit_names()

    def _fit_names(self) -> None:
        """Names get what the other columns leave, and no more than they need."""
        header, table = self.table.horizontalHeader(), self.table
        room = table.viewport().width() - header.length() + header.sectionSize(_RUN)
        header.resizeSection(_RUN, min(self._name_width, max(room, _LEAST_NAME_PX)))

    def _item(self, line: ScoreLine, place: int, text: str) -> QTableWidgetItem:
        item = QTableWidgetItem(text or "–")
        is_text = place in (_RUN, 1)
        side = Qt.AlignmentFlag.AlignLeft if is_text else Qt.AlignmentFlag.AlignRight
        item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
        if line.kind != "run" and is_text:
            font = QFont(self.table.font())
            font.setBold(True)
            item.setFont(font)
        if place == _RUN:
            item.setToolTip(plain_tip(text))
            if line.colour is not None:
                of = colours(self.palette())
                item.setIcon(swatch(of.curves[line.colour], of.surface))
                item.setText(f"{line.number} {text}")
        return item

    @Slot(int)
    def _choose_mode(self, index: int) -> None:
        self._scores.choose_mode(self.mode.itemData(index))

    @Slot(int)
    def _choose_step(self, index: int) -> None:
        self._scores.choose_step(self.step.itemData(index))

    def _copy(self, written: Callable[[ScoreSheet], str]) -> None:
        try:
            text = written(self._sheet)
        except IcdrlError as error:
            self._scores.trouble.emit(str(error))
        else:
            QGuiApplication.clipboard().setText(text)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and watched is self.table.viewport():
            self._fit_names()
        return super().eventFilter(watched, event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._fill(self._sheet)
        super().changeEvent(event)


def _interval(line: ScoreLine, column: ScoreColumn) -> str:
    """Where a mean lies, as far as its seeds tell; empty where there is no more than one."""
    cell = line.cells.get(column.name)
    if cell is None or cell.interval is None:
        return ""
    sign = "+" if line.kind == "difference" else ""
    low, high = (f"{end:{sign}.3f}".replace("-", "−") for end in cell.interval)
    return f"{CONFIDENCE:.0%} interval of the mean: {low} to {high}\nBootstrap over the seeds."


def _table() -> QTableWidget:
    table = QTableWidget()
    table.setAccessibleName("scores of the shown runs")
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    table.setTabKeyNavigation(False)
    table.setAlternatingRowColors(True)
    table.setWordWrap(False)
    table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
    table.setIconSize(QSize(13, 13))
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(table.fontMetrics().height() + 4)
    header = table.horizontalHeader()
    header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
    header.setHighlightSections(False)
    header.setMinimumSectionSize(30)
    return table
