"""`SetupPanel`: the config of the next run: preset, data, every setting, and what trains it."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from core.config import ConfigError, RunConfig, dump_config, load_config
from core.errors import IcdrlError
from core.files.atomic import write_atomically
from core.preferences import Preferences
from core.presets import FIRST_PRESET, list_presets, load_preset
from core.protocol import AvailableData, Ready
from icdrl_gui.models.opening import Data, may_be_data, recognise
from icdrl_gui.panels.machine import MachineSettings
from icdrl_gui.widgets.forms.data_source import DataSource
from icdrl_gui.widgets.forms.editors import WheelGuard
from icdrl_gui.widgets.forms.fields import words
from icdrl_gui.widgets.forms.model_form import ModelForm
from icdrl_gui.widgets.forms.section import Section

_SOURCE = "data.source"
_LEAST_HEIGHT_PX = 90
_OWN_PRESET = "no preset"
_MISFIT = "settings that do not fit each other"
_FILTER = "Config (*.json)"


class SetupPanel(QWidget):
    """Fits a narrow dock; what it holds is one `RunConfig`.

    Signals:
        edited: the config changed; carries it, or None while it is not valid.
        trouble: a config file, or the preferences, that cannot be read or written; empty once they
            could be, or Setup holds a valid config again.
    """

    edited = Signal(object)
    train_requested = Signal(object)
    queue_requested = Signal(object)
    preview_seconds_changed = Signal(float)
    preferences_changed = Signal(object)
    trouble = Signal(str)

    def __init__(
        self,
        preferences: Preferences | None = None,
        preview_seconds: float = 2.0,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("setup")
        self.setWindowTitle("Setup")
        self.setAcceptDrops(True)
        self._presets = {preset.name: preset for preset in list_presets()}
        first = load_preset(FIRST_PRESET).config
        self.preset = _narrow(QComboBox())
        self.preset.addItems([*self._presets, _OWN_PRESET])
        self.preset.setAccessibleName("preset")
        WheelGuard(self).guard(self.preset)
        for row, preset in enumerate(self._presets.values()):
            self.preset.setItemData(row, preset.summary, Qt.ItemDataRole.ToolTipRole)
        self.summary = _muted()
        self.source = DataSource()
        self.form = ModelForm(
            first, hidden=("schema", "preset", _SOURCE), first=("steps", "batch_size", "seed")
        )
        self.machine = MachineSettings(preferences or Preferences(), preview_seconds)
        self._problem = QLabel()
        self._problem.setWordWrap(True)
        self._problem.setProperty("role", "error")
        self.train = QPushButton("Train")
        self.train.setDefault(True)
        self.train.setToolTip("Start a run with these settings (F5).")
        self.queue = QPushButton("Add to queue")
        self.queue.setToolTip("Train with these settings when the trainer is free (Ctrl+F5).")
        self._arrange()
        self._connect()
        self.set_config(first)

    def config(self) -> RunConfig | None:
        """What would be trained; None while a field is not valid."""
        config = self.form.config()
        return config if isinstance(config, RunConfig) else None

    @Slot(object)
    def set_config(self, config: RunConfig) -> None:
        """Show a config; its preset is what changes are marked against."""
        preset = self._presets.get(config.preset)
        self.preset.setCurrentText(preset.name if preset else _OWN_PRESET)
        self.summary.setText(preset.summary if preset else "Compared with the defaults.")
        self.form.set_base(preset.config if preset else RunConfig())
        self.source.set_source(config.data.source)
        self.form.set_config(config)

    @Slot(object)
    def set_source(self, source: Path | str) -> None:
        """Train on this file or folder, or on a data set of the catalogue."""
        self.source.set_source(str(source))
        self.form.set_value(_SOURCE, str(source))

    def set_data(self, data: tuple[AvailableData, ...]) -> None:
        """The data sets that can be chosen by name."""
        self.source.set_available(data)

    def set_devices(self, devices: tuple[str, ...], device: str, threads: int) -> None:
        """What the trainer found, and what it uses now."""
        self.machine.set_devices(devices, device, threads)

    @Slot(object)
    def set_ready(self, ready: Ready) -> None:
        """Take in what the trainer knows."""
        self.set_data(ready.data)
        self.set_devices(ready.devices, ready.device, ready.threads)

    @Slot(bool)
    def set_training(self, active: bool) -> None:
        """While a run trains, others can only wait."""
        self._training = active
        self._refresh()

    @Slot()
    def ask_to_load(self) -> None:
        """Choose a config file to show."""
        dialog = self._dialog("Load a config")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda path: self.load(Path(path)))
        dialog.open()

    @Slot()
    def ask_to_save(self) -> None:
        """Choose a file for the config."""
        if self.config() is None:
            self.trouble.emit("Setup holds a value that is not valid: mend it before you save.")
            return
        dialog = self._dialog("Save the config")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("json")
        dialog.fileSelected.connect(lambda path: self.save(Path(path)))
        dialog.open()

    def load(self, path: Path) -> None:
        """Show the config of a file; `trouble` if it holds none."""
        try:
            self.set_config(load_config(path))
        except ConfigError as error:
            self.trouble.emit(str(error))

    def save(self, path: Path) -> None:
        """Write the config; `trouble` if it cannot be written."""
        config = self.config()
        if config is None:
            return
        content = dump_config(config).encode()
        try:
            write_atomically(path, lambda file: file.write(content))
        except OSError as error:
            self.trouble.emit(f"Cannot write the config {path}: {error.strerror}.")
        else:
            self.trouble.emit("")

    def _arrange(self) -> None:
        self._training = False
        self.reset = QPushButton("Reset")
        self.reset.setToolTip("Back to the preset's settings.")
        preset_label = QLabel("&Preset")
        preset_label.setBuddy(self.preset)
        files = QPushButton("File")
        files.setToolTip("Load a config from a file, or save this one.")
        menu = QMenu(files)
        menu.addAction("&Load config …", self.ask_to_load)
        menu.addAction("&Save config …", self.ask_to_save)
        files.setMenu(menu)
        heading = QHBoxLayout()
        heading.addWidget(preset_label)
        heading.addStretch()
        heading.addWidget(self.reset)
        heading.addWidget(files)

        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(8, 6, 8, 6)
        column.addLayout(heading)
        column.addWidget(self.preset)
        column.addWidget(self.summary)
        column.addWidget(self.source)
        column.addWidget(self.form)
        column.addWidget(Section("This machine", self.machine))
        column.addStretch()
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setMinimumHeight(_LEAST_HEIGHT_PX)
        scroll.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        scroll.setWidget(page)

        buttons = QHBoxLayout()
        buttons.addWidget(self.train, 1)
        buttons.addWidget(self.queue, 1)
        below = QVBoxLayout()
        below.setContentsMargins(8, 4, 8, 8)
        below.addWidget(self._problem)
        below.addLayout(buttons)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(scroll, 1)
        layout.addLayout(below)
        self.setFocusProxy(self.preset)

    def _connect(self) -> None:
        self.preset.activated.connect(self._choose_preset)
        self.reset.clicked.connect(self._choose_preset)
        self.source.chosen.connect(lambda source: self.form.set_value(_SOURCE, source))
        self.form.edited.connect(self._take_edit)
        self.train.clicked.connect(lambda: self.train_requested.emit(self.config()))
        self.queue.clicked.connect(lambda: self.queue_requested.emit(self.config()))
        self.machine.preview_seconds_changed.connect(self.preview_seconds_changed)
        self.machine.preferences_changed.connect(self.preferences_changed)
        self.machine.trouble.connect(self.trouble)

    def _dialog(self, title: str) -> QFileDialog:
        dialog = QFileDialog(self, title, "", _FILTER)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return dialog

    @Slot()
    def _choose_preset(self) -> None:
        preset = self._presets.get(self.preset.currentText())
        self.set_config(preset.config if preset else RunConfig())

    @Slot(object)
    def _take_edit(self, config: object) -> None:
        self._refresh()
        if self.config() is not None:
            self.trouble.emit("")
        self.edited.emit(self.config())

    def _take_dropped(self, path: Path) -> None:
        """Train on it, unless it turns out to be no data."""
        try:
            opened = recognise(path)
        except IcdrlError as error:
            self.trouble.emit(str(error))
            return
        if isinstance(opened, Data):
            self.set_source(path)
        else:
            self.trouble.emit(f"{path.name} is no data to train on: it is a file of a run.")

    def _refresh(self) -> None:
        wrong = [words(path) if path else _MISFIT for path in self.form.problems]
        self._problem.setText(f"Not valid: {', '.join(wrong)}." if wrong else "")
        self._problem.setVisible(bool(wrong))
        self.train.setEnabled(not wrong and not self._training)
        self.queue.setEnabled(not wrong)
        self.reset.setEnabled(bool(self.form.modified_paths - {"preset"}) or bool(wrong))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _data_in(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        if path := _data_in(event):
            event.acceptProposedAction()
            self._take_dropped(path)


def _data_in(event: QDropEvent) -> Path | None:
    """The one file or folder that is dragged, if it may be data; the window takes the rest."""
    urls = event.mimeData().urls()
    if len(urls) != 1 or not urls[0].isLocalFile():
        return None
    path = Path(urls[0].toLocalFile())
    return path if may_be_data(path) else None


def _narrow(combo: QComboBox) -> QComboBox:
    combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    combo.setMinimumContentsLength(8)
    return combo


def _muted() -> QLabel:
    label = QLabel()
    label.setWordWrap(True)
    label.setProperty("role", "muted")
    return label
