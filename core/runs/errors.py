"""What can go wrong with a run's folder."""

from core.errors import IcdrlError


class RunError(IcdrlError):
    """A run folder that cannot be created, opened, locked, read or written."""
