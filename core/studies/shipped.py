"""The studies that ship with the app, and the one that a person means."""

from pathlib import Path

from core.config import ConfigError
from core.resources import RESOURCES
from core.studies.folder import STUDY_FILE, holds_study
from core.studies.study import Study, load_study


def list_studies() -> list[Study]:
    """Every shipped study, by name."""
    return [load_study(path) for path in sorted(_folder().glob("*.json"))]


def find_study(name: str) -> Study:
    """The shipped study of that name, the one in the file `name`, or that of a study's folder.

    Raises:
        ConfigError: there is none, or it cannot be read.
    """
    known = sorted(path.stem for path in _folder().glob("*.json"))
    if name in known:
        return load_study(_folder() / f"{name}.json")
    path = Path(name)
    if holds_study(path):
        return load_study(path / STUDY_FILE)
    if path.suffix or path.parent != Path():
        return load_study(path)
    raise ConfigError(
        f"There is no study {name!r}. Studies: {', '.join(known)}; or give a study file."
    )


def _folder() -> Path:
    return RESOURCES / "studies"
