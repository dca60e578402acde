"""The three meanings of stop, in words; and the question before the window closes."""

from html import escape
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QPushButton, QWidget

from core.counts import named_step

Meaning = Literal["keep", "now", "delete", "cancel"]


class StopDialog(QMessageBox):
    """Ask what to do with the run that trains; `meaning` tells when it is `finished`."""

    def __init__(self, run: str, step: int, checkpoint: int | None, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setIcon(QMessageBox.Icon.Question)
        self.setWindowTitle("Stop training")
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setText(f"Stop {escape(run)} at {named_step(step)}?")
        kept = f"{named_step(checkpoint)}" if checkpoint is not None else "its beginning"
        self.setInformativeText(
            f"<b>Stop and keep</b> saves this step; the run can be resumed from it.<br>"
            f"<b>Stop now</b> saves nothing more; the run can be resumed from {kept}.<br>"
            f"<b>Stop and delete</b> moves the whole run to the trash."
        )
        role = QMessageBox.ButtonRole
        self._meanings: dict[QPushButton, Meaning] = {
            self.addButton("Stop and &keep", role.AcceptRole): "keep",
            self.addButton("Stop &now", role.DestructiveRole): "now",
            self.addButton("Stop and &delete", role.DestructiveRole): "delete",
            self.addButton("&Go on training", role.RejectRole): "cancel",
        }
        first, *_, last = self._meanings
        self.setDefaultButton(first)
        self.setEscapeButton(last)

    @property
    def meaning(self) -> Meaning:
        """What was chosen."""
        clicked = self.clickedButton()
        return next((m for button, m in self._meanings.items() if button is clicked), "cancel")


class QuitDialog(QMessageBox):
    """Ask once before the window closes on a training."""

    def __init__(self, run: str, step: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setIcon(QMessageBox.Icon.Question)
        self.setWindowTitle("Quit while training")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(f"{run} is at {named_step(step)}.")
        self.setInformativeText("It will be stopped and kept: resume it at the next start.")
        self._quit = self.addButton("Stop, keep and &quit", QMessageBox.ButtonRole.AcceptRole)
        stay = self.addButton("&Go on training", QMessageBox.ButtonRole.RejectRole)
        self.setDefaultButton(self._quit)
        self.setEscapeButton(stay)

    @property
    def agreed(self) -> bool:
        """Whether to quit."""
        return self.clickedButton() is self._quit
