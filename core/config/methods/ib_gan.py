"""Settings of IB-GAN (Jeon et al. 2021)."""

from typing import ClassVar, Literal

from pydantic import Field

from core.bounds import LARGEST_NUMBER, MOST_CONTINUOUS, MOST_NOISE
from core.config.base import live
from core.config.methods.base import MethodBase, Scalar
from core.config.methods.gan import AT_CHANCE
from core.latents import LatentSpec, gaussian_codes


class IBGANConfig(MethodBase):
    """A GAN whose noise passes a bottleneck, r, on its way to the image."""

    title: ClassVar[str] = "IB-GAN"
    paper: ClassVar[str] = "Jeon et al. 2021, AAAI"

    kind: Literal["ib_gan"] = "ib_gan"
    noise_dim: int = Field(
        16, ge=1, le=MOST_NOISE, description="Entries of the noise z, drawn from N(0, 1)."
    )
    codes: int = Field(
        10, ge=1, le=MOST_CONTINUOUS, description="Entries of the bottleneck r: the codes."
    )
    information_weight: float = live(
        1.0, ge=0, le=100, description="Weight of the lower bound of I(z; image), nats."
    )
    bottleneck_weight: float = live(
        0.141,
        ge=0,
        le=100,
        description="beta, weight of the upper bound KL(e(r | z) || N(0, 1)), nats; the authors "
        "take .141 for dSprites and .071 for its coloured variant.",
    )
    largest_kl: float = Field(
        20.0,
        gt=0,
        le=LARGEST_NUMBER,
        description="From this KL on, in nats, it weighs 100 (a safety net of the authors' code).",
    )
    instance_noise_steps: int = Field(
        100_000,
        ge=0,
        le=LARGEST_NUMBER,
        description="Steps over which the noise on real and generated images falls from standard "
        "deviation 1 to 0; 0 means none.",
    )
    generator_lr: float = live(
        5e-5, gt=0, le=1, description="Learning rate of generator, bottleneck and recognition."
    )
    discriminator_lr: float = live(
        1e-6, gt=0, le=1, description="Learning rate of the discriminator."
    )
    momentum: float = Field(0.9, ge=0, lt=1, description="RMSprop's momentum.")

    def latent_spec(self) -> LatentSpec:
        """The bottleneck: Gaussian codes, no noise beside them."""
        return gaussian_codes(self.codes)

    def scalars(self) -> tuple[Scalar, ...]:
        """Losses, then the two bounds of the information, then the images' diversity."""
        return (
            Scalar("discriminator", "Discriminator", AT_CHANCE, "at chance", main=True),
            Scalar("generator", "Generator", main=True),
            Scalar("information_lower", "Information, lower bound", 0.0, "none", main=True),
            Scalar("information_upper", "Information, upper bound", 0.0, "none", main=True),
            Scalar("diversity", "Diversity", 1.0, "as the real images"),
        )
