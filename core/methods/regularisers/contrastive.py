"""Contrastive regularisation in a running training (InfoGAN-CR, Lin et al. 2020)."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.optim import Adam

from core.config import DataConfig
from core.config.methods import ContrastiveConfig
from core.latents import LatentSpec
from core.networks.generator import Generator
from core.networks.pair_discriminator import PairDiscriminator
from core.randomness import Randomness, seeded_initialisation
from core.sampling import sample_latents


class ContrastiveRegulariser:
    """Two images share one continuous code; generator and a discriminator make out which.

    Both lower the same cross-entropy. Before its first step nothing of it is computed.
    """

    def __init__(
        self,
        config: ContrastiveConfig,
        spec: LatentSpec,
        data: DataConfig,
        seed: int,
        randomness: Randomness,
        device: torch.device,
        autocast: Callable[[], AbstractContextManager[None]],
    ) -> None:
        self._spec = spec
        self._random = randomness
        self._device = device
        self._autocast = autocast
        with seeded_initialisation(seed, "contrastive_discriminator"):
            self.discriminator = PairDiscriminator(
                len(spec.continuous), data.channels, data.image_size
            )
        self.discriminator.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.optimiser = Adam(
            self.discriminator.parameters(),
            lr=config.discriminator_lr,
            betas=(0.5, 0.999),
            fused=True,
        )
        self.steps = 0
        self.configure(config)

    def configure(self, config: ContrastiveConfig) -> None:
        """Take over settings between two steps."""
        self._config = config
        self.optimiser.param_groups[0]["lr"] = config.discriminator_lr

    @property
    def active(self) -> bool:
        """Whether its first step has come."""
        return self.steps > self._config.start_step

    def pull(self, generator: Generator, count: int) -> Tensor:
        """The weighted loss of `count` pairs, for the generator; a scalar."""
        self.discriminator.eval()
        self.discriminator.requires_grad_(False)
        return self._config.weight * self._loss(generator, count)

    def train(self, generator: Generator, count: int) -> Tensor:
        """One update of the discriminator on `count` pairs; its loss, log D where it guesses."""
        self.discriminator.train()
        self.discriminator.requires_grad_(True)
        loss = self._loss(generator, count, detached=True)
        self.optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        self.optimiser.step()
        return loss.detach()

    def _loss(self, generator: Generator, count: int, detached: bool = False) -> Tensor:
        first, second, shared = self._pairs(count)
        # A pass each, so that each half is normalised by itself.
        with torch.set_grad_enabled(not detached), self._autocast():
            images = generator(first), generator(second)
        with self._autocast():
            logits = self.discriminator(*images)
        return F.cross_entropy(logits, shared)

    def _pairs(self, count: int) -> tuple[Tensor, Tensor, Tensor]:
        """Latents (N, L) that agree in noise, categories and one continuous code; which one, (N,).

        The other codes differ by `gap` at least.
        """
        stream = self._random.generator("contrastive pairs")
        first = sample_latents(self._spec, count, stream)
        codes, start = len(self._spec.continuous), self._spec.continuous[0].start
        shared = torch.randint(codes, (count,), generator=stream, device=self._device)
        half = self._config.gap / 2
        values = torch.rand(2, count, codes, generator=stream, device=self._device) * 2 - 1
        values = values * (1 - half)
        apart = half * torch.sign(values[0] - values[1])
        low_to_high = torch.stack([values[0] + apart, values[1] - apart])
        same = F.one_hot(shared, codes).bool()
        pair = torch.where(same, first[:, start:], low_to_high)
        second = first.clone()
        first[:, start:], second[:, start:] = pair[0], pair[1]
        return first, second, shared
