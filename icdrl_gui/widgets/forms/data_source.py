"""`DataSource`: a data set by its name in the catalogue, or a file or folder."""

from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal, Slot
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
from icdrl_gui.widgets.forms.editors import WheelGuard
from icdrl_gui.widgets.plain_text import plain_tip

_SOURCE = Qt.ItemDataRole.UserRole

# How soon it is seen that a person put files in place.
_LOOK_MS = 1000


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
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        self.note.setWordWrap(True)
        self._look = QTimer(self, interval=_LOOK_MS)
        self._look.timeout.connect(self._tell)

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
            tip = plain_tip(self._source)
            self.names.setItemData(row, tip, Qt.ItemDataRole.ToolTipRole)
        self.names.setCurrentIndex(self.names.findData(self._source))
        self._tell()

    @Slot()
    def _tell(self) -> None:
        """What a person should know about the source; again and again while files are missing."""
        data = next((data for data in self._available if data.name == self._source), None)
        missing = _missing(data) if data else ""
        role = "warning" if missing else "muted"
        if self.note.property("role") != role:
            self.note.setProperty("role", role)
            self.note.style().unpolish(self.note)
            self.note.style().polish(self.note)
        self.note.setText(missing or (_about(data) if data else _shown_path(self._source)))
        self.note.setVisible(bool(self.note.text()))
        if missing:
            self._look.start()
        else:
            self._look.stop()

    @Slot()
    def _choose(self) -> None:
        self._source = self.names.currentData()
        self._fill()
        self.chosen.emit(self._source)

    @Slot(str)
    def _take_path(self, path: str) -> None:
        self.set_source(path)
        self.chosen.emit(path)


def _missing(data: AvailableData) -> str:
    """Where to put the files of a data set that needs some and has none; empty: it is there."""
    if not data.places or any(map(_is_file, data.places)):
        return ""
    images = Path(data.places[0])
    labels = images.name.replace("images-idx3", "labels-idx1")
    return (
        f"The files of {data.name} are not on this computer yet: put {images.name} and {labels} "
        f"into {_breakable(str(images.parent))}, or choose the images file."
    )


def _is_file(place: str) -> bool:
    try:
        return Path(place).is_file()
    except OSError:  # A folder that may not be entered.
        return False


def _about(data: AvailableData) -> str:
    later = "" if data.prepared or data.places else " It is prepared when it is used first."
    return f"{data.images:,} images. {data.description}{later}"


def _shown_path(source: str) -> str:
    return _breakable(source) if Path(source).name != source else ""


def _breakable(path: str) -> str:
    """A label breaks no line within a path."""
    return path.replace("/", "/\u200b")
