"""The one exception of this room."""

from core.errors import IcdrlError


class DataError(IcdrlError):
    """A data set that cannot be found, read, used or stored."""
