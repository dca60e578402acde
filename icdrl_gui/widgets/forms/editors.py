"""One editor for each type of value that a config can hold; what it shows it gives back exactly."""

import contextlib
import json
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QFocusEvent, QValidator, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QLineEdit,
    QWidget,
)

from icdrl_gui.widgets.forms.fields import FormField, takes_a_list

_MOST_DIGITS = 4000


class FlagEditor(QCheckBox):
    """Yes or no."""

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.clicked.connect(self.edited)

    def value(self) -> object:
        """True or False."""
        return self.isChecked()

    def set_value(self, value: object) -> None:
        """Show a value without a word about it."""
        self.setChecked(bool(value))


class ChoiceEditor(QComboBox):
    """One of a few values."""

    edited = Signal()

    def __init__(self, field: FormField, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choices = field.choices
        for row, choice in enumerate(field.choices):
            self.addItem(f"{field.title(choice)} {field.unit}".rstrip())
            self.setItemData(row, field.paper(choice), Qt.ItemDataRole.ToolTipRole)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(6)
        # The list may be wider than a box in a narrow dock.
        self.view().setMinimumWidth(self.view().sizeHintForColumn(0) + 24)
        self.activated.connect(self.edited)

    def value(self) -> object:
        """The choice, not its text."""
        return self._choices[self.currentIndex()]

    def set_value(self, value: object) -> None:
        """Show one of the choices."""
        self.setCurrentIndex(self._choices.index(value))


class IntegerEditor(QAbstractSpinBox):
    """A whole number of any size; what is out of its limits is kept and told, not bent."""

    edited = Signal()

    def __init__(
        self,
        low: int | None = None,
        high: int | None = None,
        unit: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._low, self._high = low, high
        self._suffix = f" {unit}" if unit else ""
        self.setMinimumWidth(70)
        self.lineEdit().textEdited.connect(self.edited)

    def value(self) -> object:
        """An int, or the text that is none."""
        text = self.lineEdit().text().removesuffix(self._suffix).strip()
        digits = text.removeprefix("-")
        # Beyond so many digits int() refuses.
        if digits.isascii() and digits.isdecimal() and len(digits) < _MOST_DIGITS:
            return int(text)
        return text

    def set_value(self, value: object) -> None:
        """Show a number."""
        self.lineEdit().setText(f"{value}{self._suffix}")

    def stepBy(self, steps: int) -> None:
        value = self.value()
        if not isinstance(value, int):
            return
        moved = value + steps * _stride(value)
        if self._low is not None:
            moved = max(moved, self._low)
        if self._high is not None:
            moved = min(moved, self._high)
        self.set_value(moved)
        self.selectAll()
        self.edited.emit()

    def stepEnabled(self) -> QAbstractSpinBox.StepEnabledFlag:
        flag = QAbstractSpinBox.StepEnabledFlag
        value = self.value()
        allowed = flag.StepNone
        if isinstance(value, int):
            if self._high is None or value < self._high:
                allowed |= flag.StepUpEnabled
            if self._low is None or value > self._low:
                allowed |= flag.StepDownEnabled
        return allowed

    def validate(self, text: str, position: int) -> object:
        # The config says what is wrong, in words.
        return (QValidator.State.Acceptable, text, position)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self.selectAll()


class TextEditor(QLineEdit):
    """A text, a number or a list, written as `icdrl --set` takes it; a list needs no brackets."""

    edited = Signal()

    def __init__(self, annotation: Any, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._annotation = annotation
        plain = ConfigDict(arbitrary_types_allowed=True)
        is_model = isinstance(annotation, type) and issubclass(annotation, BaseModel)
        self._adapter: TypeAdapter[Any] = TypeAdapter(
            annotation, config=None if is_model else plain
        )
        self._value: object = ""
        self._typed = False
        self.setMinimumWidth(70)
        self.textEdited.connect(self._take_typing)

    def value(self) -> object:
        """What the text means; the text itself if it means nothing of the type."""
        if not self._typed:
            return self._value
        candidates = list(self._meanings(self.text()))
        for candidate in candidates:
            try:
                self._adapter.validate_python(candidate)
            except ValidationError:
                continue
            return candidate
        return candidates[0]

    def set_value(self, value: object) -> None:
        """Show a value; the text stays as it was typed if it means the same."""
        if self._typed and self.value() == value:
            return
        self._value, self._typed = value, False
        self.setText(_written(value))
        self.setCursorPosition(0)

    def _meanings(self, text: str) -> Iterator[object]:
        is_text = self._annotation is str
        if not is_text:
            with contextlib.suppress(ValueError, RecursionError):
                yield json.loads(text)
            if self._annotation is float:
                text = text.strip()
        yield text
        if not is_text and not text.strip():
            yield None
        if takes_a_list(self._annotation):
            words = [word.strip().strip("\"'") for word in text.strip(" []()").split(",")]
            yield [word for word in words if word]

    def _take_typing(self) -> None:
        self._typed = True
        self.edited.emit()


FieldEditor = FlagEditor | ChoiceEditor | IntegerEditor | TextEditor


def editor_for(field: FormField) -> FieldEditor:
    """The editor that a field's type asks for."""
    if field.choices:
        return ChoiceEditor(field)
    if field.annotation is bool:
        return FlagEditor()
    if field.annotation is int:
        return IntegerEditor(field.low, field.high, field.unit)
    return TextEditor(field.annotation)


class WheelGuard(QObject):
    """Filters wheel events: scrolling a form must not change the value under the pointer."""

    def guard(self, editor: QWidget) -> None:
        """Let the wheel change `editor` only while it has the focus."""
        editor.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        editor.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            isinstance(event, QWheelEvent)
            and isinstance(watched, QWidget)
            and not watched.hasFocus()
        ):
            event.ignore()
            return True
        return False


def _stride(value: int) -> int:
    """How far an arrow goes: 1 up to 999, then the second digit."""
    return 1 if abs(value) < 1000 else int(10 ** (len(str(abs(value))) - 2))


def _written(value: object) -> str:
    """As `icdrl --set` takes it."""
    if isinstance(value, str):
        return value
    return "" if value is None else json.dumps(value, default=str)
