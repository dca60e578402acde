"""The contract of a method: what a training loop, a checkpoint and an explorer ask of it."""

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager
from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from core.config import MethodBase
from core.devices import autocast
from core.methods.symptoms import Symptom
from core.randomness import Randomness


class Method(ABC):
    """A paper's recipe: it owns its networks and optimisers and does one training step.

    Attributes:
        spec: the blocks of its latent.
        networks: name -> network. `generating` names those that an explorer needs.
        optimisers: name -> optimiser.
        scalars: names of every number that `train_step` can report.
    """

    generating: ClassVar[tuple[str, ...]]

    def __init__(
        self,
        config: MethodBase,
        randomness: Randomness,
        device: torch.device,
        dtype: torch.dtype,
    ) -> None:
        self._random = randomness
        self.spec = config.latent_spec()
        self.scalars = tuple(scalar.name for scalar in config.scalars())
        self.device = device
        self.dtype = dtype
        self.networks: dict[str, nn.Module] = {}
        self.optimisers: dict[str, Optimizer] = {}

    @property
    @abstractmethod
    def symptoms(self) -> tuple[Symptom, ...]:
        """How its training goes wrong, in terms of `scalars`."""

    @abstractmethod
    def train_step(self, images: Tensor) -> dict[str, Tensor]:
        """One update of all networks on images (B, C, H, W) in [0, 1].

        Returns name -> scalar tensor, a subset of `scalars`. Shapes are static and nothing waits
        for the device.
        """

    @abstractmethod
    def configure(self, config: Any) -> None:
        """Take over settings that may change between two steps, of the same class as at first."""

    @abstractmethod
    def draw(self, latents: Tensor) -> Tensor:
        """Like `generate`, but differentiable in the latents."""

    def generate(self, latents: Tensor) -> Tensor:
        """Latents (B, L) -> images (B, C, H, W) float32 in [0, 1], in evaluation mode."""
        with torch.no_grad():
            return self.draw(latents.to(self.device))

    @abstractmethod
    def represent(self, images: Tensor) -> Tensor:
        """Images (B, C, H, W) in [0, 1] -> point codes (B, D) float32, in evaluation mode."""

    @abstractmethod
    def counters(self) -> dict[str, Tensor]:
        """State beside networks and optimisers; what `load_counters` takes back."""

    @abstractmethod
    def load_counters(self, counters: dict[str, Tensor]) -> None:
        """Continue from what `counters` returned."""

    def autocast(self) -> AbstractContextManager[None]:
        """The context in which networks compute."""
        return autocast(self.device, self.dtype)

    def weights(self) -> dict[str, Tensor]:
        """`network/parameter` -> tensor, of the networks that an explorer needs."""
        return _network_state({name: self.networks[name] for name in self.generating})

    def load_weights(self, weights: dict[str, Tensor]) -> None:
        """Take `weights()` back.

        Raises:
            KeyError, RuntimeError: they are not those of these networks.
        """
        _load_networks({name: self.networks[name] for name in self.generating}, weights)

    def state(self) -> dict[str, Tensor]:
        """Everything that a resumed training needs, but for its random numbers."""
        state = _network_state(self.networks)
        for name, optimiser in self.optimisers.items():
            for i, parameter in enumerate(_parameters(optimiser)):
                for key, tensor in optimiser.state[parameter].items():
                    state[f"{name}/{i}/{key}"] = tensor
        return state | {f"counters/{key}": value for key, value in self.counters().items()}

    def load_state(self, state: dict[str, Tensor]) -> None:
        """Take `state()` back.

        Raises:
            KeyError, RuntimeError: it is not that of these networks.
        """
        self.load_counters(_below("counters/", state))
        _load_networks(self.networks, state)
        for name, optimiser in self.optimisers.items():
            for i, parameter in enumerate(_parameters(optimiser)):
                saved = _below(f"{name}/{i}/", state)
                if saved:
                    optimiser.state[parameter] = {
                        key: _laid_out_like(parameter, tensor) for key, tensor in saved.items()
                    }


def _below(prefix: str, state: dict[str, Tensor]) -> dict[str, Tensor]:
    """The tensors whose names start with `prefix`, which is left out."""
    return {k.removeprefix(prefix): v for k, v in state.items() if k.startswith(prefix)}


def _laid_out_like(parameter: Tensor, saved: Tensor) -> Tensor:
    """`saved` in the parameter's memory format: fused Adam goes wrong silently on any other."""
    if saved.shape != parameter.shape:
        return saved.to(parameter.device)
    return torch.empty_like(parameter, requires_grad=False).copy_(saved)


def _parameters(optimiser: Optimizer) -> list[Tensor]:
    return [parameter for group in optimiser.param_groups for parameter in group["params"]]


def _network_state(networks: dict[str, nn.Module]) -> dict[str, Tensor]:
    return {
        f"{name}/{key}": tensor
        for name, network in networks.items()
        for key, tensor in network.state_dict().items()
    }


def _load_networks(networks: dict[str, nn.Module], state: dict[str, Tensor]) -> None:
    for name, network in networks.items():
        prefix = f"{name}/"
        network.load_state_dict({key: state[prefix + key] for key in network.state_dict()})
