"""What a path is that a person opened or dropped on the window."""

import os
from dataclasses import dataclass
from pathlib import Path

from safetensors import SafetensorError, safe_open

from core.bounds import shortened
from core.config import RunConfig, load_config
from core.errors import IcdrlError
from core.export import CurvesRecipe, ExportError, Recipe, read_recipe, recipe_from_json
from core.export.table import PREFIX, recipe_in_table
from core.files.images import IMAGE_SUFFIXES
from core.files.plain import require_plain_file
from core.runs import RunFolder, is_run, step_of
from icdrl_gui.models.pictures.image_file import check_image

_EXPORTS = {".png", ".gif", ".webp", ".svg", ".pdf", ".csv"}
_DATA = {".npz", ".npy", ".hdf5", ".h5", ".gz"}

# Limits that keep `recognise` quick enough for the thread that draws the window.
_LARGEST_PICTURE = 64 * 2**20
_LARGEST_CONFIG = 2**20
_LONGEST_RECIPE = 2**20
_MOST_ENTRIES = 2000
_DEEPEST = 2

_MOST_STEPS_TOLD = 8


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


def may_be_data(path: Path) -> bool:
    """Whether it looks like a data set from outside: nothing is read."""
    if path.is_dir():
        return not is_run(path)
    return _is_data_file(path)


def recognise(path: Path) -> Opened:
    """Tell what lies at `path`; reads no more than it must, and never very much.

    Raises:
        OpeningError, ConfigError, ExportError, ImageFileError: nothing that can be opened; the
            sentence says why.
    """
    path = path.absolute()
    try:
        if path.is_dir():
            return _folder(path)
        require_plain_file(path)
    except (FileNotFoundError, ValueError):  # ValueError: a name with a null byte
        raise OpeningError(f"There is nothing at {shortened(str(path))}.") from None
    except OSError as error:
        raise OpeningError(f"{shortened(str(path))} cannot be opened: {error.strerror}.") from None
    suffix = path.suffix.lower()
    if suffix == ".safetensors":
        return _weights(path)
    if run := _run_around(path):
        return Run(run)
    if suffix == ".json":
        _require_at_most(_LARGEST_CONFIG, path, "a config")
        return Config(load_config(path))
    if suffix in _EXPORTS or suffix in IMAGE_SUFFIXES:
        return _picture(path, suffix)
    if _is_data_file(path):
        return Data(path)
    raise OpeningError(
        f"{path.name} is nothing that can be opened here: open a run's folder, a config (.json), "
        "a picture or animation exported by icdrl, an image to encode, or a data set "
        "(.npz, .npy, .hdf5, a folder of images)."
    )


def _is_data_file(path: Path) -> bool:
    suffix = path.suffix.lower()
    return suffix in _DATA or suffix.endswith("-ubyte") or path.name.endswith("-ubyte")


def _folder(path: Path) -> Opened:
    if is_run(path):
        return Run(path)
    if _holds_images(path):
        return Data(path)
    raise OpeningError(
        f"{path} is neither a run (no config.json in it) nor a folder of images: there is none "
        f"among its first {_MOST_ENTRIES:,} files, subfolders of subfolders included."
    )


def _holds_images(path: Path) -> bool:
    """Whether there is an image near the top of a folder, which may be somebody's whole disk."""
    waiting, seen = [(path, 0)], 0
    for folder, depth in waiting:
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    seen += 1
                    if seen > _MOST_ENTRIES:
                        return False
                    if Path(entry.name).suffix.lower() in IMAGE_SUFFIXES:
                        return True
                    if depth < _DEEPEST and entry.is_dir(follow_symlinks=False):
                        waiting.append((Path(entry.path), depth + 1))
        except OSError as error:
            if folder == path:
                raise OpeningError(f"{path} cannot be read: {error.strerror}.") from None
    return False


def _run_around(path: Path) -> Path | None:
    """The run that a file is a part of; pictures are told apart from it by their recipe."""
    if path.suffix.lower() in (".png", ".gif"):
        return None
    for folder in (path.parent, path.parent.parent):
        if is_run(folder):
            return folder
    return None


def _require_weights(path: Path) -> None:
    """Check that icdrl wrote it and that it is whole; the weights are not read."""
    try:
        with safe_open(path, "np") as file:
            metadata = file.metadata() or {}
    except SafetensorError:
        raise OpeningError(
            f"{path} is damaged: it is cut off, something was added to it, or it does not begin as "
            "a .safetensors file does."
        ) from None
    except OSError as error:
        raise OpeningError(f"{path} cannot be read: {error}.") from None
    if "icdrl" not in metadata:
        raise OpeningError(f"{path} is a .safetensors file of another program.")


def _weights(path: Path) -> Run:
    """The run of a snapshot or checkpoint, at its step."""
    _require_weights(path)
    run = _run_around(path)
    if run is None:
        raise OpeningError(
            f"{path.name} lies in no run: open the folder of the run that it was copied from."
        )
    steps = [step_of(each) for each in RunFolder(run).snapshots()]
    step = step_of(path)
    if step in steps and path.name == f"step-{step}.safetensors":
        return Run(run, step)
    there = f"there are those of {_listed(steps)}" if steps else "there is none yet"
    raise OpeningError(
        f"{path.name} cannot be shown: {run.name} has no snapshot of that step, {there}."
    )


def _listed(steps: list[int]) -> str:
    """All of a few steps, else the first and the last."""
    if len(steps) > _MOST_STEPS_TOLD:
        return f"step {steps[0]:,} to {steps[-1]:,}"
    return f"step {', '.join(f'{step:,}' for step in steps)}"


def _picture(path: Path, suffix: str) -> Opened:
    if suffix == ".csv":
        return Exported(path, _recipe_of_table(path))
    _require_at_most(_LARGEST_PICTURE, path, "a picture")
    try:
        return Exported(path, read_recipe(path))
    except ExportError:
        if suffix not in IMAGE_SUFFIXES or _claims_a_recipe(path):
            raise
    check_image(path)
    return Image(path)


def _recipe_of_table(path: Path) -> Recipe | CurvesRecipe:
    """From the first line: a table of a million rows is read no further."""
    try:
        with path.open("rb") as file:
            first = file.readline(_LONGEST_RECIPE)
    except OSError as error:
        raise OpeningError(f"{path} cannot be read: {error.strerror}.") from None
    if not first.startswith(PREFIX.encode()):
        raise OpeningError(f"{path} is no table that icdrl exported: no recipe stands in it.")
    try:
        return recipe_from_json(recipe_in_table(first))
    except ExportError as error:
        raise OpeningError(f"{path}: {error}") from None


def _claims_a_recipe(path: Path) -> bool:
    """Whether a damaged recipe lies inside: a person should hear of it."""
    try:
        return b"icdrl" in path.read_bytes()
    except OSError as error:
        raise OpeningError(f"{path} cannot be read: {error.strerror}.") from None


def _require_at_most(most: int, path: Path, what: str) -> None:
    try:
        size = path.stat().st_size
    except OSError as error:
        raise OpeningError(f"{path} cannot be read: {error.strerror}.") from None
    if size > most:
        raise OpeningError(
            f"{path.name} is too large for {what}: {size / 2**20:,.0f} MiB, at most "
            f"{most // 2**20} MiB are read."
        )
