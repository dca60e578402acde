"""`NumberField`: a number as a person types it, with a point or a comma."""

import re

from PySide6.QtCore import QLocale, Signal, Slot
from PySide6.QtGui import QColor, QPalette, QValidator
from PySide6.QtWidgets import QDoubleSpinBox, QWidget

from icdrl_gui.theme import colours

_NUMBER = re.compile(r"[-+]?([0-9]+[.,]?[0-9]*|[.,][0-9]+)(e[-+]?[0-9]{1,3})?", re.IGNORECASE)
_QUOTED = 20


class NumberField(QDoubleSpinBox):
    """Takes every letter, so that none gets lost, and refuses what then is no number in range.

    Qt would drop the letters that it does not like: 1e30 would be 130, and -0,5 would be -5.

    Signals:
        refused: what was typed, and what stays; empty once a number was typed.
    """

    refused = Signal(str)

    def __init__(
        self, low: float, high: float, decimals: int, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._refusal, self._was_refused = "", False
        self.setLocale(QLocale.c())
        self.setDecimals(decimals)
        self.setRange(low, high)
        self.setKeyboardTracking(False)
        # The line itself is silent when the box writes into it.
        for changed in (self.lineEdit().textEdited, self.valueChanged, self.editingFinished):
            changed.connect(self._colour)
        self.editingFinished.connect(self._tell)

    def _meant(self, text: str) -> float | None:
        text = text.strip()
        if text and text == self.specialValueText():
            return self.minimum()
        typed = text.removesuffix(self.suffix().strip()).rstrip().replace("−", "-")
        if not _NUMBER.fullmatch(typed):
            return None
        number = float(typed.replace(",", "."))
        in_range = self.minimum() <= number <= self.maximum()
        return round(number, self.decimals()) if in_range else None

    def _colour(self) -> None:
        """What would be refused is written in red."""
        palette = QPalette()
        if self._meant(self.text()) is None:
            palette.setColor(QPalette.ColorRole.Text, QColor(colours(self.palette()).error))
        self.lineEdit().setPalette(palette)

    @Slot()
    def _tell(self) -> None:
        if self._refusal or self._was_refused:
            self._was_refused = bool(self._refusal)
            self.refused.emit(self._refusal)
        self._refusal = ""

    def validate(self, text: str, position: int) -> object:
        meant = self._meant(text)
        state = QValidator.State.Intermediate if meant is None else QValidator.State.Acceptable
        return (state, text, position)

    def valueFromText(self, text: str) -> float:
        meant = self._meant(text)
        return self.value() if meant is None else meant

    def fixup(self, text: str) -> str:
        # Called when it is entered though it is not valid: the value before comes back.
        shown = text if len(text) <= _QUOTED else f"{text[:_QUOTED]} …"
        self._refusal = (
            f"{self.accessibleName()}: “{shown}” is no number from {self.minimum():,g} to "
            f"{self.maximum():,g}, so {self.textFromValue(self.value())} stays."
        )
        return text
