"""A data set as training and evaluation see it: images in one shape, factors where known."""

from dataclasses import dataclass, replace

import torch
from numpy import float64
from numpy.typing import NDArray

from core.data.images import Images


@dataclass(frozen=True, eq=False)
class Dataset:
    """Images with their ground truth; immutable.

    Attributes:
        name: name in the catalogue, or the file's or folder's name.
        images: what `batch` draws from; with one channel where the originals are grey.
        shape: (C, H, W) of the batches.
        factors: (N, F) float64 ground-truth values; None where unknown.
        factor_names: F names.
        skipped: one sentence for each file that was left out.
        file_names: of a folder, N paths of the images relative to it; else empty.
    """

    name: str
    images: Images
    shape: tuple[int, int, int]
    factors: NDArray[float64] | None = None
    factor_names: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    file_names: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.images)

    def batch(self, index: torch.Tensor) -> torch.Tensor:
        """Draw images.

        index: (B,) int64 on the data's device. Returns (B, C, H, W) float32 in [0, 1] there,
        without waiting for the device.
        """
        images = self.images.batch(index)
        channels = self.shape[0]
        return images if images.shape[1] == channels else images.repeat(1, channels, 1, 1)

    def to(self, device: torch.device) -> "Dataset":
        """The same data set with its images on `device`; the factors stay where they are."""
        return replace(self, images=self.images.to(device))
