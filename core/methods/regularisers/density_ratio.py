"""The density-ratio trick in a running training: the TC discriminator and its optimiser."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import torch
from torch import Tensor, nn
from torch.optim import Adam

from core.config import ConstraintConfig
from core.losses.total_correlation import density_ratio_tc, tc_discriminator_loss
from core.networks.tc_discriminator import TCDiscriminator
from core.randomness import seeded_initialisation


class DensityRatio:
    """Estimates the total correlation by a discriminator that is made when it is needed."""

    def __init__(
        self,
        seed: int,
        device: torch.device,
        autocast: Callable[[], AbstractContextManager[None]],
    ) -> None:
        self._seed = seed
        self._device = device
        self._autocast = autocast
        self.discriminator: TCDiscriminator | None = None
        self.optimiser: Adam | None = None

    @property
    def width(self) -> int:
        """How many codes the discriminator reads; 0: there is none."""
        return self.discriminator.code_dims if self.discriminator else 0

    def configure(self, lr: float, width: int, in_use: bool) -> None:
        """Take over the learning rate; another number of codes needs another discriminator."""
        self._lr, self._codes = lr, width
        if self.width != width:
            self.discriminator = self.optimiser = None
        if in_use or self.discriminator:
            self.ensure()

    def ensure(self) -> TCDiscriminator:
        """The discriminator for as many codes as there are now."""
        if self.discriminator is None or self.optimiser is None:
            with seeded_initialisation(self._seed, f"tc_discriminator {self._codes}"):
                self.discriminator = TCDiscriminator(self._codes).to(self._device)
            self.optimiser = Adam(
                self.discriminator.parameters(), lr=self._lr, betas=(0.5, 0.9), fused=True
            )
        self.optimiser.param_groups[0]["lr"] = self._lr
        return self.discriminator

    def register(
        self, networks: dict[str, nn.Module], optimisers: dict[str, torch.optim.Optimizer]
    ) -> None:
        """Stand among a method's networks and optimisers as long as there is a discriminator."""
        networks.pop("tc_discriminator", None)
        optimisers.pop("tc_optimiser", None)
        if self.discriminator and self.optimiser:
            networks["tc_discriminator"] = self.discriminator
            optimisers["tc_optimiser"] = self.optimiser

    def estimate(self, codes: Tensor) -> Tensor:
        """The total correlation of codes (B, D), differentiable in them alone; a scalar."""
        discriminator = self.ensure()
        discriminator.requires_grad_(False)
        with self._autocast():
            return density_ratio_tc(discriminator(codes))

    def train(self, codes: Tensor, joint: int) -> Tensor:
        """One update on codes without gradient, the first `joint` of them not permuted."""
        discriminator = self.ensure()
        assert self.optimiser is not None
        discriminator.requires_grad_(True)
        with self._autocast():
            logits = discriminator(codes)
        loss = tc_discriminator_loss(logits[:joint], logits[joint:])
        self.optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        self.optimiser.step()
        return loss.detach()


def bounded(estimator: str, total_correlation: Tensor) -> Tensor:
    """What is to be minimised of an estimate by `estimator`, as `Scalar.name` calls it.

    Below 0, where a total correlation cannot be, it pulls no more: the stratified estimate would
    fall forever.
    """
    return total_correlation.relu() if estimator == "tc_stratified" else total_correlation


def warmed_up(config: ConstraintConfig, steps_enabled: int) -> float:
    """The weight of the total correlation after so many steps with the constraint on."""
    share = min(1.0, steps_enabled / config.warmup_steps) if config.warmup_steps else 1.0
    return config.weight * share
