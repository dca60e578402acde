"""Export: what is on show, to a file of a chosen type, with its recipe inside."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

_TYPES = {
    ".png": "PNG picture",
    ".svg": "SVG drawing",
    ".pdf": "PDF page",
    ".gif": "GIF animation",
    ".webp": "WebP animation",
    ".csv": "CSV table",
}


@dataclass(frozen=True)
class Exportable:
    """Something on show that can become a file.

    Attributes:
        name: as the dialog lists it.
        stem: suggested file name without a suffix.
        suffixes: types that it can be written as.
        save: writes it to a path, enlarged so many times (None: a legible size).
        scales: whether an enlargement means anything.
        drawn: whether Qt draws it, which it only does on the window's own thread.
    """

    name: str
    stem: str
    suffixes: tuple[str, ...]
    save: Callable[[Path, int | None], None]
    scales: bool = True
    drawn: bool = False


class ExportDialog(QDialog):
    """One dialog for every export; `export_requested` carries what, where, and the scale."""

    export_requested = Signal(object, Path, object)

    def __init__(self, choices: list[Exportable], folder: Path, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._choices = choices
        self._folder = folder
        self.what = QComboBox()
        self.what.addItems([choice.name for choice in choices])
        self.what.setAccessibleName("what to export")
        self.type = QComboBox()
        self.type.setAccessibleName("type of the file")
        self.scale = QSpinBox()
        self.scale.setRange(1, 16)
        self.scale.setValue(2)
        self.scale.setSuffix(" ×")
        self.scale.setToolTip("Each pixel becomes a square: whole numbers, nearest neighbour.")
        self.legible = QCheckBox("choose a legible size")
        self.legible.setChecked(True)
        self.legible.toggled.connect(lambda on: self.scale.setEnabled(not on))
        self.scale.setEnabled(False)
        self.file = QLineEdit()
        self.file.setMinimumWidth(340)
        browse = QPushButton("&Browse …")
        browse.clicked.connect(self._browse)
        self.note = QLabel(
            "The recipe (run, step, seed, code values, range, version) lies inside the file: "
            "drop it on the window, and the same state is back."
        )
        self.note.setWordWrap(True)
        self.note.setProperty("role", "muted")
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        save = self.buttons.addButton("&Export", QDialogButtonBox.ButtonRole.AcceptRole)
        save.setDefault(True)
        self.buttons.accepted.connect(self._export)
        self.buttons.rejected.connect(self.reject)

        form = QFormLayout()
        form.addRow("&What", self.what)
        form.addRow("&Type", self.type)
        size = QHBoxLayout()
        size.addWidget(self.scale)
        size.addWidget(self.legible, 1)
        form.addRow(_label("&Scale", self.scale), size)
        place = QHBoxLayout()
        place.addWidget(self.file, 1)
        place.addWidget(browse)
        form.addRow(_label("&File", self.file), place)
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        layout.addWidget(self.note)
        layout.addWidget(self.buttons)
        self.what.currentIndexChanged.connect(self._offer_types)
        self.type.currentIndexChanged.connect(self._suggest)
        self._offer_types()

    @property
    def choice(self) -> Exportable:
        """What is to be exported."""
        return self._choices[self.what.currentIndex()]

    @property
    def path(self) -> Path:
        """Where to; its suffix is always that of the chosen type."""
        path = Path(self.file.text()).expanduser()
        suffix = self.type.currentData()
        return path if path.suffix.lower() == suffix else path.with_name(path.name + suffix)

    def _offer_types(self) -> None:
        before = self.type.currentData()
        self.type.blockSignals(True)
        self.type.clear()
        for suffix in self.choice.suffixes:
            self.type.addItem(f"{_TYPES[suffix]} ({suffix})", suffix)
        self.type.setCurrentIndex(max(0, self.type.findData(before)))
        self.type.blockSignals(False)
        for each in (self.scale, self.legible):
            each.setVisible(self.choice.scales)
        self._suggest()

    def _suggest(self) -> None:
        folder = Path(self.file.text()).expanduser().parent if self.file.text() else self._folder
        self.file.setText(str(folder / f"{self.choice.stem}{self.type.currentData()}"))

    def _browse(self) -> None:
        dialog = QFileDialog(self, "Export to", self.file.text())
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.file.setText)
        dialog.open()

    def _export(self) -> None:
        scale = None if self.legible.isChecked() or not self.choice.scales else self.scale.value()
        self.export_requested.emit(self.choice, self.path, scale)


def _label(text: str, buddy: QWidget) -> QLabel:
    label = QLabel(text)
    label.setBuddy(buddy)
    return label
