"""TC-GAN: an InfoGAN whose inferred atomic codes are held independent (arXiv 2409.02672).

Two turns a step. The discriminator's: trunk and d_head learn real from fake, the trunk also to
carry the codes. The generator's: generator and q_head learn to fool it, to show the codes, and
to keep the inferred codes independent.
"""

from itertools import chain
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.optim import Adam

from core.config import DataConfig, TCGANConfig
from core.latents import information_prior, latent_spec
from core.losses.adversarial import discriminator_loss, generator_loss
from core.losses.information import code_errors, information_loss
from core.methods import independence
from core.methods.base import Method
from core.networks.discriminator import Discriminator
from core.networks.generator import Generator
from core.networks.recognition import Recognition, output_count
from core.randomness import Randomness, seeded_initialisation
from core.sampling import sample_latents


class TCGAN(Method):
    """Generator, discriminator with recognition head, and the independence constraint."""

    generating: ClassVar[tuple[str, ...]] = ("generator", "discriminator")

    def __init__(
        self,
        config: TCGANConfig,
        data: DataConfig,
        seed: int,
        randomness: Randomness,
        device: torch.device,
        dtype: torch.dtype,
    ) -> None:
        super().__init__(device, dtype)
        self._random = randomness
        self._config = config
        self.spec = latent_spec(config)
        learned = config.information.variance == "learned"
        self.information_prior = information_prior(self.spec, learned)
        with seeded_initialisation(seed, "generator"):
            self.generator = Generator(self.spec.latent_dim, data.channels, data.image_size)
        with seeded_initialisation(seed, "discriminator"):
            outputs = output_count(self.spec, learned)
            self.discriminator = Discriminator(data.channels, data.image_size, outputs)
        for network in (self.generator, self.discriminator):
            network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self._constraint = independence.IndependenceConstraint(
            config.independence,
            len(self.spec.continuous),
            self.spec.atomic,
            seed,
            randomness,
            device,
            self.autocast,
        )
        head = self.discriminator.q_head
        betas = (config.beta1, config.beta2)
        self._generator_optimiser = Adam(
            chain(self.generator.parameters(), head.parameters()),
            lr=config.generator_lr,
            betas=betas,
            fused=True,
        )
        self._discriminator_optimiser = Adam(
            chain(self.discriminator.trunk.parameters(), self.discriminator.d_head.parameters()),
            lr=config.discriminator_lr,
            betas=betas,
            fused=True,
        )
        self.networks = {"generator": self.generator, "discriminator": self.discriminator}
        self.optimisers = {
            "generator_optimiser": self._generator_optimiser,
            "discriminator_optimiser": self._discriminator_optimiser,
        }
        self._register_constraint()

    @property
    def scalars(self) -> tuple[str, ...]:
        """Losses first, then estimates of the constraint, then what the health check reads."""
        errors = tuple(f"code_error.{code.name}" for code in self.spec.codes)
        return (
            "discriminator",
            "generator",
            "information",
            *independence.SCALARS,
            *errors,
            "gradient_information",
            "gradient_independence",
            "diversity",
        )

    def configure(self, config: TCGANConfig) -> None:
        """Weights, learning rates and all of the constraint; the networks stay as they are."""
        self._config = config
        self.spec = latent_spec(config)
        self._generator_optimiser.param_groups[0]["lr"] = config.generator_lr
        self._discriminator_optimiser.param_groups[0]["lr"] = config.discriminator_lr
        self._constraint.configure(config.independence, self.spec.atomic)
        self._register_constraint()

    def train_step(self, images: Tensor) -> dict[str, Tensor]:
        """One turn of the discriminator, then one of the generator, on the same fake images."""
        self.generator.train()
        latents = sample_latents(self.spec, len(images), self._random.generator("latents"))
        with self.autocast():
            fake = self.generator(latents)
        losses = self._discriminator_turn(images, fake.detach(), latents)
        losses |= self._generator_turn(fake, latents)
        losses["diversity"] = (_spread(fake.detach().float()) / _spread(images)).sqrt()
        return losses

    def _discriminator_turn(
        self, images: Tensor, fake: Tensor, latents: Tensor
    ) -> dict[str, Tensor]:
        discriminator, count = self.discriminator, len(images)
        self._give_turn(discriminator.trunk, discriminator.d_head, own=True)
        self._give_turn(discriminator.q_head, own=False)
        information_weight = (
            self._config.information.weight if self._config.information.trains == "trunk" else 0.0
        )
        with self.autocast():
            features = discriminator.features(torch.cat([images, fake]))
            logits = discriminator.logits(features)
        adversarial = discriminator_loss(logits[:count], logits[count:], self._real_targets(count))
        total = adversarial
        if information_weight:
            with self.autocast():
                outputs = discriminator.recognise(features[count:])
            recognition = Recognition.of(outputs, self.spec)
            total = total + information_weight * information_loss(recognition, latents, self.spec)
        self._discriminator_optimiser.zero_grad()
        total.backward()  # type: ignore[no-untyped-call]
        self._discriminator_optimiser.step()
        return {"discriminator": adversarial.detach()}

    def _generator_turn(self, fake: Tensor, latents: Tensor) -> dict[str, Tensor]:
        discriminator, config = self.discriminator, self._config
        self._give_turn(discriminator.trunk, discriminator.d_head, own=False)
        self._give_turn(discriminator.q_head, own=True)
        with self.autocast():
            features = discriminator.features(fake)
            adversarial = generator_loss(discriminator.logits(features))
            outputs = discriminator.recognise(features)
        recognition = Recognition.of(outputs, self.spec)
        information = information_loss(recognition, latents, self.spec)
        estimates = self._constraint.estimate(recognition.mean)

        # Both constraints reach the networks through `outputs` alone. Taking their gradients
        # there costs nothing more and shows how much each of them pulls.
        gradient = _gradient(config.information.weight * information, outputs)
        losses = {"gradient_information": gradient.norm()}
        if self._constraint.weight:
            constrained = next(iter(estimates.values()))
            pull = _gradient(self._constraint.weight * constrained, outputs)
            losses["gradient_independence"] = pull.norm()
            gradient = gradient + pull
        self._generator_optimiser.zero_grad()
        torch.autograd.backward([adversarial, outputs], [None, gradient])
        self._generator_optimiser.step()

        losses |= {"generator": adversarial.detach(), "information": information.detach()}
        losses |= {name: value.detach() for name, value in estimates.items()}
        losses |= self._constraint.update(recognition.mean)
        errors = code_errors(recognition, latents, self.spec).detach().unbind()
        for code, error in zip(self.spec.codes, errors, strict=True):
            losses[f"code_error.{code.name}"] = error
        return losses

    def generate(self, latents: Tensor) -> Tensor:
        """Latents (B, L) -> images (B, C, H, W) float32 in [0, 1]."""
        with torch.no_grad():
            return self.draw(latents.to(self.device))

    def draw(self, latents: Tensor) -> Tensor:
        """Like `generate`, but differentiable in the latents."""
        self.generator.eval()
        with self.autocast():
            return self.generator(latents).float()  # type: ignore[no-any-return]

    def represent(self, images: Tensor) -> Tensor:
        """Images (B, C, H, W) -> (B, D): the likeliest category, the mean of Q(c | image)."""
        self.discriminator.eval()
        # In float32 whatever the training's precision: an explorer reads the same.
        with torch.no_grad():
            features = self.discriminator.features(images.to(self.device))
            outputs = self.discriminator.recognise(features)
        return Recognition.of(outputs, self.spec).representation()

    def counters(self) -> dict[str, Tensor]:
        """Bank and age of the constraint, and the width of its TC discriminator (0: none)."""
        constraint = self._constraint
        discriminator = constraint.discriminator
        width = discriminator.layers[0].in_features if discriminator else 0
        return {
            "bank": constraint.bank,
            "steps_enabled": torch.tensor(constraint.steps_enabled),
            "tc_discriminator_width": torch.tensor(width),
        }

    def load_counters(self, counters: dict[str, Tensor]) -> None:
        """Continue from what `counters` returned."""
        self._constraint.bank = counters["bank"].to(self.device)
        self._constraint.steps_enabled = int(counters["steps_enabled"])
        width = int(counters["tc_discriminator_width"])
        if width and width == len(self.spec.atomic):
            self._constraint.ensure_discriminator()
        self._register_constraint()

    def _register_constraint(self) -> None:
        self.networks.pop("tc_discriminator", None)
        self.optimisers.pop("tc_optimiser", None)
        if self._constraint.discriminator and self._constraint.optimiser:
            self.networks["tc_discriminator"] = self._constraint.discriminator
            self.optimisers["tc_optimiser"] = self._constraint.optimiser

    def _real_targets(self, count: int) -> Tensor | None:
        low = self._config.real_target_low
        if low == 1.0:
            return None
        generator = self._random.generator("label smoothing")
        return low + (1 - low) * torch.rand(count, generator=generator, device=self.device)

    @staticmethod
    def _give_turn(*networks: nn.Module, own: bool) -> None:
        """In its own turn a network learns and its spectral norms advance; else it is frozen."""
        for network in networks:
            network.train(own)
            network.requires_grad_(own)


def _spread(images: Tensor) -> Tensor:
    """Variance over the batch, averaged over pixels."""
    pixels = images.flatten(1)
    return (pixels.square().mean(0) - pixels.mean(0).square()).mean() + 1e-6


def _gradient(loss: Tensor, outputs: Tensor) -> Tensor:
    """d loss / d outputs, (B, O)."""
    (gradient,) = torch.autograd.grad(loss, outputs, retain_graph=True)
    return gradient
