"""InfoGAN and what adds a constraint to it: TC-GAN (arXiv 2409.02672) and InfoGAN-CR.

Two turns a step. The discriminator's: trunk and d_head learn real from fake. The generator's: it
learns to fool them and to show the codes. Which of the turns teaches trunk and q_head to
recognise the codes is a setting; TC-GAN holds the recognised codes independent wherever the
codes are learned.
"""

from itertools import chain
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.optim import Adam

from core.config import DataConfig, TCGANConfig
from core.config.methods.gan import GANConfig, InfoGANCRConfig
from core.latents import information_prior
from core.losses.adversarial import discriminator_loss, diversity, generator_loss
from core.losses.information import code_errors, information_loss
from core.methods.base import Method
from core.methods.regularisers.contrastive import ContrastiveRegulariser
from core.methods.regularisers.independence import IndependenceConstraint
from core.methods.symptoms import Symptom, information_symptoms
from core.networks.discriminator import Discriminator
from core.networks.generator import Generator
from core.networks.recognition import Recognition, output_count
from core.randomness import Randomness, seeded_initialisation
from core.sampling import sample_latents


class InfoGAN(Method):
    """Generator, discriminator with recognition head, and at most one constraint more."""

    generating: ClassVar[tuple[str, ...]] = ("generator", "discriminator")

    def __init__(
        self,
        config: GANConfig,
        data: DataConfig,
        seed: int,
        randomness: Randomness,
        device: torch.device,
        dtype: torch.dtype,
        dataset_size: int,
    ) -> None:
        super().__init__(config, randomness, device, dtype)
        self._config = config
        self._learned_variance = config.information.variance == "learned"
        # Where the discriminator's turn teaches the trunk, and where all of Q.
        self._teaches_trunk = config.information.trains != "head_only"
        self._teaches_head = config.information.trains == "recognition"
        with seeded_initialisation(seed, "generator"):
            self.generator = Generator(self.spec.latent_dim, data.channels, data.image_size)
        with seeded_initialisation(seed, "discriminator"):
            self.discriminator = Discriminator(
                data.channels,
                data.image_size,
                output_count(self.spec, self._learned_variance),
                config.information.spectral_norm,
            )
        for network in (self.generator, self.discriminator):
            network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self._constraint: IndependenceConstraint | None = None
        self._contrastive: ContrastiveRegulariser | None = None
        self._make_optimisers(config)
        self.networks = {"generator": self.generator, "discriminator": self.discriminator}
        if isinstance(config, TCGANConfig):
            self._constraint = IndependenceConstraint(
                config.independence,
                len(self.spec.continuous),
                self.spec.atomic,
                seed,
                randomness,
                device,
                self.autocast,
            )
        if isinstance(config, InfoGANCRConfig):
            self._contrastive = ContrastiveRegulariser(
                config.contrastive, self.spec, data, seed, randomness, device, self.autocast
            )
            self.networks["contrastive_discriminator"] = self._contrastive.discriminator
            self.optimisers["contrastive_optimiser"] = self._contrastive.optimiser
        self._register_constraint()

    @property
    def symptoms(self) -> tuple[Symptom, ...]:
        """Those of a GAN that recognises its codes."""
        prior = information_prior(self.spec, self._learned_variance)
        return information_symptoms(prior, tuple(code.name for code in self.spec.codes))

    def configure(self, config: GANConfig) -> None:
        """Weights, learning rates and all of the constraint; the networks stay as they are."""
        self._config = config
        self.spec = config.latent_spec()
        self._generator_optimiser.param_groups[0]["lr"] = config.generator_lr
        self._discriminator_optimiser.param_groups[0]["lr"] = config.discriminator_lr
        if self._constraint and isinstance(config, TCGANConfig):
            self._constraint.configure(config.independence, self.spec.atomic)
            self._register_constraint()
        if self._contrastive and isinstance(config, InfoGANCRConfig):
            self._contrastive.configure(config.contrastive)

    def train_step(self, images: Tensor) -> dict[str, Tensor]:
        """One turn of the discriminator, then the generator's turns; the first shares its fakes."""
        self.generator.train()
        latents, fake = self._imagine(len(images))
        losses = self._contrastive_turn(len(images))
        losses |= self._discriminator_turn(images, fake.detach(), latents)
        for turn in range(self._config.generator_steps):
            if turn:
                latents, fake = self._imagine(len(images))
            turned, recognition = self._generator_turn(fake, latents)
            losses |= turned
        if self._constraint:
            losses |= self._constraint.update(recognition.mean)
        errors = code_errors(recognition, latents, self.spec).detach().unbind()
        for code, error in zip(self.spec.codes, errors, strict=True):
            losses[f"code_error.{code.name}"] = error
        losses["diversity"] = diversity(fake.detach().float(), images)
        return losses

    def _imagine(self, count: int) -> tuple[Tensor, Tensor]:
        """Latents from the prior and the images of them."""
        latents = sample_latents(self.spec, count, self._random.generator("latents"))
        with self.autocast():
            return latents, self.generator(latents)

    def _contrastive_turn(self, count: int) -> dict[str, Tensor]:
        if self._contrastive is None:
            return {}
        self._contrastive.steps += 1
        if not self._contrastive.active:
            return {}
        return {"contrastive": self._contrastive.train(self.generator, count)}

    def _discriminator_turn(
        self, images: Tensor, fake: Tensor, latents: Tensor
    ) -> dict[str, Tensor]:
        discriminator, count = self.discriminator, len(images)
        self._give_turn(discriminator.trunk, discriminator.d_head, own=True)
        self._give_turn(discriminator.q_head, own=self._teaches_head)
        with self.autocast():
            features = discriminator.features(torch.cat([images, fake]))
            logits = discriminator.logits(features)
        adversarial = discriminator_loss(logits[:count], logits[count:], self._real_targets(count))
        total = adversarial
        weight = self._config.information.weight if self._teaches_trunk else 0.0
        if weight or self._teaches_head:
            with self.autocast():
                outputs = discriminator.recognise(features[count:])
            recognition = Recognition.of(outputs, self.spec)
            total = total + weight * information_loss(recognition, latents, self.spec)
            if self._teaches_head and self._constraint:
                total = total + self._constraint.pull(recognition.mean)
        self._discriminator_optimiser.zero_grad()
        total.backward()  # type: ignore[no-untyped-call]
        self._discriminator_optimiser.step()
        return {"discriminator": adversarial.detach()}

    def _generator_turn(
        self, fake: Tensor, latents: Tensor
    ) -> tuple[dict[str, Tensor], Recognition]:
        discriminator, config = self.discriminator, self._config
        self._give_turn(discriminator.trunk, discriminator.d_head, own=False)
        self._give_turn(discriminator.q_head, own=not self._teaches_head)
        with self.autocast():
            features = discriminator.features(fake)
            adversarial = generator_loss(discriminator.logits(features))
            outputs = discriminator.recognise(features)
        recognition = Recognition.of(outputs, self.spec)
        information = information_loss(recognition, latents, self.spec)
        losses = {"generator": adversarial.detach(), "information": information.detach()}

        # Both constraints reach the networks through `outputs` alone. Taking their gradients
        # there costs nothing more and shows how much each of them pulls.
        gradient = _gradient(config.information.weight * information, outputs)
        losses["gradient_information"] = gradient.norm()
        if self._constraint:
            estimates = self._constraint.estimate(recognition.mean)
            losses |= {name: value.detach() for name, value in estimates.items()}
            if self._constraint.weight:
                pull = _gradient(self._constraint.weighted(estimates), outputs)
                losses["gradient_independence"] = pull.norm()
                gradient = gradient + pull
        total = adversarial
        if self._contrastive and self._contrastive.active:
            total = total + self._contrastive.pull(self.generator, len(latents))
        self._generator_optimiser.zero_grad()
        torch.autograd.backward([total, outputs], [None, gradient])
        self._generator_optimiser.step()
        return losses, recognition

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
        """What the constraints remember."""
        if self._contrastive:
            return {"contrastive_steps": torch.tensor(self._contrastive.steps)}
        return self._constraint.state() if self._constraint else {}

    def load_counters(self, counters: dict[str, Tensor]) -> None:
        """Continue from what `counters` returned."""
        if self._contrastive:
            self._contrastive.steps = int(counters["contrastive_steps"])
        if self._constraint:
            self._constraint.load_state(counters)
            self._register_constraint()

    def _make_optimisers(self, config: GANConfig) -> None:
        """Each head learns with the network whose turn teaches it."""
        discriminator = self.discriminator
        head = list(discriminator.q_head.parameters())
        of_discriminator = chain(
            discriminator.trunk.parameters(), discriminator.d_head.parameters()
        )
        betas = (config.beta1, config.beta2)
        self._generator_optimiser = Adam(
            chain(self.generator.parameters(), () if self._teaches_head else head),
            lr=config.generator_lr,
            betas=betas,
            fused=True,
        )
        self._discriminator_optimiser = Adam(
            chain(of_discriminator, head if self._teaches_head else ()),
            lr=config.discriminator_lr,
            betas=betas,
            fused=True,
        )
        self.optimisers = {
            "generator_optimiser": self._generator_optimiser,
            "discriminator_optimiser": self._discriminator_optimiser,
        }

    def _register_constraint(self) -> None:
        if self._constraint:
            self._constraint.density_ratio.register(self.networks, self.optimisers)

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


def _gradient(loss: Tensor, outputs: Tensor) -> Tensor:
    """d loss / d outputs, (B, O)."""
    (gradient,) = torch.autograd.grad(loss, outputs, retain_graph=True)
    return gradient
