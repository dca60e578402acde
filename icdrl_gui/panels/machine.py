"""`MachineSettings`: what belongs to this machine: device, threads, and the pace of the preview."""

from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QLabel,
    QSpinBox,
    QWidget,
)

from core.config import ConfigError
from core.counts import counted
from core.preferences import CORES, Preferences, load_preferences, save_preferences
from icdrl_gui.widgets.forms.editors import WheelGuard
from icdrl_gui.widgets.forms.number_field import NumberField


class MachineSettings(QWidget):
    """Device and threads are saved at once, and hold from the next run on.

    The pace of the preview is this app's alone, and holds at once.

    Signals:
        preferences_changed: device or threads were saved; carries the preferences.
        preview_seconds_changed: the pace of the preview.
        trouble: device or threads could not be saved; empty once they could be.
    """

    preferences_changed = Signal(object)
    preview_seconds_changed = Signal(float)
    trouble = Signal(str)

    def __init__(
        self, preferences: Preferences, preview_seconds: float, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._preferences = preferences
        self.preview = NumberField(0, 600, decimals=1)
        self.preview.setSingleStep(0.5)
        self.preview.setSuffix(" s")
        self.preview.setSpecialValueText("at snapshots only")
        self.preview.setValue(preview_seconds)
        self._name(self.preview, "seconds between two previews", _PREVIEW)
        self.device = QComboBox()
        self.device.addItems(list(dict.fromkeys(["auto", preferences.device])))
        self.device.setCurrentText(preferences.device)
        self._name(self.device, "device", _field("device"))
        self.threads = QSpinBox()
        self.threads.setRange(0, CORES)
        self.threads.setSpecialValueText("all cores")
        self.threads.setValue(preferences.threads)
        self.threads.setKeyboardTracking(False)
        self._name(self.threads, "CPU threads", _field("threads"))
        self.note = QLabel()
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        self.note.setWordWrap(True)
        self.note.setProperty("role", "muted")
        layout = QFormLayout(self)
        layout.setContentsMargins(0, 0, 0, 4)
        layout.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        layout.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        layout.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        layout.addRow("preview every", self.preview)
        layout.addRow("device", self.device)
        layout.addRow("threads", self.threads)
        layout.addRow(self.note)
        self._say("")
        guard = WheelGuard(self)
        for each in (self.preview, self.device, self.threads):
            guard.guard(each)
        self.preview.valueChanged.connect(self.preview_seconds_changed)
        self.device.activated.connect(lambda: self._save({"device": self.device.currentText()}))
        self.threads.valueChanged.connect(lambda threads: self._save({"threads": threads}))

    def set_devices(self, devices: tuple[str, ...], device: str, threads: int) -> None:
        """What can be chosen, and what the trainer uses now."""
        chosen = self._preferences.device
        self.device.clear()
        self.device.addItems(list(dict.fromkeys(["auto", *devices, chosen])))
        self.device.setCurrentText(chosen)
        self._say(f"The trainer runs on {device} with {counted(threads, 'thread')}.")

    def _save(self, update: dict[str, Any]) -> None:
        try:
            # The file may have been changed since by the command line.
            preferences = load_preferences().within_cores().model_copy(update=update)
            save_preferences(preferences)
        except ConfigError as error:
            self.trouble.emit(str(error))
            self._show_saved()
            return
        self._preferences = preferences
        self.trouble.emit("")
        self._say("Saved: it holds from the next run on.")
        self.preferences_changed.emit(preferences)

    def _show_saved(self) -> None:
        """Back to what is still in force."""
        self.threads.blockSignals(True)
        self.threads.setValue(self._preferences.threads)
        self.threads.blockSignals(False)
        self.device.setCurrentText(self._preferences.device)

    @Slot(str)
    def _say(self, sentence: str) -> None:
        self.note.setText(sentence or "Device and threads hold from the next run on.")

    def _name(self, editor: QWidget, name: str, tip: str) -> None:
        editor.setAccessibleName(name)
        editor.setToolTip(tip)
        editor.setAccessibleDescription(tip)


_PREVIEW = "How often the traversals are drawn anew while a run trains."


def _field(name: str) -> str:
    description = Preferences.model_fields[name].description or ""
    return f"{description} It holds from the next run on."
