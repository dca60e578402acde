"""What both children say and hear."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Quit:
    """End the child; a training is stopped and kept."""


@dataclass(frozen=True)
class AvailableData:
    """A data set of the catalogue.

    prepared: whether it can be loaded at once; places: the images files that are looked for, where
    a person has to put one, best the first.
    """

    name: str
    description: str
    images: int
    prepared: bool
    places: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ready:
    """The first event of a child: what only torch knows."""

    devices: tuple[str, ...]
    device: str
    threads: int
    versions: dict[str, str]
    data: tuple[AvailableData, ...]


@dataclass(frozen=True)
class Preparing:
    """The data of a run is being drawn, read or resized: `done` of `total` images.

    The trainer does so before a training begins, the explorer for a request that needs the data;
    what it was told to do comes after that, or `Refused` if it was given up meanwhile.
    """

    what: str
    done: int
    total: int


@dataclass(frozen=True)
class Refused:
    """Expected trouble, in one sentence; `id` is the request's, None in the trainer."""

    sentence: str
    id: int | None = None


@dataclass(frozen=True)
class Failed:
    """A defect: the command was given up, the child goes on."""

    sentence: str
    traceback: str
    id: int | None = None
