"""Ctrl-C and SIGTERM reach the Qt loop, which Python's own handlers cannot interrupt."""

import signal
import socket
from types import FrameType

from PySide6.QtCore import QObject, QSocketNotifier, Signal, Slot


class SystemSignals(QObject):
    """Emits `terminated` when the process is asked to end; `asked` tells whether it was."""

    terminated = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.asked = False
        self._reader, self._writer = socket.socketpair()
        for end in (self._reader, self._writer):
            end.setblocking(False)
        self._notifier = QSocketNotifier(self._reader.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._wake)
        signal.set_wakeup_fd(self._writer.fileno())
        self._before = {
            number: signal.signal(number, self._ignore)
            for number in (signal.SIGINT, signal.SIGTERM)
        }

    def close(self) -> None:
        """Put everything back as it was."""
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(-1)
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._reader.close()
        self._writer.close()

    @staticmethod
    def _ignore(number: int, frame: FrameType | None) -> None:
        """The byte that Python wrote into the socket tells the loop."""

    @Slot()
    def _wake(self) -> None:
        if self._reader.recv(64):
            self.asked = True
            self.terminated.emit()
