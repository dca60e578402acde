"""`RunListModel`: the runs of a folder as a table, read off the GUI thread."""

import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QFont

from core.config import method_title
from core.errors import IcdrlError
from core.runs import RunFolder, RunSummary, list_runs
from icdrl_gui.theme import colours
from icdrl_gui.widgets.curves.swatch import swatch
from icdrl_gui.widgets.plain_text import plain_tip

Index = QModelIndex | QPersistentModelIndex
NAME, STEP, STATE = 0, 1, 2
SORT_ROLE = Qt.ItemDataRole.UserRole
PATH_ROLE = Qt.ItemDataRole.UserRole + 1


class _Column:
    """Heading, text and order of a column."""

    def __init__(
        self,
        heading: str,
        text: Callable[[RunSummary], str],
        key: Callable[[RunSummary], Any] | None = None,
    ) -> None:
        self.heading, self.text, self.key = heading, text, key or text


def _brief(number: int) -> str:
    """9,999 or 57.6k: two of them fit a narrow column."""
    if number < 10_000:
        return f"{number:,}"
    return f"{number / 1000:,.1f}k" if number < 1_000_000 else f"{number / 1_000_000:,.2f}M"


COLUMNS = (
    _Column("Name", lambda run: run.name),
    _Column("Step", lambda run: f"{_brief(run.step)}/{_brief(run.steps)}", lambda run: run.step),
    _Column("State", lambda run: run.state),
    _Column("Constraint", lambda run: run.constraint.replace("_", " ")),
    _Column(
        "TC",
        lambda run: "" if run.total_correlation is None else f"{run.total_correlation:.3f}",
        # Unknown ones come last when the lowest comes first.
        lambda run: float("inf") if run.total_correlation is None else run.total_correlation,
    ),
    _Column("Seed", lambda run: str(run.seed), lambda run: run.seed),
    _Column("Preset", lambda run: run.preset or "–"),
    _Column("Method", lambda run: method_title(run.method)),
)
_NUMBERS = {"Step", "TC", "Seed"}
_TC_TIP = "Total correlation of the codes of real images, in nats, when last evaluated."


