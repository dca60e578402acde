"""In which order a training sees the images."""

import torch
from torch import Tensor

from core.randomness import seed_for


class DataOrder:
    """Every image once an epoch, shuffled anew; the last incomplete batch is left out."""

    def __init__(self, images: int, batch_size: int, seed: int, device: torch.device) -> None:
        self._images = images
        self._batch = batch_size
        self._device = device
        self._generator = torch.Generator().manual_seed(seed_for(seed, "data order"))
        self._shuffle()

    def _shuffle(self) -> None:
        self._epoch = self._generator.get_state()
        order = torch.randperm(self._images, generator=self._generator)
        self._order = order.to(self._device)
        self._position = 0

    def next_batch(self) -> Tensor:
        """(B,) int64 indices on the device."""
        if self._position + self._batch > self._images:
            self._shuffle()
        index = self._order[self._position : self._position + self._batch]
        self._position += self._batch
        return index

    def state(self) -> dict[str, Tensor]:
        """Where in which epoch it stands."""
        return {"epoch": self._epoch, "position": torch.tensor(self._position)}

    def load_state(self, state: dict[str, Tensor]) -> None:
        """Take `state()` back."""
        self._generator.set_state(state["epoch"].cpu())
        self._shuffle()
        self._position = int(state["position"])
