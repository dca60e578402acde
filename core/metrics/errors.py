"""The one exception of this room."""

from core.errors import IcdrlError


class MetricError(IcdrlError):
    """Factors or codes that no score can be computed from."""
