"""What can go wrong with concepts."""

from core.errors import IcdrlError

# Characters of an expression that a message repeats.
_SHOWN = 80


class ConceptError(IcdrlError):
    """A concept that cannot be read, made or moved along."""


class ExpressionError(ConceptError):
    """An expression that cannot be read.

    Attributes:
        reason: what is wrong, without where.
        at: index of the character in the expression's text where it goes wrong.
    """

    def __init__(self, reason: str, text: str, at: int) -> None:
        around = text if len(text) <= _SHOWN else f"… {text[max(0, at - _SHOWN // 2) :][:_SHOWN]} …"
        super().__init__(f"Character {at + 1} of {around!r}: {reason}.")
        self.reason = reason
        self.at = at
