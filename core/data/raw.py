"""What the readers hand over: images as the file holds them, not yet brought to one shape."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from core.data.packed_cache import PackedSet

Values = Literal["0 or 1", "0 to 255", "floats in [0, 1]"]

_UNPACKED_AT_ONCE = 1 << 24  # bytes
_MOST_ROWS = 4096


@dataclass(frozen=True, eq=False)
class RawDataset:
    """Images of one size that can be read, in chunks, as often as needed.

    Attributes:
        name: name in the catalogue, or the file's name.
        layout: what kind of file it is, for people.
        count, height, width, channels: of the images as they are; channels is 1 or 3.
        values: what the pixels were before they became bytes.
        chunks: starts a new reading; yields (n, H, W, C) uint8 from 0 to 255, or 0 and 1 where
            `values` says so.
        factors: (N, F) float64 or None; factor_names: F names.
        packed: the same images as (N, C*H*W / 8) uint8 bits where a cache file holds them.
    """

    name: str
    layout: str
    count: int
    height: int
    width: int
    channels: int
    values: Values
    chunks: Callable[[], Iterator[NDArray[np.uint8]]]
    factors: NDArray[np.float64] | None = None
    factor_names: tuple[str, ...] = ()
    packed: PackedSet | None = None

    @property
    def binary(self) -> bool:
        """Whether every pixel is either 0 or 1."""
        return self.values == "0 or 1"


def raw_from_packed(name: str, layout: str, packed: PackedSet) -> RawDataset:
    """View a mapped cache file as a raw data set; nothing is copied."""
    channels, height, width = packed.shape
    bits = packed.bits.numpy()
    rows = min(_MOST_ROWS, max(1, _UNPACKED_AT_ONCE // (channels * height * width)))

    def chunks() -> Iterator[NDArray[np.uint8]]:
        for start in range(0, len(bits), rows):
            pixels = np.unpackbits(bits[start : start + rows], axis=1)
            yield pixels.reshape(-1, channels, height, width).transpose(0, 2, 3, 1)

    return RawDataset(
        name=name,
        layout=layout,
        count=len(bits),
        height=height,
        width=width,
        channels=channels,
        values="0 or 1",
        chunks=chunks,
        factors=packed.factors,
        factor_names=packed.factor_names,
        packed=packed,
    )
