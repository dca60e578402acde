"""The independence constraint of a running training: its estimator, bank and TC discriminator."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import torch
from torch import Tensor
from torch.optim import Adam

from core.config import IndependenceConfig
from core.losses.total_correlation import (
    density_ratio_tc,
    gaussian_tc,
    minibatch_stratified_tc,
    minibatch_weighted_tc,
    permute_dims,
    tc_discriminator_loss,
)
from core.networks.tc_discriminator import TCDiscriminator
from core.randomness import Randomness, seeded_initialisation

SCALARS = ("tc_gaussian", "tc_density_ratio", "tc_plugin", "tc_stratified", "tc_discriminator")


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
        self._seed = seed
        self._random = randomness
        self._device = device
        self._autocast = autocast
        self.bank = torch.zeros(0, code_dims, device=device)
        self.steps_enabled = 0
        self.discriminator: TCDiscriminator | None = None
        self.optimiser: Adam | None = None
        self.configure(config, atomic)

    def configure(self, config: IndependenceConfig, atomic: tuple[int, ...]) -> None:
        """Take over settings between two steps; the TC discriminator is made when needed."""
        self._config = config
        self._atomic = torch.tensor(atomic, dtype=torch.int64, device=self._device)
        self.bank = self.bank[: config.bank_size]
        self._dims = len(atomic)
        if not config.enabled:
            self.steps_enabled = 0
        if self.discriminator and self.discriminator.layers[0].in_features != self._dims:
            self.discriminator = self.optimiser = None
        if config.estimator == "density_ratio" and config.enabled and self._dims > 1:
            self.ensure_discriminator()

    @property
    def weight(self) -> float:
        """Weight of the total correlation at this step, warm-up included."""
        if not self._active:
            return 0.0
        warmup = self._config.warmup_steps
        return self._config.weight * min(1.0, self.steps_enabled / warmup if warmup else 1.0)

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
                estimates["tc_density_ratio"] = self._density_ratio(codes + std * noise)
        if self._active and self._config.estimator == "gaussian":
            estimates["tc_gaussian"] = gaussian_tc(codes, bank)
        else:
            with torch.no_grad():
                estimates["tc_gaussian"] = gaussian_tc(codes, bank)
        return estimates

    def _density_ratio(self, codes: Tensor) -> Tensor:
        discriminator = self.ensure_discriminator()
        discriminator.requires_grad_(False)
        with self._autocast():
            return density_ratio_tc(discriminator(codes))

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

    def _train_discriminator(self, mean: Tensor) -> Tensor:
        """Joint codes of this batch against permuted codes of the batch before, from the bank."""
        discriminator = self.ensure_discriminator()
        assert self.optimiser is not None
        discriminator.requires_grad_(True)
        joint = mean[:, self._atomic]
        previous = self.bank[: len(mean)][:, self._atomic]
        permuted = permute_dims(previous, self._random.generator("permutation"))
        noise = torch.randn(
            (len(joint) + len(permuted), self._dims),
            generator=self._random.generator("code noise"),
            device=mean.device,
        )
        with self._autocast():
            logits = discriminator(torch.cat([joint, permuted]) + self._config.code_noise * noise)
        loss = tc_discriminator_loss(logits[: len(joint)], logits[len(joint) :])
        self.optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        self.optimiser.step()
        return loss.detach()

    def ensure_discriminator(self) -> TCDiscriminator:
        """The TC discriminator for as many atomic codes as there are now."""
        width = self._dims
        if self.discriminator is None or self.discriminator.layers[0].in_features != width:
            with seeded_initialisation(self._seed, f"tc_discriminator {width}"):
                self.discriminator = TCDiscriminator(width).to(self._device)
            self.optimiser = Adam(
                self.discriminator.parameters(),
                lr=self._config.discriminator_lr,
                betas=(0.5, 0.9),
                fused=True,
            )
        assert self.optimiser is not None
        self.optimiser.param_groups[0]["lr"] = self._config.discriminator_lr
        return self.discriminator
