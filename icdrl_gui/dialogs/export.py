"""Export: what is shown, to a file of a chosen type, with its recipe inside."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import shiboken6
from PySide6.QtCore import Qt, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
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
    QMessageBox,
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
    ".tex": "LaTeX table",
}


@dataclass(frozen=True)
class Exportable:
    """Something shown that can become a file.

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
    """One dialog for every export, which stays open for the next one.

    Signals:
        export_requested: what, where (in a folder that exists), and the scale; whoever writes the
            file calls `show_result`.
    """

    export_requested = Signal(object, Path, object)

    def __init__(self, choices: list[Exportable], folder: Path, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._choices = choices
        self._folder = self._written_to = folder
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
        browse.setAutoDefault(False)
        browse.clicked.connect(self._browse)
        self.note = QLabel(
            "The recipe (run, step, seed, code values, range, version) lies inside the file: "
            "drop it on the window, and the same state is back."
        )
        self.note.setWordWrap(True)
        self.note.setProperty("role", "muted")
        self.result_line = QLabel()
        self.result_line.setWordWrap(True)
        self.result_line.setTextFormat(Qt.TextFormat.PlainText)
        self.result_line.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.open_folder = QPushButton("&Open folder")
        self.open_folder.setAutoDefault(False)
        self.open_folder.clicked.connect(self._open_folder)
        self.open_folder.hide()
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.save = self.buttons.addButton("&Export", QDialogButtonBox.ButtonRole.AcceptRole)
        self.save.setDefault(True)
        self.buttons.accepted.connect(self._export)
        self.buttons.rejected.connect(self.reject)

        self._form = form = QFormLayout()
        form.addRow("&What", self.what)
        form.addRow("&Type", self.type)
        self._size = QHBoxLayout()
        self._size.addWidget(self.scale)
        self._size.addWidget(self.legible, 1)
        form.addRow(_label("&Scale", self.scale), self._size)
        place = QHBoxLayout()
        place.addWidget(self.file, 1)
        place.addWidget(browse)
        form.addRow(_label("&File", self.file), place)
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        layout.addWidget(self.note)
        result = QHBoxLayout()
        result.addWidget(self.result_line, 1)
        result.addWidget(self.open_folder)
        layout.addLayout(result)
        layout.addWidget(self.buttons)
        self.what.currentIndexChanged.connect(self._offer_types)
        self.type.currentIndexChanged.connect(self._change_suffix)
        self._offer_types()

    @property
    def choice(self) -> Exportable:
        """What is to be exported."""
        return self._choices[self.what.currentIndex()]

    @property
    def path(self) -> Path:
        """Where to; its suffix is always that of the chosen type."""
        path = Path(self.file.text().strip())
        with suppress(RuntimeError):  # There is no such person.
            path = path.expanduser()
        path = self._folder / path
        suffix = self.type.currentData()
        if not path.name or path.suffix.lower() == suffix:
            return path
        return path.with_name(path.name + suffix)

    @Slot(str, bool)
    def show_result(self, sentence: str, failed: bool) -> None:
        """Say what became of an export; nothing if the dialog was closed meanwhile."""
        if not shiboken6.isValid(self):
            return
        self._say(sentence, "error" if failed else "")
        self.open_folder.setVisible(not failed)

    def _offer_types(self) -> None:
        before = self.type.currentData()
        self.type.blockSignals(True)
        self.type.clear()
        for suffix in self.choice.suffixes:
            self.type.addItem(f"{_TYPES[suffix]} ({suffix})", suffix)
        self.type.setCurrentIndex(max(0, self.type.findData(before)))
        self.type.blockSignals(False)
        self._form.setRowVisible(self._size, self.choice.scales)
        self._suggest()

    def _suggest(self) -> None:
        folder = self.path.parent if self.file.text().strip() else self._folder
        self.file.setText(str(folder / f"{self.choice.stem}{self.type.currentData()}"))

    @Slot()
    def _change_suffix(self) -> None:
        """Another type: the name that a person typed stays."""
        text = self.file.text().strip()
        suffix = Path(text).suffix
        stem = text.removesuffix(suffix) if suffix.lower() in _TYPES else text
        self.file.setText(f"{stem}{self.type.currentData()}" if stem else "")

    def _browse(self) -> None:
        dialog = QFileDialog(self, "Export to", str(self.path if self.file.text() else ""))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        # The suffix may still change, so it is asked when the file is written.
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.file.setText)
        dialog.open()

    @Slot()
    def _export(self) -> None:
        self.open_folder.hide()
        if not Path(self.file.text().strip()).name:
            self.show_result("Give the file a name.", failed=True)
            return
        path = self.path
        if path.is_dir():
            self.show_result(f"{path} is a folder: choose another name.", failed=True)
        elif path.exists():
            self._ask_to_replace(path)
        else:
            self._request(path)

    def _ask_to_replace(self, path: Path) -> None:
        box = QMessageBox(self)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle("Export")
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(f"Replace {path.name}?")
        box.setInformativeText(f"There is a file of this name in {path.parent}.")
        agree = box.addButton("&Replace", QMessageBox.ButtonRole.DestructiveRole)
        keep = box.addButton("&Keep", QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(keep)
        box.setEscapeButton(keep)
        box.finished.connect(lambda: self._request(path) if box.clickedButton() is agree else None)
        box.open()

    def _request(self, path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            sentence = f"The folder {path.parent} cannot be made: {error.strerror}."
            self.show_result(sentence, failed=True)
            return
        self._written_to = path.parent
        self._say(f"Writing {path.name} …", "muted")
        scale = None if self.legible.isChecked() or not self.choice.scales else self.scale.value()
        self.export_requested.emit(self.choice, path, scale)

    @Slot()
    def _open_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._written_to)))

    def _say(self, sentence: str, role: str) -> None:
        self.result_line.setProperty("role", role)
        self.result_line.style().unpolish(self.result_line)
        self.result_line.style().polish(self.result_line)
        self.result_line.setText(sentence)


def _label(text: str, buddy: QWidget) -> QLabel:
    label = QLabel(text)
    label.setBuddy(buddy)
    return label
