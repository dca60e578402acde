"""The one exception of this room."""

from core.errors import IcdrlError


class ExportError(IcdrlError):
    """A picture that cannot be made or written, or a recipe that cannot be read."""
