"""IB-GAN (Jeon et al. 2021): a GAN whose noise passes an information bottleneck."""

from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.optim import RMSprop

from core.config import DataConfig
from core.config.methods import IBGANConfig
from core.losses.adversarial import discriminator_loss, diversity, generator_loss
from core.losses.information import recognised_information
from core.losses.kl import gaussian_kl
from core.methods.base import Method
from core.methods.symptoms import Symptom, adversarial_symptoms
from core.networks.ib_gan import Bottleneck, BottleneckGenerator, ImageReader
from core.randomness import Randomness, seeded_initialisation

_SAFETY_WEIGHT = 100.0


class IBGAN(Method):
    """Noise z to codes r by the bottleneck, r to an image by the generator, image to z by Q.

    What is explored is r, whose prior is N(0, 1); an image's codes are the bottleneck's means for
    the noise that Q reads in it.
    """

    generating: ClassVar[tuple[str, ...]] = ("bottleneck", "generator", "recognition")

    def __init__(
        self,
        config: IBGANConfig,
        data: DataConfig,
        seed: int,
        randomness: Randomness,
        device: torch.device,
        dtype: torch.dtype,
        dataset_size: int,
    ) -> None:
        super().__init__(config, randomness, device, dtype)
        self._config = config
        self._steps = 0
        shape = data.channels, data.image_size
        with seeded_initialisation(seed, "bottleneck"):
            self.bottleneck = Bottleneck(config.noise_dim, config.codes)
        with seeded_initialisation(seed, "generator"):
            self.generator = BottleneckGenerator(config.codes, *shape)
        with seeded_initialisation(seed, "recognition"):
            self.recognition = ImageReader(config.noise_dim, True, *shape)
        with seeded_initialisation(seed, "discriminator"):
            self.discriminator = ImageReader(1, False, *shape)
        self.networks: dict[str, nn.Module] = {
            "bottleneck": self.bottleneck,
            "generator": self.generator,
            "recognition": self.recognition,
            "discriminator": self.discriminator,
        }
        for network in self.networks.values():
            network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        generating = [p for name in self.generating for p in self.networks[name].parameters()]
        self._generator_optimiser = RMSprop(
            generating, lr=config.generator_lr, momentum=config.momentum
        )
        self._discriminator_optimiser = RMSprop(
            self.discriminator.parameters(), lr=config.discriminator_lr, momentum=config.momentum
        )
        self.optimisers = {
            "generator_optimiser": self._generator_optimiser,
            "discriminator_optimiser": self._discriminator_optimiser,
        }

    @property
    def symptoms(self) -> tuple[Symptom, ...]:
        """Those of every GAN."""
        return adversarial_symptoms()

    def configure(self, config: IBGANConfig) -> None:
        """Weights and learning rates; the networks stay as they are."""
        self._config = config
        self._generator_optimiser.param_groups[0]["lr"] = config.generator_lr
        self._discriminator_optimiser.param_groups[0]["lr"] = config.discriminator_lr

    def train_step(self, images: Tensor) -> dict[str, Tensor]:
        """One update of the discriminator, then one of all else, on the same fake images."""
        for network in self.networks.values():
            network.train()
        self._steps += 1
        stream, count = self._random.generator("latents"), len(images)
        noise = torch.randn(count, self._config.noise_dim, generator=stream, device=self.device)
        with self.autocast():
            mean, logvar = self.bottleneck(noise)
            codes = mean + torch.exp(0.5 * logvar) * torch.randn(
                mean.shape, generator=stream, device=self.device
            )
            fake = self.generator(codes)
        losses = {"discriminator": self._discriminate(images * 2 - 1, fake.detach())}

        # The discriminator's weights are not this turn's; its statistics are.
        self.discriminator.requires_grad_(False)
        with self.autocast():
            noisy = self._noisy(fake)
            adversarial = generator_loss(self.discriminator(noisy).squeeze(1))
            recognised = self.recognition(noisy)
        lower = recognised_information(recognised, noise)
        upper = gaussian_kl(mean, logvar).sum()
        total = adversarial - self._config.information_weight * lower
        total = total + self._bottleneck_term(upper)
        self._generator_optimiser.zero_grad()
        total.backward()  # type: ignore[no-untyped-call]
        self._generator_optimiser.step()
        shown = (fake.detach().float() + 1) / 2
        return losses | {
            "generator": adversarial.detach(),
            "information_lower": lower.detach(),
            "information_upper": upper.detach(),
            "diversity": diversity(shown, images),
        }

    def _discriminate(self, real: Tensor, fake: Tensor) -> Tensor:
        """One update of the discriminator on images (B, C, H, W) in [-1, 1]; its loss."""
        self.discriminator.requires_grad_(True)
        with self.autocast():
            real_logits = self.discriminator(self._noisy(real)).squeeze(1)
            fake_logits = self.discriminator(self._noisy(fake)).squeeze(1)
        loss = discriminator_loss(real_logits, fake_logits)
        self._discriminator_optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        self._discriminator_optimiser.step()
        return loss.detach()

    def _noisy(self, images: Tensor) -> Tensor:
        """Images under this step's instance noise, clipped to [-1, 1]."""
        steps = self._config.instance_noise_steps
        std = max(0.0, 1 - self._steps / steps) if steps else 0.0
        if not std:
            return images
        stream = self._random.generator("instance noise")
        noise = torch.randn(images.shape, generator=stream, device=self.device)
        return (images + std * noise).clamp(-1, 1)

    def _bottleneck_term(self, upper: Tensor) -> Tensor:
        """The weighted upper bound; far too much of it weighs far more."""
        safe = upper < self._config.largest_kl
        return torch.where(safe, self._config.bottleneck_weight, _SAFETY_WEIGHT) * upper

    def draw(self, latents: Tensor) -> Tensor:
        """Like `generate`, but differentiable in the latents."""
        self.generator.eval()
        with self.autocast():
            return (self.generator(latents).float() + 1) / 2  # type: ignore[no-any-return]

    def represent(self, images: Tensor) -> Tensor:
        """Images (B, C, H, W) -> (B, D): the bottleneck's means for the noise that Q reads."""
        self.recognition.eval()
        self.bottleneck.eval()
        # In float32 whatever the training's precision: an explorer reads the same.
        with torch.no_grad():
            mean, _ = self.bottleneck(self.recognition(images.to(self.device) * 2 - 1))
        return mean  # type: ignore[no-any-return]

    def counters(self) -> dict[str, Tensor]:
        """The step, for the instance noise."""
        return {"steps": torch.tensor(self._steps)}

    def load_counters(self, counters: dict[str, Tensor]) -> None:
        """Continue from what `counters` returned."""
        self._steps = int(counters["steps"])
