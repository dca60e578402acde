"""A small button with a text, for a row of controls."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton


def text_button(text: str, tip: str) -> QToolButton:
    """A tool button with `text`, reached by Tab, unlike one by itself; `tip` says what it does."""
    button = QToolButton()
    button.setText(text)
    button.setToolTip(tip)
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    return button
