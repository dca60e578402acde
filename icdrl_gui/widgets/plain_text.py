"""Texts that a person or a file gave, where Qt guesses whether they are HTML."""

from html import escape

from PySide6.QtGui import Qt


def plain_tip(text: str) -> str:
    """What shows exactly `text` as a tooltip, whatever it holds."""
    if Qt.mightBeRichText(text):
        return f"<p style='white-space:pre-wrap'>{escape(text)}</p>"
    return text
