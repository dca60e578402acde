"""Images held as bytes or as packed bits, and the float batches that are drawn from them."""

from dataclasses import dataclass, field

import torch


@dataclass(frozen=True, eq=False)
class ByteImages:
    """values: (N, C, H, W) uint8."""

    values: torch.Tensor

    def __len__(self) -> int:
        return len(self.values)

    def batch(self, index: torch.Tensor) -> torch.Tensor:
        """index: (B,) int64 on the same device. Returns (B, C, H, W) float32 in [0, 1]."""
        return self.values.index_select(0, index).to(torch.float32).div_(255)

    def to(self, device: torch.device) -> "ByteImages":
        """The same images on `device`."""
        return ByteImages(self.values.to(device))


def _bits_of_every_byte() -> torch.Tensor:
    """Returns (256, 8) float32, 0 or 1, the highest bit first."""
    shifts = torch.arange(7, -1, -1)
    return ((torch.arange(256)[:, None] >> shifts) & 1).to(torch.float32)


@dataclass(frozen=True, eq=False)
class PackedImages:
    """bits: (N, C*H*W / 8) uint8, one bit a pixel, the first pixel in the highest bit."""

    bits: torch.Tensor
    shape: tuple[int, int, int]
    byte_to_pixels: torch.Tensor = field(default_factory=_bits_of_every_byte)

    def __len__(self) -> int:
        return len(self.bits)

    def batch(self, index: torch.Tensor) -> torch.Tensor:
        """index: (B,) int64 on the same device. Returns (B, C, H, W) float32, 0 or 1."""
        chosen = self.bits.index_select(0, index).to(torch.int32)
        pixels = torch.nn.functional.embedding(chosen, self.byte_to_pixels)
        return pixels.view(-1, *self.shape)

    def to(self, device: torch.device) -> "PackedImages":
        """The same images on `device`."""
        return PackedImages(self.bits.to(device), self.shape, self.byte_to_pixels.to(device))


Images = ByteImages | PackedImages
