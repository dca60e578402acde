"""`ComparePanel`: two runs side by side, seen in the same way, and what sets them apart."""

from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QSplitter,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from core.errors import IcdrlError
from icdrl_gui.models.comparison import SIDES, ComparisonModel, SideName
from icdrl_gui.panels.compare_side import CompareSide
from icdrl_gui.panels.drag_folder import DragFolder
from icdrl_gui.widgets.heat_map import HeatMap
from icdrl_gui.widgets.placeholder import Placeholder
from icdrl_gui.widgets.plain_text import plain_tip
from icdrl_gui.widgets.text_button import text_button
from icdrl_gui.widgets.traversal_controls import TraversalControls

_NOTHING = (
    "No two runs are compared yet.\n"
    "Press Retrain ⇄ to train the shown run again with the constraint flipped, "
    "or mark two runs in Runs and choose Compare."
)
_ENCODING = "Encoding real images …"
_NO_STEP = "No snapshot yet."
_VALUES = (1, 2)


class ComparePanel(QWidget):
    """Follows a `ComparisonModel`; asks only while it is seen."""

    def __init__(self, comparison: ComparisonModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("compare")
        self.setWindowTitle("Compare")
        self._comparison = comparison
        self._drags = DragFolder()
        self.controls = TraversalControls(explores=False)
        self.swap = text_button("⇄", "Swap: left becomes right")
        self.swap.setAccessibleName("swap left and right")
        self.sides = {name: CompareSide(name) for name in SIDES}
        self.heat_maps = {name: HeatMap(f"|correlation|, {name}") for name in SIDES}
        self.differences = _table()
        self._differences_title = QLabel()
        self._differences_title.setProperty("role", "heading")
        content = QWidget()
        self._arrange(content)
        self.placeholder = Placeholder(content)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 6)
        layout.addWidget(self.placeholder)
        self._wire()
        self.controls.show_settings(comparison.anchor, comparison.rule, comparison.columns)
        self._show_runs()

    def _arrange(self, content: QWidget) -> None:
        above = QHBoxLayout()
        above.addWidget(self.controls, 1)
        above.addWidget(self.controls.columns_part)
        above.addWidget(self.swap)
        grids = QSplitter(Qt.Orientation.Horizontal)
        grids.setChildrenCollapsible(False)
        for side in self.sides.values():
            grids.addWidget(side)
        below = QWidget()
        facts = QHBoxLayout(below)
        facts.setContentsMargins(0, 0, 0, 0)
        for heat_map in self.heat_maps.values():
            facts.addWidget(heat_map, 1)
        facts.addWidget(self._settings(), 2)
        halves = QSplitter(Qt.Orientation.Vertical)
        halves.setChildrenCollapsible(False)
        halves.addWidget(grids)
        halves.addWidget(below)
        halves.setSizes([620, 380])
        halves.setStretchFactor(0, 3)
        halves.setStretchFactor(1, 2)
        layout = QVBoxLayout(content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(above)
        layout.addWidget(halves, 1)

    def _settings(self) -> QWidget:
        part = QWidget()
        layout = QVBoxLayout(part)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self._differences_title)
        layout.addWidget(self.differences, 1)
        return part

    def _wire(self) -> None:
        comparison = self._comparison
        self.controls.anchor_chosen.connect(comparison.set_anchor)
        self.controls.rule_chosen.connect(comparison.set_rule)
        self.controls.columns_chosen.connect(comparison.set_columns)
        self.swap.clicked.connect(comparison.swap)
        for name, side in self.sides.items():
            side.step_chosen.connect(lambda step, name=name: comparison.choose_step(name, step))
            side.grid.drag_file = lambda _, name=name: self._write_for_drag(name)
            side.grid.current_changed.connect(
                lambda row, column, name=name: self._follow(name, row, column)
            )
        comparison.runs_changed.connect(self._show_runs)
        comparison.steps_changed.connect(self._show_facts)
        comparison.grid_changed.connect(self._show_grid)
        comparison.correlation_changed.connect(self._show_correlation)
        comparison.busy_changed.connect(self._show_busy)

    @Slot()
    def _show_runs(self) -> None:
        sides = self._comparison.sides
        self.placeholder.say("" if sides else _NOTHING)
        if not sides:
            return
        for name in SIDES:
            self._show_grid(name)
            self._show_correlation(name)
        self._show_facts()

    @Slot()
    def _show_facts(self) -> None:
        comparison = self._comparison
        for name, side in comparison.sides.items():
            self.sides[name].show_facts(side, comparison.common_step)
        self._show_differences()

    @Slot(str)
    def _show_grid(self, name: SideName) -> None:
        self.sides[name].show_grid(self._comparison.sides[name])

    @Slot(str)
    def _show_correlation(self, name: SideName) -> None:
        side = self._comparison.sides[name]
        if found := side.correlated:
            self.heat_maps[name].show_values(np.abs(found.evaluated.correlation), found.names)
        else:
            waiting = _ENCODING if side.steps else _NO_STEP
            self.heat_maps[name].clear(side.no_correlation or waiting)
        self.sides[name].show_facts(side, self._comparison.common_step)
        self.sides[name].show_grid(side)

    @Slot()
    def _show_busy(self) -> None:
        comparison = self._comparison
        for name, shown in self.sides.items():
            shown.title.show_busy(comparison.waits_for(name))
            if side := comparison.sides.get(name):
                # What was refused may have been asked for again.
                if side.traversed is None:
                    shown.show_grid(side)
                if side.correlated is None:
                    self._show_correlation(name)

    def _show_differences(self) -> None:
        rows = self._comparison.differences
        what = "Settings that differ" if rows else "No setting differs"
        self._differences_title.setText(f"{what} ({len(rows)})" if rows else what)
        self.differences.setHorizontalHeaderLabels(["setting", "left", "right"])
        self.differences.setRowCount(len(rows))
        for row, texts in enumerate(rows):
            for column, text in enumerate(texts):
                item = QTableWidgetItem(text)
                item.setToolTip(plain_tip(text))
                self.differences.setItem(row, column, item)
        self._share_width()

    def _share_width(self) -> None:
        """Values get what they need, as long as half of the width is left for the settings."""
        needed = sum(self.differences.sizeHintForColumn(column) for column in _VALUES)
        fits = needed <= self.differences.viewport().width() / 2
        mode = QHeaderView.ResizeMode.ResizeToContents if fits else QHeaderView.ResizeMode.Stretch
        for column in _VALUES:
            self.differences.horizontalHeader().setSectionResizeMode(column, mode)

    def _follow(self, name: SideName, row: int, column: int) -> None:
        """The cursor stands at the same cell on both sides."""
        other = self.sides["right" if name == "left" else "left"]
        other.grid.set_current(row, column)

    def _write_for_drag(self, name: SideName) -> Path | None:
        drawn = self._comparison.sides[name].exported()
        if drawn is None:
            return None
        try:
            return self._drags.write(*drawn, "traversals")
        except IcdrlError as error:
            self._comparison.trouble.emit(str(error))
            return None

    def showEvent(self, event: QShowEvent) -> None:
        """Ask for what is not known yet."""
        super().showEvent(event)
        self._comparison.set_active(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Ask for nothing."""
        super().hideEvent(event)
        self._comparison.set_active(False)


def _table() -> QTableWidget:
    table = QTableWidget(0, 3)
    table.setAccessibleName("settings that differ")
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setTabKeyNavigation(False)
    table.setAlternatingRowColors(True)
    table.setWordWrap(False)
    table.setTextElideMode(Qt.TextElideMode.ElideLeft)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(table.fontMetrics().height() + 8)
    header = table.horizontalHeader()
    header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    return table
