"""Settings of InfoGAN and of what adds a constraint to it: InfoGAN-CR and TC-GAN."""

import math
from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field

from core.bounds import LARGEST_NUMBER, shortened
from core.config.base import ConfigModel, live
from core.config.latent import LatentConfig
from core.config.methods.base import (
    TOTAL_CORRELATION_SCALARS,
    ConstraintConfig,
    MethodBase,
    Scalar,
)
from core.latents import Code, LatentSpec, Level, information_prior

Estimator = Literal["gaussian", "density_ratio", "minibatch_weighted", "minibatch_stratified"]

AT_CHANCE = 2 * math.log(2)
"""The discriminator's loss when it cannot tell real from fake at all."""


def _information_weight(default: float) -> Any:
    return live(
        default,
        ge=0,
        le=100,
        description="Weight of the information loss (nats, summed over codes).",
    )


class InformationConfig(ConfigModel):
    """The mutual information constraint: the codes must show in the image (InfoGAN)."""

    weight: float = _information_weight(0.1)
    trains: Literal["recognition", "trunk", "head_only"] = Field(
        "recognition",
        description="What learns to recognise the codes. recognition: trunk and head, in the "
        "discriminator's turn (the code that InfoGAN-CR released); trunk: the trunk in the "
        "discriminator's turn, the head in the generator's; head_only: the head alone, in the "
        "generator's turn (the code that TC-GAN released).",
    )
    variance: Literal["fixed", "learned"] = Field(
        "fixed",
        description="Variance of Q(c | image) for continuous codes: fixed at 1, or learned "
        "with its logarithm clamped to [-6, 2].",
    )
    spectral_norm: bool = Field(
        True,
        description="Whether the recognition head's output layer is spectrally normalised "
        "(InfoGAN-CR's code); TC-GAN's code leaves it plain.",
    )


class ModifiedInformationConfig(InformationConfig):
    """The same with the weight of InfoGAN-CR's code."""

    weight: float = _information_weight(0.05)


class IndependenceConfig(ConstraintConfig):
    """The independence constraint: total correlation of the inferred atomic codes.

    Every field may be changed between two steps of a running training.
    """

    enabled: bool = live(True, description="Off, TC-GAN becomes InfoGAN.")
    estimator: Estimator = live(
        "gaussian",
        description="gaussian: closed form on the correlation matrix; density_ratio: a "
        "discriminator tells joint from permuted codes (FactorVAE); minibatch_weighted and "
        "minibatch_stratified: a mixture over recent codes (beta-TCVAE).",
    )
    atomic: Literal["all"] | tuple[str, ...] = live(
        "all",
        description="Names of the continuous codes that are atomic, thus constrained; "
        "the others are free.",
    )
    code_noise: float = live(
        0.37,
        gt=0,
        le=2,
        description="Standard deviation of the Gaussian noise on the codes while the "
        "constraint is estimated (a code spans [-1, 1]); gaussian uses none.",
    )
    bank_size: int = live(
        512,
        ge=512,
        le=16384,
        description="Recent codes with which a batch is compared by the gaussian and the "
        "minibatch estimators.",
    )


class ContrastiveConfig(ConfigModel):
    """Contrastive regularisation: two images share one code, and it shows which (InfoGAN-CR)."""

    weight: float = live(
        2.0, ge=0, le=100, description="Weight of the contrastive loss; the paper's code has 2."
    )
    start_step: int = Field(
        288_000,
        ge=0,
        le=LARGEST_NUMBER,
        description="Steps of plain InfoGAN before the contrastive loss begins.",
    )
    gap: float = Field(
        0.0,
        ge=0,
        lt=2,
        description="Least difference of the codes that a pair does not share.",
    )
    discriminator_lr: float = live(
        2e-3, gt=0, le=1, description="Learning rate of the contrastive discriminator."
    )


