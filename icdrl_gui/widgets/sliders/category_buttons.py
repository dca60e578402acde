"""One categorical code of a latent: its names and a button for each category."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QGridLayout,
    QHBoxLayout,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from icdrl_gui.widgets.plain_text import plain_tip
from icdrl_gui.widgets.sliders.latent_slider import CodeLabel, full_name

IN_A_ROW = 10

_LOOK = """
    QToolButton { border: 1px solid palette(mid); border-radius: 3px; padding: 2px 1px; }
    QToolButton:hover { border-color: palette(highlight); }
    QToolButton:checked { background: palette(highlight); color: palette(highlighted-text); }
    QToolButton:focus { border: 2px solid palette(window-text); padding: 1px 0px; }
"""


class CategoryButtons(QWidget):
    """Exclusive buttons 0 to K - 1; `chosen` carries the category that a person chose."""

    chosen = Signal(int)

    def __init__(
        self, code: str, categories: int, name: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.code = code
        self.label = CodeLabel(code, name)
        self.setStyleSheet(_LOOK)
        self._group = QButtonGroup(self)
        self.buttons = [_button(str(i)) for i in range(categories)]
        grid = QGridLayout()
        grid.setSpacing(1)
        for i, button in enumerate(self.buttons):
            self._group.addButton(button, i)
            grid.addWidget(button, i // IN_A_ROW, i % IN_A_ROW)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.label, alignment=Qt.AlignmentFlag.AlignTop)
        layout.addLayout(grid, 1)
        self.label.setFixedHeight(self.buttons[0].sizeHint().height())
        self.set_name(name)
        self._silent = False
        self._group.idToggled.connect(self._tell)

    @property
    def category(self) -> int | None:
        """What is chosen; None: a mixture of several."""
        checked = self._group.checkedId()
        return checked if checked >= 0 else None

    def set_category(self, category: int | None) -> None:
        """Show a category, or none; nothing is emitted."""
        self._silent = True
        if category is None:
            self._group.setExclusive(False)
            for button in self.buttons:
                button.setChecked(False)
            self._group.setExclusive(True)
        else:
            self.buttons[category].setChecked(True)
        self._silent = False

    def set_name(self, name: str, about: str = "") -> None:
        """Show another given name; empty: none. `about` is for the label's tip."""
        self.label.set_name(name, about)
        for i, button in enumerate(self.buttons):
            button.setAccessibleName(f"{full_name(self.code, name)}: category {i}")
            button.setToolTip(plain_tip(button.accessibleName()))

    @Slot(int, bool)
    def _tell(self, category: int, on: bool) -> None:
        if on and not self._silent:
            self.chosen.emit(category)


def _button(text: str) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setCheckable(True)
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    button.setMinimumWidth(18)
    button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    return button
