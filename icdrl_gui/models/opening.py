"""What a path is that a person opened or dropped on the window."""

from dataclasses import dataclass
from pathlib import Path

from core.config import ConfigError, RunConfig, load_config
from core.errors import IcdrlError
from core.export import CurvesRecipe, ExportError, Recipe, read_recipe
from core.runs import step_of

IMAGES = {".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".tif", ".tiff"}
_EXPORTS = {".png", ".gif", ".webp", ".svg", ".pdf", ".csv"}
_DATA = {".npz", ".npy", ".hdf5", ".h5", ".gz"}


class OpeningError(IcdrlError):
    """A path that is nothing that the app can open."""


@dataclass(frozen=True)
class Run:
    """A run's folder; `step` where one of its snapshots or checkpoints was meant."""

    path: Path
    step: int | None = None


@dataclass(frozen=True)
class Config:
    """A config to train with."""

    config: RunConfig


@dataclass(frozen=True)
class Exported:
    """A file that icdrl wrote, with what it was made from."""

    path: Path
    recipe: Recipe | CurvesRecipe


@dataclass(frozen=True)
class Image:
    """A picture to encode."""

    path: Path


@dataclass(frozen=True)
class Data:
    """A data set to train on."""

    path: Path


Opened = Run | Config | Exported | Image | Data


def recognise(path: Path) -> Opened:
    """Tell what lies at `path`; reads no more than it must.

    Raises:
        OpeningError, ConfigError, ExportError: nothing that can be opened; the sentence says why.
    """
    path = path.absolute()
    if not path.exists():
        raise OpeningError(f"There is nothing at {path}.")
    suffix = path.suffix.lower()
    if path.is_dir():
        return _folder(path)
    if run := _run_around(path):
        return run
    if suffix == ".json":
        return Config(load_config(path))
    if suffix in _EXPORTS or suffix in IMAGES:
        return _picture(path, suffix)
    if suffix in _DATA or suffix.endswith("-ubyte"):
        return Data(path)
    raise OpeningError(
        f"{path.name} is nothing that can be opened here: open a run's folder, a config (.json), "
        "a picture or animation exported by icdrl, an image to encode, or a data set "
        "(.npz, .npy, .hdf5, a folder of images)."
    )


def _folder(path: Path) -> Opened:
    if (path / "config.json").is_file():
        return Run(path)
    if any(each.suffix.lower() in IMAGES for each in path.rglob("*")):
        return Data(path)
    raise OpeningError(f"{path} is neither a run (no config.json in it) nor a folder of images.")


def _run_around(path: Path) -> Run | None:
    """The run that a file is a part of."""
    for folder in (path.parent, path.parent.parent):
        if (folder / "config.json").is_file() and path.suffix not in (".png", ".gif"):
            return Run(folder, step_of(path) if path.suffix == ".safetensors" else None)
    return None


def _picture(path: Path, suffix: str) -> Opened:
    try:
        return Exported(path, read_recipe(path))
    except ExportError:
        if suffix in IMAGES and not _claims_a_recipe(path):
            return Image(path)
        raise


def _claims_a_recipe(path: Path) -> bool:
    """Whether a damaged recipe lies inside: a person should hear of it."""
    try:
        return b"icdrl" in path.read_bytes()
    except OSError as error:
        raise ConfigError(f"Cannot read {path}: {error.strerror}.") from None
