"""The independence constraint of an autoencoder: total correlation of its aggregate posterior."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import torch
from torch import Tensor

from core.config.methods import PosteriorIndependenceConfig
from core.losses.kl import decompose
from core.losses.total_correlation import gaussian_tc, permute_dims, stratified_log_weights
from core.methods.density_ratio import DensityRatio, warmed_up
from core.randomness import Randomness

# Recent means that the Gaussian estimate is made of, beside those of the batch.
_BANK = 512


class PosteriorConstraint:
    """Total correlation of q(z) by the estimator that is configured (FactorVAE, beta-TCVAE).

    Gaussian noise on the codes is the posterior's own, so none is added.
    """

    def __init__(
        self,
        config: PosteriorIndependenceConfig,
        codes: int,
        seed: int,
        randomness: Randomness,
        device: torch.device,
        autocast: Callable[[], AbstractContextManager[None]],
        dataset_size: int,
    ) -> None:
        self._random = randomness
        self._device = device
        self._codes = codes
        self._dataset_size = dataset_size
        self.density_ratio = DensityRatio(seed, device, autocast)
        self._means = torch.zeros(0, codes, device=device)
        self._previous = torch.zeros(0, codes, device=device)
        self._steps_enabled = 0
        self.configure(config)

    def configure(self, config: PosteriorIndependenceConfig) -> None:
        """Take over settings between two steps; the TC discriminator is made when needed."""
        self._config = config
        if not config.enabled:
            self._steps_enabled = 0
        in_use = config.estimator == "density_ratio" and self._active
        self.density_ratio.configure(config.discriminator_lr, self._codes, in_use)

    @property
    def _active(self) -> bool:
        return self._config.enabled and self._codes > 1

    def pull(
        self, samples: Tensor, mean: Tensor, logvar: Tensor
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """The weighted total correlation, and all estimates of it by name, without gradient.

        samples, mean, logvar: (B, D). `tc_gaussian`, of the means, is always there.
        """
        estimates: dict[str, Tensor] = {}
        pulled = torch.zeros((), device=self._device)
        if self._active:
            name, constrained = self._estimate(samples, mean, logvar)
            pulled = warmed_up(self._config, self._steps_enabled) * constrained
            estimates[name] = constrained.detach()
        if self._codes > 1:
            with torch.no_grad():
                estimates["tc_gaussian"] = gaussian_tc(mean, self._means)
        return pulled, estimates

    def _estimate(self, samples: Tensor, mean: Tensor, logvar: Tensor) -> tuple[str, Tensor]:
        match self._config.estimator:
            case "density_ratio":
                return "tc_density_ratio", self.density_ratio.estimate(samples)
            case "minibatch_weighted":
                return "tc_plugin", decompose(samples, mean, logvar).total_correlation
            case "minibatch_stratified":
                weights = stratified_log_weights(len(samples), self._dataset_size)
                parts = decompose(samples, mean, logvar, weights.to(self._device))
                return "tc_stratified", parts.total_correlation

    def update(self, samples: Tensor, mean: Tensor) -> dict[str, Tensor]:
        """After a step: train the TC discriminator, if in use, and remember codes (B, D)."""
        losses: dict[str, Tensor] = {}
        if self._active and self._config.estimator == "density_ratio":
            # Permuted codes are of the step before: a batch of their own (FactorVAE).
            stream = self._random.generator("permutation")
            previous = self._previous if len(self._previous) else samples
            codes = torch.cat([samples, permute_dims(previous, stream)])
            losses["tc_discriminator"] = self.density_ratio.train(codes, len(samples))
        if self._active:
            self._steps_enabled += 1
        self._previous = samples
        self._means = torch.cat([mean, self._means])[:_BANK]
        return losses

    def state(self) -> dict[str, Tensor]:
        """What `load_state` takes back."""
        return {
            "means": self._means,
            "previous": self._previous,
            "steps_enabled": torch.tensor(self._steps_enabled),
            "tc_discriminator_width": torch.tensor(self.density_ratio.width),
        }

    def load_state(self, state: dict[str, Tensor]) -> None:
        """Continue from what `state` returned."""
        self._means = state["means"].to(self._device)
        self._previous = state["previous"].to(self._device)
        self._steps_enabled = int(state["steps_enabled"])
        if int(state["tc_discriminator_width"]):
            self.density_ratio.ensure()
