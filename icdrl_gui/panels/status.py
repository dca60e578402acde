"""The status line: step, speed, time left, device and memory of the training."""

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QStatusBar, QWidget

from core.counts import counted, named_step
from core.curves.ticks import duration
from core.protocol import Preparing
from icdrl_gui.models.runs.shown_run import ShownRun
from icdrl_gui.models.training import TrainingModel

_WORDS = {
    "loading": "Starting the trainer …",
    "idle": "Ready",
    "preparing": "Preparing the data …",
    "training": "Training",
    "paused": "Paused",
    "stopping": "Stopping …",
}


class StatusLine(QStatusBar):
    """Follows a `TrainingModel`; a run that is over is described as long as it is shown."""

    def __init__(self, training: TrainingModel, shown: ShownRun) -> None:
        super().__init__()
        self._training, self._shown = training, shown
        self._state, self._figures, self._device = QLabel(), QLabel(), QLabel()
        self._figures.setTextFormat(Qt.TextFormat.PlainText)
        self._bar = QProgressBar()
        self._bar.setFixedWidth(140)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName("progress of the run")
        self.setSizeGripEnabled(False)
        # One part, which a status tip hides as a whole, whatever the training shows meanwhile.
        part = QWidget()
        beside = QHBoxLayout(part)
        beside.setContentsMargins(6, 0, 6, 0)
        for each in (self._state, self._bar):
            beside.addWidget(each)
        beside.addWidget(self._figures, 1)
        self.addWidget(part, 1)
        self._device.setContentsMargins(0, 0, 6, 0)
        self.addPermanentWidget(self._device)
        training.state_changed.connect(self._refresh)
        training.progressed.connect(self._refresh)
        training.got_usage.connect(self._refresh)
        training.got_preparing.connect(self._show_preparing)
        shown.run_changed.connect(self._refresh)
        self._refresh()

    @Slot()
    def _refresh(self) -> None:
        training = self._training
        config = training.config
        self._state.setText(_WORDS[training.state])
        self._bar.setVisible(training.active)
        parts: list[str] = []
        if config is not None and self._has_run():
            parts.append(f"{named_step(training.step)}/{config.steps:,}")
            self._bar.setRange(0, config.steps)
            self._bar.setValue(training.step)
            if training.active and training.images_per_s is not None:
                parts.append(f"{training.images_per_s:,.0f} images/s")
            if training.active:
                left = "–" if training.eta_s is None else duration(training.eta_s)
                parts.append(f"{left} left")
        elif training.active:
            self._bar.setRange(0, 0)
        self._figures.setText(" · ".join(parts))
        self._device.setText(self._device_text())

    def _has_run(self) -> bool:
        run, shown = self._training.run, self._shown.run
        is_shown = run is not None and shown is not None and shown.path == run
        return is_shown or (run is not None and self._training.active)

    @Slot(object)
    def _show_preparing(self, event: Preparing) -> None:
        self._bar.setRange(0, event.total)
        self._bar.setValue(event.done)
        self._figures.setText(_progress(event))

    @Slot(object)
    def show_aside(self, event: Preparing) -> None:
        """Tell for a moment how far the explorer is with its data."""
        self.showMessage(_progress(event), 2000)

    def _device_text(self) -> str:
        usage, ready = self._training.usage, self._training.ready
        if ready is None:
            return ""
        threads = usage.threads if usage else ready.threads
        device = usage.device if usage else ready.device
        text = f"CPU, {counted(threads, 'thread')}" if device == "cpu" else device
        return f"{text} · {usage.memory / 2**30:.1f} GiB" if usage else text


def _progress(event: Preparing) -> str:
    return f"{event.what}: {event.done:,} of {counted(event.total, 'image')}"
