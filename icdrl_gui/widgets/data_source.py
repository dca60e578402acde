"""`DataSource`: a data set by its name in the catalogue, or a file or folder."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from core.counts import counted
from core.protocol import AvailableData
from icdrl_gui.widgets.field_editors import WheelGuard

_SOURCE = Qt.ItemDataRole.UserRole


class DataSource(QWidget):
    """`chosen` carries the source that a person chose: a name or a path."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._available: tuple[AvailableData, ...] = ()
        self._source = ""
        self.names = QComboBox()
        self.names.setAccessibleName("data set")
        self.names.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.names.setMinimumContentsLength(8)
        WheelGuard(self).guard(self.names)
        self.browse = QPushButton("Choose")
        self.browse.setAccessibleName("choose a data file or a folder of images")
        self.browse.setToolTip("A data file, or a folder of images; or drop one on this panel.")
        menu = QMenu(self.browse)
        menu.addAction("&File …", self.ask_for_file)
        menu.addAction("F&older of images …", self.ask_for_folder)
        self.browse.setMenu(menu)
        self.note = QLabel()
        self.note.setWordWrap(True)
        self.note.setProperty("role", "muted")

        label = QLabel("&Data")
        label.setBuddy(self.names)
        heading = QHBoxLayout()
        heading.addWidget(label)
        heading.addStretch()
        heading.addWidget(self.browse)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(heading)
        layout.addWidget(self.names)
        layout.addWidget(self.note)
        self.names.activated.connect(self._choose)

    def set_source(self, source: str) -> None:
        """Show a name or path, in the catalogue or not."""
        self._source = source
        self._fill()

    def set_available(self, data: tuple[AvailableData, ...]) -> None:
        """What the catalogue has."""
        self._available = data
        self._fill()

    @Slot()
    def ask_for_file(self) -> None:
        """Choose a data file."""
        self._ask("Choose a data file", QFileDialog.FileMode.ExistingFile)

    @Slot()
    def ask_for_folder(self) -> None:
        """Choose a folder of images."""
        self._ask("Choose a folder of images", QFileDialog.FileMode.Directory)

    def _ask(self, title: str, mode: QFileDialog.FileMode) -> None:
        dialog = QFileDialog(self, title)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(mode)
        if mode == QFileDialog.FileMode.ExistingFile:
            dialog.setNameFilters(
                ["Data (*.npz *.npy *.hdf5 *.h5 *-ubyte *-ubyte.gz)", "All files (*)"]
            )
        dialog.fileSelected.connect(self._take_path)
        dialog.open()

    def _fill(self) -> None:
        self.names.clear()
        for data in self._available:
            self.names.addItem(data.name, data.name)
            tip = f"{data.description} {counted(data.images, 'image')}."
            self.names.setItemData(self.names.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        if self.names.findData(self._source) < 0:
            self.names.addItem(Path(self._source).name or self._source, self._source)
            row = self.names.count() - 1
            self.names.setItemData(row, self._source, Qt.ItemDataRole.ToolTipRole)
        self.names.setCurrentIndex(self.names.findData(self._source))
        self.note.setText(self._about())
        self.note.setVisible(bool(self.note.text()))

    def _about(self) -> str:
        """What a person should know about the source."""
        known = {data.name: data for data in self._available}
        if data := known.get(self._source):
            later = "" if data.prepared else " It is prepared when it is used first."
            return f"{counted(data.images, 'image')}. {data.description}{later}"
        # A label breaks no line within a path.
        is_path = Path(self._source).name != self._source
        return self._source.replace("/", "/\u200b") if is_path else ""

    @Slot()
    def _choose(self) -> None:
        self._source = self.names.currentData()
        self._fill()
        self.chosen.emit(self._source)

    @Slot(str)
    def _take_path(self, path: str) -> None:
        self.set_source(path)
        self.chosen.emit(path)
