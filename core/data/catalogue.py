"""The data sets known by name, and the one door to every data set, by name or by path."""

from dataclasses import dataclass
from pathlib import Path

from core.config.data import DataConfig
from core.data.conform import conform
from core.data.dataset import Dataset
from core.data.dsprites import FULL, SMALL
from core.data.entries import LocalDataset, RenderedDataset
from core.data.errors import DataError
from core.data.folder import load_folder, summarise_folder
from core.data.memory import refusing_shortage
from core.data.names import DSPRITES, DSPRITES_SMALL, FASHION_MNIST, MNIST
from core.data.paths import open_path
from core.data.progress import Progress
from core.data.summary import DataSummary, summarise

_ENTRIES = {
    entry.name: entry
    for entry in (
        RenderedDataset(
            DSPRITES,
            "White sprites on black; every combination of five factors; drawn on this computer.",
            FULL,
        ),
        RenderedDataset(
            DSPRITES_SMALL,
            "dSprites with every fourth orientation and every second position, to try things out.",
            SMALL,
        ),
        LocalDataset(MNIST, "Handwritten digits.", 60_000, (1, 28, 28)),
        LocalDataset(
            FASHION_MNIST,
            "Small grey pictures of clothes.",
            60_000,
            (1, 28, 28),
            (Path("/usr/share/datasets/fashion-mnist"),),
        ),
    )
}


# Images that are brought to another size in about a second.
_SOON_RESIZED = 100_000


@dataclass(frozen=True)
class DatasetInfo:
    """A line of `icdrl data list`.

    shape: (C, H, W) of the images as they are; prepared: whether it can be loaded at once;
    places: the images files that are looked for, where a person has to put one.
    """

    name: str
    description: str
    count: int
    shape: tuple[int, int, int]
    factor_names: tuple[str, ...]
    prepared: bool
    places: tuple[Path, ...]


def list_datasets() -> list[DatasetInfo]:
    """Every data set that is known by name. Opens no images."""
    return [
        DatasetInfo(
            name=entry.name,
            description=entry.description,
            count=entry.count,
            shape=entry.shape,
            factor_names=entry.factor_names,
            prepared=entry.prepared(),
            places=entry.places,
        )
        for entry in _ENTRIES.values()
    ]


def load_dataset(config: DataConfig, progress: Progress | None = None) -> Dataset:
    """Load what `config.source` names, a data set of the catalogue or a path.

    progress: told (done, in all) while images are drawn, read or resized; (0, 0) while a prepared
    file is checked, or made by another process. It may raise, to give up. The images lie in
    memory, or are mapped from the cache, on the CPU. Raises DataError where the source is
    unknown, damaged, or not images.
    """
    entry = _ENTRIES.get(config.source)
    with refusing_shortage(config.source):
        if entry is not None:
            return conform(entry.open(progress), config, progress)
        path = _existing_path(config.source)
        if path.is_dir():
            return load_folder(path, config, progress)
        return conform(open_path(path, progress), config, progress)


def is_at_hand(config: DataConfig) -> bool:
    """Whether `load_dataset` takes no longer than opening a file, or about a second."""
    entry = _ENTRIES.get(config.source)
    if entry is not None:
        fits = entry.shape[1:] == (config.image_size, config.image_size)
        return entry.prepared() and (fits or entry.count <= _SOON_RESIZED)
    try:
        return _existing_path(config.source).is_file()
    except DataError:
        return False


def prepare_dataset(name: str, progress: Progress | None = None) -> Path:
    """Make a data set of the catalogue ready to load; at once where it is ready and unharmed.

    progress: told (images done, images in all). Returns the file that will be loaded. Raises
    DataError where the name is unknown, the disk is full, or the files must be put in place.
    """
    entry = _ENTRIES.get(name)
    if entry is None:
        raise DataError(f"No data set is called '{name}'; known are {', '.join(_ENTRIES)}.")
    return entry.prepare(progress)


def describe_dataset(name_or_path: str, progress: Progress | None = None) -> DataSummary:
    """Tell what a data set holds. Raises DataError like `load_dataset`."""
    entry = _ENTRIES.get(name_or_path)
    with refusing_shortage(name_or_path):
        if entry is not None:
            return entry.summary(progress)
        path = _existing_path(name_or_path)
        if path.is_dir():
            return summarise_folder(path, progress)
        return summarise(open_path(path, progress))


def _existing_path(source: str) -> Path:
    try:
        path = Path(source).expanduser().absolute()
        if path.exists():
            return path
    except (OSError, RuntimeError):
        pass  # too long a name, a home that is not known, a folder that may not be entered
    raise DataError(
        f"'{source}' is neither a readable file or folder nor a known data set; "
        f"known are {', '.join(_ENTRIES)}."
    )
