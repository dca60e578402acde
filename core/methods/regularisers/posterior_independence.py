"""The independence constraint of an autoencoder: total correlation of its aggregate posterior."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import torch
from torch import Tensor

from core.config.methods import PosteriorIndependenceConfig
from core.losses.kl import decompose
from core.losses.total_correlation import gaussian_tc, permute_dims, stratified_log_weights
from core.methods.regularisers.density_ratio import DensityRatio, bounded, warmed_up
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
        self._weights: Tensor | None = None
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
            estimates = self._estimates(samples, mean, logvar)
            name, constrained = next(iter(estimates.items()))
            pulled = warmed_up(self._config, self._steps_enabled) * bounded(name, constrained)
            estimates = {name: value.detach() for name, value in estimates.items()}
        if self._codes > 1:
            with torch.no_grad():
                estimates["tc_gaussian"] = gaussian_tc(mean, self._means)
        return pulled, estimates

    def _estimates(self, samples: Tensor, mean: Tensor, logvar: Tensor) -> dict[str, Tensor]:
        """The total correlation first; a mixture tells the other parts of the KL term too."""
        estimator = self._config.estimator
        if estimator == "density_ratio":
            return {"tc_density_ratio": self.density_ratio.estimate(samples)}
        stratified = estimator == "minibatch_stratified"
        weights = self._stratified(len(samples)) if stratified else None
        parts = decompose(samples, mean, logvar, weights)
        return {
            "tc_stratified" if stratified else "tc_plugin": parts.total_correlation,
            "index_code_information": parts.mutual_information,
            "dimension_wise_kl": parts.dimension_wise,
        }

    def _stratified(self, batch: int) -> Tensor:
        """The mixture's log-weights (B, B), which lie on the device from their first use on."""
        if self._weights is None or len(self._weights) != batch:
            weights = stratified_log_weights(batch, self._dataset_size)
            self._weights = weights.to(self._device)
        return self._weights

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
