"""One seeded stream of random numbers per purpose.

Because each purpose has its own, switching the constraint off changes neither initialisation nor
data order, and drawing a preview changes no loss.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor


def seed_for(seed: int, purpose: str) -> int:
    """A 63-bit seed that depends on `purpose` as much as on `seed`."""
    digest = hashlib.sha256(f"{seed}:{purpose}".encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1


@contextmanager
def seeded_initialisation(seed: int, network: str) -> Iterator[None]:
    """Inside, torch's global CPU stream is that of this network's initialisation."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed_for(seed, f"initialise {network}"))
        yield


class Randomness:
    """The generators of a run, made at first use and saved with its checkpoints."""

    def __init__(self, seed: int, device: torch.device) -> None:
        self._seed = seed
        self._device = device
        self._generators: dict[str, torch.Generator] = {}

    def generator(self, purpose: str) -> torch.Generator:
        """The stream of `purpose`, on the device."""
        if purpose not in self._generators:
            generator = torch.Generator(self._device)
            generator.manual_seed(seed_for(self._seed, purpose))
            self._generators[purpose] = generator
        return self._generators[purpose]

    def state(self) -> dict[str, Tensor]:
        """Purpose -> state, uint8."""
        return {purpose: g.get_state() for purpose, g in self._generators.items()}

    def load_state(self, state: dict[str, Tensor]) -> None:
        """Continue every stream where `state` left it."""
        for purpose, tensor in state.items():
            self.generator(purpose).set_state(tensor)
