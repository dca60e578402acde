"""What can go wrong with a study, besides its runs."""

from core.errors import IcdrlError


class StudyError(IcdrlError):
    """A study's folder, scheduler or workers that cannot be used."""
