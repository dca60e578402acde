"""Settings of the variational autoencoders: VAE, beta-VAE, AnnealedVAE, FactorVAE, beta-TCVAE."""

from typing import Any, ClassVar, Literal

from pydantic import Field

from core.bounds import LARGEST_NUMBER, MOST_CONTINUOUS
from core.config.base import live
from core.config.methods.base import (
    TOTAL_CORRELATION_SCALARS,
    ConstraintConfig,
    MethodBase,
    Scalar,
)
from core.latents import LatentSpec, gaussian_codes

PosteriorEstimator = Literal["density_ratio", "minibatch_weighted", "minibatch_stratified"]


def _weight(default: float) -> Any:
    return live(
        default,
        ge=0,
        le=1000,
        description="Weight of the total correlation beyond its share in the KL term: beta - 1 of "
        "beta-TCVAE (beta 6 in its paper); gamma of FactorVAE (6.4 in the runs that the TC-GAN "
        "paper compares with, 10 to 40 elsewhere).",
    )


def _estimator(default: PosteriorEstimator) -> Any:
    return live(
        default,
        description="density_ratio: a discriminator tells joint from permuted codes (FactorVAE); "
        "minibatch_weighted and minibatch_stratified: a mixture over the batch's posteriors "
        "(beta-TCVAE).",
    )


def _lr(default: float) -> Any:
    return live(default, gt=0, le=1, description="Learning rate of encoder and decoder.")


class PosteriorIndependenceConfig(ConstraintConfig):
    """The independence constraint: total correlation of the aggregate posterior q(z)."""

    enabled: bool = live(True, description="Off, it is a VAE.")
    weight: float = _weight(5.0)
    estimator: PosteriorEstimator = _estimator("minibatch_weighted")


class FactorVAEIndependenceConfig(PosteriorIndependenceConfig):
    """The same with the defaults of FactorVAE."""

    weight: float = _weight(6.4)
    estimator: PosteriorEstimator = _estimator("density_ratio")
    discriminator_lr: float = live(
        1e-4, gt=0, le=1, description="Learning rate of the TC discriminator (density_ratio)."
    )


class VAEBase(MethodBase):
    """What the variational autoencoders share."""

    codes: int = Field(10, ge=1, le=MOST_CONTINUOUS, description="Number of Gaussian codes.")
    likelihood: Literal["bernoulli", "gaussian"] = Field(
        "bernoulli",
        description="Of a pixel given the codes: Bernoulli, or Gaussian of variance 1.",
    )
    kl_warmup_steps: int = Field(
        0,
        ge=0,
        le=LARGEST_NUMBER,
        description="Steps over which the weight of the KL term rises linearly from 0; 10,000 in "
        "the runs that the TC-GAN paper compares with.",
    )
    lr: float = _lr(5e-4)
    beta1: float = Field(0.9, ge=0, lt=1, description="Adam's decay of the first moment.")
    beta2: float = Field(0.999, ge=0, lt=1, description="Adam's decay of the second moment.")

    def latent_spec(self) -> LatentSpec:
        """Gaussian codes, no noise."""
        return gaussian_codes(self.codes, atomic=self.constraint is not None)

    def scalars(self) -> tuple[Scalar, ...]:
        """The terms of the objective, then the KL of each code."""
        return (
            Scalar("reconstruction", "Reconstruction", main=True),
            self._kl_scalar(),
            *self._constraint_scalars(),
            *(
                Scalar(f"kl.{code.name}", f"KL {code.name}", 0.0, "unused")
                for code in self.latent_spec().codes
            ),
        )

    def _kl_scalar(self) -> Scalar:
        return Scalar("kl", "KL", 0.0, "codes unused", main=True)

    def _constraint_scalars(self) -> tuple[Scalar, ...]:
        return ()


class VAEConfig(VAEBase):
    """An autoencoder whose codes follow a standard normal prior."""

    title: ClassVar[str] = "VAE"
    paper: ClassVar[str] = "Kingma & Welling 2014, arXiv 1312.6114"

    kind: Literal["vae"] = "vae"


class BetaVAEConfig(VAEBase):
    """A VAE that weighs the KL term more than the reconstruction."""

    title: ClassVar[str] = "beta-VAE"
    paper: ClassVar[str] = "Higgins et al. 2017, ICLR"

    kind: Literal["beta_vae"] = "beta_vae"
    beta: float = live(4.0, ge=0, le=1000, description="Weight of the KL term.")


class AnnealedVAEConfig(VAEBase):
    """A VAE whose KL term is held at a capacity that grows."""

    title: ClassVar[str] = "AnnealedVAE"
    paper: ClassVar[str] = "Burgess et al. 2018, arXiv 1804.03599"

    kind: Literal["annealed_vae"] = "annealed_vae"
    gamma: float = live(
        100.0,
        ge=0,
        le=LARGEST_NUMBER,
        description="Weight of |KL - capacity|: 100 as in the runs that the TC-GAN paper compares "
        "with; 1000 in Burgess et al.",
    )
    capacity: float = live(25.0, ge=0, le=1000, description="Final capacity, nats.")
    capacity_steps: int = Field(
        100_000,
        ge=1,
        le=LARGEST_NUMBER,
        description="Steps over which the capacity rises from 0.",
    )
    lr: float = _lr(1e-3)

    def _kl_scalar(self) -> Scalar:
        return Scalar("kl", "KL", self.capacity, "final capacity", main=True)


class ConstrainedVAEConfig(VAEBase):
    """A VAE with a total correlation term of its own."""

    independence: PosteriorIndependenceConfig = PosteriorIndependenceConfig()

    @property
    def constraint(self) -> ConstraintConfig:
        """Total correlation of the aggregate posterior."""
        return self.independence

    def _constraint_scalars(self) -> tuple[Scalar, ...]:
        return (
            *TOTAL_CORRELATION_SCALARS,
            Scalar("index_code_information", "Index-code information"),
            Scalar("dimension_wise_kl", "Dimension-wise KL", 0.0, "as the prior"),
        )


class FactorVAEConfig(ConstrainedVAEConfig):
    """A VAE with a total correlation term, estimated by a discriminator."""

    title: ClassVar[str] = "FactorVAE"
    paper: ClassVar[str] = "Kim & Mnih 2018, arXiv 1802.05983"

    kind: Literal["factor_vae"] = "factor_vae"
    independence: FactorVAEIndependenceConfig = FactorVAEIndependenceConfig()
    lr: float = _lr(1e-4)


class BetaTCVAEConfig(ConstrainedVAEConfig):
    """A VAE that weighs the total correlation in its KL term more than the rest of it."""

    title: ClassVar[str] = "beta-TCVAE"
    paper: ClassVar[str] = "Chen et al. 2018, arXiv 1802.04942"

    kind: Literal["beta_tcvae"] = "beta_tcvae"
    lr: float = _lr(1e-3)
