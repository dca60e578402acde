"""Variational autoencoders: one step for all of them, the terms that tell them apart beside it."""

from typing import ClassVar

import torch
from torch import Tensor
from torch.optim import Adam

from core.config import DataConfig
from core.config.methods import AnnealedVAEConfig, BetaVAEConfig
from core.config.methods.vae import ConstrainedVAEConfig, VAEBase
from core.losses.kl import gaussian_kl
from core.losses.reconstruction import bernoulli_reconstruction, gaussian_reconstruction
from core.methods.base import Method
from core.methods.regularisers.posterior_independence import PosteriorConstraint
from core.methods.symptoms import Symptom, autoencoder_symptoms
from core.networks.autoencoder import Decoder, Encoder
from core.randomness import Randomness, seeded_initialisation

_RECONSTRUCTION = {"bernoulli": bernoulli_reconstruction, "gaussian": gaussian_reconstruction}


class VAE(Method):
    """Encoder and decoder; FactorVAE and beta-TCVAE have an independence constraint too."""

    generating: ClassVar[tuple[str, ...]] = ("encoder", "decoder")

    def __init__(
        self,
        config: VAEBase,
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
        codes = config.codes
        with seeded_initialisation(seed, "encoder"):
            self.encoder = Encoder(codes, data.channels, data.image_size)
        with seeded_initialisation(seed, "decoder"):
            self.decoder = Decoder(codes, data.channels, data.image_size)
        for network in (self.encoder, self.decoder):
            network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        parameters = [*self.encoder.parameters(), *self.decoder.parameters()]
        betas = (config.beta1, config.beta2)
        self._optimiser = Adam(parameters, lr=config.lr, betas=betas, fused=True)
        self._constraint: PosteriorConstraint | None = None
        if isinstance(config, ConstrainedVAEConfig):
            self._constraint = PosteriorConstraint(
                config.independence, codes, seed, randomness, device, self.autocast, dataset_size
            )
        self.networks = {"encoder": self.encoder, "decoder": self.decoder}
        self.optimisers = {"optimiser": self._optimiser}
        self._register_constraint()

    @property
    def symptoms(self) -> tuple[Symptom, ...]:
        """Those of an autoencoder; a capacity that grows explains why the codes are unused."""
        return () if isinstance(self._config, AnnealedVAEConfig) else autoencoder_symptoms()

    def configure(self, config: VAEBase) -> None:
        """Weights, the learning rate and all of the constraint; the networks stay as they are."""
        self._config = config
        self._optimiser.param_groups[0]["lr"] = config.lr
        if self._constraint and isinstance(config, ConstrainedVAEConfig):
            self._constraint.configure(config.independence)
            self._register_constraint()

    def train_step(self, images: Tensor) -> dict[str, Tensor]:
        """One update of encoder and decoder, then of the TC discriminator, if there is one."""
        self.encoder.train()
        self.decoder.train()
        self._steps += 1
        stream = self._random.generator("posterior")
        with self.autocast():
            mean, logvar = self.encoder(images)
            noise = torch.randn(mean.shape, generator=stream, device=self.device)
            samples = mean + torch.exp(0.5 * logvar) * noise
            logits = self.decoder(samples)
        reconstruction = _RECONSTRUCTION[self._config.likelihood](logits, images)
        kl = gaussian_kl(mean, logvar)
        total = reconstruction + self._kl_term(kl.sum())
        losses = {"reconstruction": reconstruction.detach(), "kl": kl.sum().detach()}
        if self._constraint:
            pull, estimates = self._constraint.pull(samples, mean, logvar)
            total = total + pull
            losses |= estimates
        self._optimiser.zero_grad()
        total.backward()  # type: ignore[no-untyped-call]
        self._optimiser.step()
        if self._constraint:
            losses |= self._constraint.update(samples.detach(), mean.detach())
        for code, nats in zip(self.spec.codes, kl.detach().unbind(), strict=True):
            losses[f"kl.{code.name}"] = nats
        return losses

    def _kl_term(self, kl: Tensor) -> Tensor:
        """The weighted KL term of this step."""
        config = self._config
        if isinstance(config, AnnealedVAEConfig):
            capacity = config.capacity * min(1.0, self._steps / config.capacity_steps)
            term = config.gamma * (kl - capacity).abs()
        else:
            term = (config.beta if isinstance(config, BetaVAEConfig) else 1.0) * kl
        warmup = config.kl_warmup_steps
        return term * min(1.0, self._steps / warmup) if warmup else term

    def draw(self, latents: Tensor) -> Tensor:
        """The means of the pixels, differentiable in the latents."""
        self.decoder.eval()
        with self.autocast():
            return self.decoder(latents).sigmoid()  # type: ignore[no-any-return]

    def represent(self, images: Tensor) -> Tensor:
        """Images (B, C, H, W) -> (B, D), the means of q(z | image)."""
        self.encoder.eval()
        # In float32 whatever the training's precision: an explorer reads the same.
        with torch.no_grad():
            mean, _ = self.encoder(images.to(self.device))
        return mean  # type: ignore[no-any-return]

    def counters(self) -> dict[str, Tensor]:
        """The step, for what warms up, and what the constraint remembers."""
        remembered = self._constraint.state() if self._constraint else {}
        return {"steps": torch.tensor(self._steps)} | remembered

    def load_counters(self, counters: dict[str, Tensor]) -> None:
        """Continue from what `counters` returned."""
        self._steps = int(counters["steps"])
        if self._constraint:
            self._constraint.load_state(counters)
            self._register_constraint()

    def _register_constraint(self) -> None:
        if self._constraint:
            self._constraint.density_ratio.register(self.networks, self.optimisers)