class GANConfig(MethodBase):
    """What InfoGAN and its descendants share."""

    latent: LatentConfig = LatentConfig()
    information: InformationConfig = InformationConfig()
    generator_steps: int = Field(
        2,
        ge=1,
        le=10,
        description="Updates of the generator in a step, each with latents of its own.",
    )
    real_target_low: float = live(
        1.0,
        ge=0.5,
        le=1.0,
        description="One-sided label smoothing: the discriminator's targets for real images are "
        "drawn from U(this, 1); 1 means no smoothing.",
    )
    generator_lr: float = live(1e-3, gt=0, le=1, description="Learning rate of the generator.")
    discriminator_lr: float = live(
        2e-3, gt=0, le=1, description="Learning rate of the discriminator."
    )
    beta1: float = Field(0.5, ge=0, lt=1, description="Adam's decay of the first moment.")
    beta2: float = Field(0.999, ge=0, lt=1, description="Adam's decay of the second moment.")

    def latent_spec(self) -> LatentSpec:
        """Noise, categorical codes k1, k2, ..., then continuous codes c1, c2, ..."""
        latent = self.latent
        codes: list[Code] = []
        start = latent.noise_dim
        for i, categories in enumerate(latent.categorical_codes):
            codes.append(Code(f"k{i + 1}", "free", categories, start))
            start += categories
        for i, name in enumerate(self._continuous()):
            codes.append(Code(name, self._level(name), 0, start + i))
        return LatentSpec(latent.noise_dim, latent.noise_prior, tuple(codes))

    def scalars(self) -> tuple[Scalar, ...]:
        """Losses first, then what the constraint reports, then what the health check reads."""
        spec = self.latent_spec()
        prior = information_prior(spec, self.information.variance == "learned")
        return (
            Scalar("discriminator", "Discriminator", AT_CHANCE, "at chance", main=True),
            Scalar("generator", "Generator", main=True),
            Scalar("information", "Information", prior, "ignoring the image", main=True),
            *self._constraint_scalars(),
            *(
                Scalar(f"code_error.{code.name}", f"Code error {code.name}", 1.0, "guessed")
                for code in spec.codes
            ),
            Scalar("gradient_information", "Gradient of information"),
            *self._gradient_scalars(),
            Scalar("diversity", "Diversity", 1.0, "as the real images"),
        )

    def _continuous(self) -> list[str]:
        return [f"c{i + 1}" for i in range(self.latent.continuous_codes)]

    def _level(self, name: str) -> Level:
        return "free"

    def _constraint_scalars(self) -> tuple[Scalar, ...]:
        return ()

    def _gradient_scalars(self) -> tuple[Scalar, ...]:
        return ()


class InfoGANConfig(GANConfig):
    """A GAN whose codes show in the image."""

    title: ClassVar[str] = "InfoGAN"
    paper: ClassVar[str] = "Chen et al. 2016, arXiv 1606.03657"

    kind: Literal["infogan"] = "infogan"


class InfoGANCRConfig(GANConfig):
    """InfoGAN, then with contrastive regularisation."""

    title: ClassVar[str] = "InfoGAN-CR"
    paper: ClassVar[str] = "Lin et al. 2020, arXiv 1906.06034"
    begun: ClassVar[Mapping[str, Any]] = {"method.contrastive.start_step": 0}

    kind: Literal["infogan_cr"] = "infogan_cr"
    information: ModifiedInformationConfig = ModifiedInformationConfig()
    contrastive: ContrastiveConfig = ContrastiveConfig()

    def trouble(self) -> str:
        """A pair differs in its continuous codes: there must be some to choose among."""
        if self.latent.continuous_codes < 2:
            return "method.latent.continuous_codes should be at least 2 for InfoGAN-CR"
        return ""

    def _constraint_scalars(self) -> tuple[Scalar, ...]:
        guessed = math.log(max(1, self.latent.continuous_codes))
        return (Scalar("contrastive", "Contrastive", guessed, "guessed", main=True),)


class TCGANConfig(GANConfig):
    """A GAN whose codes are informative and whose atomic codes are independent."""

    title: ClassVar[str] = "TC-GAN"
    paper: ClassVar[str] = "Wang et al. 2024, arXiv 2409.02672"

    kind: Literal["tc_gan"] = "tc_gan"
    independence: IndependenceConfig = IndependenceConfig()

    @property
    def constraint(self) -> ConstraintConfig:
        """Total correlation of the inferred atomic codes."""
        return self.independence

    @property
    def warm_up_images(self) -> int:
        """The constraint waits for its bank."""
        return self.independence.bank_size

    def trouble(self) -> str:
        """Atomic codes are continuous codes, each named once."""
        known, atomic = self._continuous(), self.independence.atomic
        if atomic == "all":
            return ""
        unknown = ", ".join(name for name in atomic if name not in known)
        if unknown:
            return (
                f"method.independence.atomic names {shortened(unknown)}; the continuous codes are "
                f"{', '.join(known) or 'none'}"
            )
        if len(set(atomic)) < len(atomic):
            return "method.independence.atomic names a code twice"
        return ""

    def _level(self, name: str) -> Level:
        atomic = self.independence.atomic
        return "atomic" if atomic == "all" or name in atomic else "free"

    def _constraint_scalars(self) -> tuple[Scalar, ...]:
        return TOTAL_CORRELATION_SCALARS

    def _gradient_scalars(self) -> tuple[Scalar, ...]:
        return (Scalar("gradient_independence", "Gradient of independence"),)
