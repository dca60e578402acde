"""Settings of TC-GAN (Wang et al., arXiv 2409.02672); without its constraint it is InfoGAN."""

from typing import Literal

from pydantic import Field

from core.bounds import LARGEST_NUMBER
from core.config.base import ConfigModel
from core.config.latent import LatentConfig

Estimator = Literal["gaussian", "density_ratio", "minibatch_weighted", "minibatch_stratified"]


class InformationConfig(ConfigModel):
    """The mutual information constraint: the codes must show in the image (InfoGAN)."""

    weight: float = Field(
        0.1, ge=0, le=100, description="Weight of the information loss (nats, summed over codes)."
    )
    trains: Literal["trunk", "head_only"] = Field(
        "trunk",
        description="Whether the information loss also trains the discriminator's trunk, as in "
        "InfoGAN, or the recognition head only, as in the code that the authors released.",
    )
    variance: Literal["fixed", "learned"] = Field(
        "fixed",
        description="Variance of Q(c | image) for continuous codes: fixed at 1, or learned "
        "with its logarithm clamped to [-6, 2].",
    )


class IndependenceConfig(ConfigModel):
    """The independence constraint: total correlation of the inferred atomic codes.

    Every field may be changed between two steps of a running training.
    """

    enabled: bool = Field(True, description="Off, TC-GAN becomes InfoGAN.")
    weight: float = Field(0.1, ge=0, le=1000, description="Weight of the total correlation.")
    estimator: Estimator = Field(
        "gaussian",
        description="gaussian: closed form on the correlation matrix; density_ratio: a "
        "discriminator tells joint from permuted codes (FactorVAE); minibatch_weighted and "
        "minibatch_stratified: a mixture over recent codes (beta-TCVAE).",
    )
    warmup_steps: int = Field(
        0,
        ge=0,
        le=LARGEST_NUMBER,
        description="Steps over which the weight rises linearly from 0 once enabled.",
    )
    atomic: Literal["all"] | tuple[str, ...] = Field(
        "all",
        description="Names of the continuous codes that are atomic, thus constrained; "
        "the others are free.",
    )
    code_noise: float = Field(
        0.37,
        gt=0,
        le=2,
        description="Standard deviation of the Gaussian noise on the codes while the "
        "constraint is estimated (a code spans [-1, 1]); gaussian uses none.",
    )
    bank_size: int = Field(
        512,
        ge=512,
        le=16384,
        description="Recent codes with which a batch is compared by the gaussian and the "
        "minibatch estimators.",
    )
    discriminator_lr: float = Field(
        1e-3, gt=0, le=1, description="Learning rate of the TC discriminator (density_ratio)."
    )


class TCGANConfig(ConfigModel):
    """A GAN whose codes are informative and whose atomic codes are independent."""

    kind: Literal["tc_gan"] = "tc_gan"
    latent: LatentConfig = LatentConfig()
    information: InformationConfig = InformationConfig()
    independence: IndependenceConfig = IndependenceConfig()
    real_target_low: float = Field(
        1.0,
        ge=0.5,
        le=1.0,
        description="One-sided label smoothing: the discriminator's targets for real images are "
        "drawn from U(this, 1); 1 means no smoothing.",
    )
    generator_lr: float = Field(
        5e-4, gt=0, le=1, description="Learning rate of the generator and the recognition head."
    )
    discriminator_lr: float = Field(
        2e-3, gt=0, le=1, description="Learning rate of the discriminator."
    )
    beta1: float = Field(0.5, ge=0, lt=1, description="Adam's decay of the first moment.")
    beta2: float = Field(0.999, ge=0, lt=1, description="Adam's decay of the second moment.")
