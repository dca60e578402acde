"""`Heading`: a title line that says so when what is below it takes its time."""

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QWidget

from icdrl_gui.widgets.elided_label import ElidedLabel
from icdrl_gui.widgets.plain_text import plain_tip

_PATIENCE_MS = 300
_WAITING = " · drawing …"


class Heading(ElidedLabel):
    """Quick answers, such as those to a slider, leave no trace."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "heading")
        self._title = self._tip = self._name = ""
        self._waits = False
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(_PATIENCE_MS)
        self._patience.timeout.connect(self._refresh)

    def show_title(self, title: str, tip: str = "", name: str = "") -> None:
        """Show a title; `tip` says more about it, `name` in it loses its middle first."""
        self._title, self._tip, self._name = title, tip, name
        self._refresh()

    def show_busy(self, busy: bool) -> None:
        """Whether an answer is waited for."""
        if busy != self._waits:
            self._waits = busy
            if busy:
                self._patience.start()
            else:
                self._patience.stop()
                self._refresh()

    @Slot()
    def _refresh(self) -> None:
        is_late = self._waits and not self._patience.isActive() and self._title
        self.show_text(f"{self._title}{_WAITING}" if is_late else self._title, self._name)
        if self._tip:
            self.setToolTip(plain_tip(self._tip))
