"""The two kinds of data sets that the catalogue knows by name: rendered here, or local files."""

from dataclasses import dataclass, replace
from pathlib import Path

from platformdirs import user_data_path

from core.data.dsprites import FACTOR_NAMES, SIDE, Grid
from core.data.errors import DataError
from core.data.idx import open_idx
from core.data.packed_cache import PackedContent, cache_path, cached_set, is_cached
from core.data.progress import Progress
from core.data.raw import RawDataset, raw_from_packed
from core.data.summary import DataSummary, summarise

_IDX_NAMES = tuple(
    f"{part}-images-idx3-ubyte{packed}" for part in ("train", "t10k") for packed in (".gz", "")
)


@dataclass(frozen=True)
class RenderedDataset:
    """Sprites, rendered once into the cache."""

    name: str
    description: str
    grid: Grid
    factor_names: tuple[str, ...] = FACTOR_NAMES
    shape: tuple[int, int, int] = (1, SIDE, SIDE)
    places: tuple[Path, ...] = ()

    @property
    def count(self) -> int:
        """Number of images."""
        return len(self.grid)

    def prepared(self) -> bool:
        """Whether a complete file lies in the cache; its checksum is not looked at."""
        return is_cached(cache_path(self.name), self._key)

    def prepare(self, progress: Progress | None) -> Path:
        """Draw the images unless they are there, unharmed. Returns the file in the cache."""
        self.open(progress)
        return cache_path(self.name)

    def open(self, progress: Progress | None) -> RawDataset:
        """The images, drawn first where needed. Raises DataError where they cannot be stored."""
        packed = cached_set(cache_path(self.name), self._key, self._content, progress)
        return raw_from_packed(self.name, "drawn here", packed)

    def summary(self, progress: Progress | None) -> DataSummary:
        """What the set holds, known without drawing it."""
        return DataSummary(
            name=self.name,
            layout="drawn here",
            count=self.count,
            height=SIDE,
            width=SIDE,
            channels=1,
            values="0 or 1",
            factor_names=self.factor_names,
            factor_sizes=tuple(len(values) for values in self.grid.values),
        )

    @property
    def _key(self) -> str:
        return f"{self.name}, drawing 1"

    def _content(self) -> PackedContent:
        return PackedContent(
            self.count, self.shape, self.grid.factors(), self.factor_names, self.grid.render()
        )


@dataclass(frozen=True)
class LocalDataset:
    """IDX files that a person or a package has put into one of a few folders."""

    name: str
    description: str
    count: int
    shape: tuple[int, int, int]
    system_folders: tuple[Path, ...] = ()
    factor_names: tuple[str, ...] = ("label",)

    def prepared(self) -> bool:
        """Whether an images file lies in one of the folders."""
        return self._find() is not None

    def prepare(self, progress: Progress | None) -> Path:
        """Nothing to do but to look. Returns the images file; raises DataError where missing."""
        found = self._find()
        if found is None:
            wanted = self.places[0]
            raise DataError(
                f"The files of {self.name} are not on this computer; put {wanted.name} and its "
                f"labels into {wanted.parent}, or give the path of the images file as data.source."
            )
        return found

    def open(self, progress: Progress | None) -> RawDataset:
        """The images and labels. Raises DataError where they are missing or damaged."""
        return replace(open_idx(self.prepare(progress)), name=self.name)

    def summary(self, progress: Progress | None) -> DataSummary:
        """What the files hold. Raises DataError where they are missing or damaged."""
        return summarise(self.open(progress))

    @property
    def places(self) -> tuple[Path, ...]:
        """The images files that are looked for; a person should put the first one in place."""
        own = user_data_path("icdrl", appauthor=False) / "datasets" / self.name
        return tuple(folder / name for folder in (own, *self.system_folders) for name in _IDX_NAMES)

    def _find(self) -> Path | None:
        return next((file for file in self.places if file.is_file()), None)
