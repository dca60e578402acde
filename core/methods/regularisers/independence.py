"""The independence constraint of a GAN in training: its estimator, bank and TC discriminator."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import torch
from torch import Tensor

from core.config import IndependenceConfig
from core.losses.total_correlation import (
    gaussian_tc,
    minibatch_stratified_tc,
    minibatch_weighted_tc,
    permute_dims,
)
from core.methods.regularisers.density_ratio import DensityRatio, bounded, warmed_up
from core.randomness import Randomness


class IndependenceConstraint:
    """Total correlation of the inferred atomic codes, by the estimator that is configured.

    It keeps a bank of recent codes without gradient, enabled or not, so that it can be switched
    on between two steps and sees at once.
    """

    def __init__(
        self,
        config: IndependenceConfig,
        code_dims: int,
        atomic: tuple[int, ...],
        seed: int,
        randomness: Randomness,
        device: torch.device,
        autocast: Callable[[], AbstractContextManager[None]],
    ) -> None:
        self._random = randomness
        self._device = device
        self.density_ratio = DensityRatio(seed, device, autocast)
        self.bank = torch.zeros(0, code_dims, device=device)
        self.steps_enabled = 0
        self.configure(config, atomic)

    def configure(self, config: IndependenceConfig, atomic: tuple[int, ...]) -> None:
        """Take over settings between two steps; the TC discriminator is made when needed."""
        self._config = config
        self._atomic = torch.tensor(atomic, dtype=torch.int64, device=self._device)
        self.bank = self.bank[: config.bank_size]
        self._dims = len(atomic)
        if not config.enabled:
            self.steps_enabled = 0
        in_use = config.estimator == "density_ratio" and config.enabled and self._dims > 1
        self.density_ratio.configure(config.discriminator_lr, self._dims, in_use)

    @property
    def weight(self) -> float:
        """Weight of the total correlation at this step, warm-up included."""
        return warmed_up(self._config, self.steps_enabled) if self._active else 0.0

    @property
    def _active(self) -> bool:
        """Enabled, something to constrain, and enough codes in the bank to see dependence."""
        full = len(self.bank) == self._config.bank_size
        return self._config.enabled and self._dims > 1 and full

    def estimate(self, mean: Tensor) -> dict[str, Tensor]:
        """Estimates of the total correlation of mean (B, Dc) by name; the constrained one first.

        `tc_gaussian` is always there, for comparison; without gradient if it is not constrained.
        """
        if self._dims < 2:
            return {}
        codes, bank = mean[:, self._atomic], self.bank[:, self._atomic]
        std = self._config.code_noise
        estimates: dict[str, Tensor] = {}
        if self._active and self._config.estimator != "gaussian":
            noise = torch.randn(
                codes.shape, generator=self._random.generator("code noise"), device=codes.device
            )
            if self._config.estimator == "minibatch_weighted":
                estimates["tc_plugin"] = minibatch_weighted_tc(codes, bank, std, noise)
            elif self._config.estimator == "minibatch_stratified":
                estimates["tc_stratified"] = minibatch_stratified_tc(codes, bank, std, noise)
            else:
                noisy = codes + std * noise
                estimates["tc_density_ratio"] = self.density_ratio.estimate(noisy)
        if self._active and self._config.estimator == "gaussian":
            estimates["tc_gaussian"] = gaussian_tc(codes, bank)
        else:
            with torch.no_grad():
                estimates["tc_gaussian"] = gaussian_tc(codes, bank)
        return estimates

    def weighted(self, estimates: dict[str, Tensor]) -> Tensor:
        """What is to be minimised, from what `estimate` returned."""
        name, constrained = next(iter(estimates.items()))
        return self.weight * bounded(name, constrained)

    def pull(self, mean: Tensor) -> Tensor:
        """The weighted total correlation of mean (B, Dc), 0 where it is not constrained."""
        if not self.weight:
            return torch.zeros((), device=self._device)
        return self.weighted(self.estimate(mean))

    def update(self, mean: Tensor) -> dict[str, Tensor]:
        """After a step: train the TC discriminator, if in use, and remember mean (B, Dc)."""
        mean = mean.detach()
        losses: dict[str, Tensor] = {}
        if self._active and self._config.estimator == "density_ratio":
            losses["tc_discriminator"] = self._train_discriminator(mean)
        if self._active:
            self.steps_enabled += 1
        self.bank = torch.cat([mean, self.bank])[: self._config.bank_size]
        return losses

    def state(self) -> dict[str, Tensor]:
        """What `load_state` takes back; a width of 0: there is no TC discriminator."""
        return {
            "bank": self.bank,
            "steps_enabled": torch.tensor(self.steps_enabled),
            "tc_discriminator_width": torch.tensor(self.density_ratio.width),
        }

    def load_state(self, state: dict[str, Tensor]) -> None:
        """Continue from what `state` returned."""
        self.bank = state["bank"].to(self._device)
        self.steps_enabled = int(state["steps_enabled"])
        if int(state["tc_discriminator_width"]) == self._dims > 0:
            self.density_ratio.ensure()

    def _train_discriminator(self, mean: Tensor) -> Tensor:
        """Joint codes of this batch against permuted codes of the batch before, from the bank."""
        joint = mean[:, self._atomic]
        previous = self.bank[: len(mean)][:, self._atomic]
        permuted = permute_dims(previous, self._random.generator("permutation"))
        noise = torch.randn(
            (len(joint) + len(permuted), self._dims),
            generator=self._random.generator("code noise"),
            device=mean.device,
        )
        codes = torch.cat([joint, permuted]) + self._config.code_noise * noise
        return self.density_ratio.train(codes, len(joint))