class RunListModel(QAbstractTableModel):
    """Newest run first; a checked run is overlaid in the curves.

    Signals:
        refreshed: the folder was read anew.
        overlaid_changed: a person wants other runs checked; carries the list of their paths, and
            `show_overlaid` answers.
        renamed: a run got another name; carries its path.
        trouble: a run that cannot be read or renamed, each told once; empty once they can.
    """

    refreshed = Signal()
    overlaid_changed = Signal(object)
    renamed = Signal(object)
    trouble = Signal(str)
    _listed = Signal(object)
    _named = Signal(object, str)

    def __init__(self, root: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.root = root
        self._runs: list[RunSummary] = []
        self._colours: dict[Path, int] = {}
        self._shown: Path | None = None
        self._training: Path | None = None
        self._trained_step = 0
        self._told: set[str] = set()
        self._reader: threading.Thread | None = None
        self._again = False
        self._listed.connect(self._take)
        self._named.connect(self._take_name)

    @property
    def runs(self) -> list[RunSummary]:
        """The rows."""
        return list(self._runs)

    @property
    def overlaid(self) -> list[Path]:
        """The checked runs, in the order in which they were checked."""
        return list(self._colours)

    def run_at(self, row: int) -> RunSummary:
        """The run of a row."""
        return self._runs[row]

    @Slot()
    def refresh(self) -> None:
        """Read the folder again, soon; `refreshed` follows."""
        if self._reader is not None:
            self._again = True
            return
        self._reader = threading.Thread(target=self._read, name="run list", daemon=True)
        self._reader.start()

    def close(self) -> None:
        """Wait until nothing is being read."""
        if self._reader is not None:
            self._reader.join()

    def show_overlaid(self, colours_of: Mapping[Path, int]) -> None:
        """Check these runs, each with the index of its curves' colour in the theme."""
        self._colours = {path.absolute(): index for path, index in colours_of.items()}
        self._repaint_names()

    def show_open(self, path: Path | None) -> None:
        """Print the name of the shown run in bold."""
        self._shown = path.absolute() if path else None
        self._repaint_names()

    def follow_training(self, run: Path | None, step: int) -> None:
        """The run that trains now stands at `step`, which its files tell later; None: none does."""
        self._training, self._trained_step = run.absolute() if run else None, step
        for row, known in enumerate(self._runs):
            if known.path == self._training and known.step != step:
                self._runs[row] = self._up_to_date(known)
                self.dataChanged.emit(self.index(row, STEP), self.index(row, STEP))

    def _up_to_date(self, run: RunSummary) -> RunSummary:
        return replace(run, step=self._trained_step) if run.path == self._training else run

    def rename(self, row: int, name: str) -> None:
        """Give a run a name, kept in its folder; an empty one changes nothing."""
        run = self._runs[row]
        if name.strip() and name.strip() != run.name:
            threading.Thread(
                target=self._write_name, args=(run.path, name.strip()), name="rename", daemon=True
            ).start()

    def _read(self) -> None:
        listed: tuple[list[RunSummary], list[str]] | None = None
        try:
            listed = list_runs(self.root)
        finally:
            with suppress(RuntimeError):  # The model is gone.
                self._listed.emit(listed)

    def _write_name(self, path: Path, name: str) -> None:
        sentence = ""
        try:
            run = RunFolder.open(path)
            run.save_labels(run.labels() | {"name": name})
        except IcdrlError as error:
            sentence = str(error)
        with suppress(RuntimeError):
            self._named.emit(path, sentence)

    @Slot(object, str)
    def _take_name(self, path: Path, sentence: str) -> None:
        self.trouble.emit(sentence)
        if not sentence:
            self.renamed.emit(path)
        self.refresh()

    @Slot(object)
    def _take(self, listed: tuple[list[RunSummary], list[str]] | None) -> None:
        self._reader = None
        if self._again:
            self._again = False
            self.refresh()
        if listed is None:
            return
        runs, broken = listed
        self._update([self._up_to_date(run) for run in runs])
        for sentence in broken:
            if sentence not in self._told:
                self.trouble.emit(f"A run cannot be listed. {sentence}")
        if self._told and not broken:
            self.trouble.emit("")
        self._told = set(broken)
        self.refreshed.emit()

    def _update(self, runs: list[RunSummary]) -> None:
        """From the old rows to the new ones, so that selections stay."""
        paths = {run.path for run in runs}
        for row in reversed(range(len(self._runs))):
            if self._runs[row].path not in paths:
                self.beginRemoveRows(QModelIndex(), row, row)
                gone = self._runs.pop(row)
                self.endRemoveRows()
                self._colours.pop(gone.path, None)
        for row, run in enumerate(runs):
            if row < len(self._runs) and self._runs[row].path == run.path:
                if self._runs[row] != run:
                    self._runs[row] = run
                    self.dataChanged.emit(self.index(row, 0), self.index(row, len(COLUMNS) - 1))
                continue
            if any(known.path == run.path for known in self._runs[row:]):
                # The order changed: somebody touched a config.
                self.beginResetModel()
                self._runs = runs
                self.endResetModel()
                return
            self.beginInsertRows(QModelIndex(), row, row)
            self._runs.insert(row, run)
            self.endInsertRows()

    def _repaint_names(self) -> None:
        if self._runs:
            self.dataChanged.emit(self.index(0, NAME), self.index(len(self._runs) - 1, NAME))

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._runs)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation != Qt.Orientation.Horizontal:
            return None
        heading = COLUMNS[section].heading
        if role == Qt.ItemDataRole.DisplayRole:
            return heading
        if role == Qt.ItemDataRole.ToolTipRole and heading == "TC":
            return _TC_TIP
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(heading)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        run, column = self._runs[index.row()], COLUMNS[index.column()]
        roles = Qt.ItemDataRole
        if role in (roles.DisplayRole, roles.EditRole):
            return column.text(run)
        if role == SORT_ROLE:
            return column.key(run)
        if role == PATH_ROLE:
            return run.path
        if role == roles.ToolTipRole:
            return plain_tip(_tip(run))
        if role == roles.TextAlignmentRole:
            return _alignment(column.heading)
        return self._name_data(run, role) if index.column() == NAME else None

    def _name_data(self, run: RunSummary, role: int) -> object:
        roles = Qt.ItemDataRole
        overlaid = run.path in self._colours
        if role == roles.CheckStateRole:
            return Qt.CheckState.Checked if overlaid else Qt.CheckState.Unchecked
        if role == roles.DecorationRole and overlaid:
            of = colours()
            return swatch(of.curves[self._colours[run.path]], of.surface)
        if role == roles.FontRole and run.path == self._shown:
            font = QFont()
            font.setBold(True)
            return font
        if role == roles.AccessibleDescriptionRole:
            return "its curves are shown" if overlaid else "its curves are not shown"
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if index.column() != NAME:
            return False
        if role == Qt.ItemDataRole.EditRole:
            self.rename(index.row(), str(value))
            return True
        if role != Qt.ItemDataRole.CheckStateRole:
            return False
        path = self._runs[index.row()].path
        wanted = [each for each in self.overlaid if each != path]
        if Qt.CheckState(value) == Qt.CheckState.Checked:
            wanted.append(path)
        self.overlaid_changed.emit(wanted)
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        if index.column() == NAME:
            flags |= Qt.ItemFlag.ItemIsEditable | Qt.ItemFlag.ItemIsUserCheckable
        return flags


def _alignment(heading: str) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if heading in _NUMBERS else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


def _tip(run: RunSummary) -> str:
    """All there is to say about a run."""
    lines = [f"{column.heading}: {column.text(run) or '–'}" for column in COLUMNS]
    lines[STEP] = f"Step: {run.step:,} of {run.steps:,}"
    return "\n".join([*lines, str(run.path)])
