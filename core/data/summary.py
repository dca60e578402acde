"""What a data set holds, in a few words and numbers, for people."""

from dataclasses import dataclass

import numpy as np

from core.data.raw import RawDataset
from core.errors import printable


@dataclass(frozen=True)
class DataSummary:
    """The answer to `icdrl data info`.

    Attributes:
        name: name in the catalogue, or the file's or folder's name.
        layout: what kind of file it is.
        count: number of usable images.
        height, width: in pixels; None where the images differ.
        channels: 1 where all are grey, else 3.
        values: what the pixels are: "0 or 1", "0 to 255" or "floats in [0, 1]".
        factor_names: F names; empty where no factor is known.
        factor_sizes: number of different values of each factor.
        skipped: one sentence for each file that would be left out.
    """

    name: str
    layout: str
    count: int
    height: int | None
    width: int | None
    channels: int
    values: str
    factor_names: tuple[str, ...] = ()
    factor_sizes: tuple[int, ...] = ()
    skipped: tuple[str, ...] = ()


def summarise(raw: RawDataset) -> DataSummary:
    """The summary of images of one size; reads no pixel."""
    factors = np.empty((0, 0)) if raw.factors is None else raw.factors
    return DataSummary(
        name=printable(raw.name),
        layout=raw.layout,
        count=raw.count,
        height=raw.height,
        width=raw.width,
        channels=raw.channels,
        values=raw.values,
        factor_names=raw.factor_names,
        factor_sizes=tuple(len(np.unique(column)) for column in factors.T),
    )
