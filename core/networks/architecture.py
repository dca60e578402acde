"""Which layers a picture size gets: the published networks, one row each."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Architecture:
    """Channels of a generator and of the discriminator that mirrors it.

    Attributes:
        hidden: widths of the generator's fully connected layers before the first feature map.
        start: (channels, side) of the first feature map.
        up: channels after each transposed convolution but the last, which makes the image.
        down: channels after each convolution of the discriminator's trunk.
        features: width of the trunk's output.
    """

    hidden: tuple[int, ...]
    start: tuple[int, int]
    up: tuple[int, ...]
    down: tuple[int, ...]
    features: int


# 64: "modified" dSprites networks of InfoGAN-CR and TC-GAN; 32 grey: the same, one level less;
# 32 RGB: TC-GAN's SVHN/CelebA networks; 28: InfoGAN's MNIST networks.
_SPRITES_64 = Architecture((128,), (64, 4), (64, 32, 32), (32, 32, 64, 64), 128)
_SPRITES_32 = Architecture((128,), (64, 4), (64, 32), (32, 64, 64), 128)
_COLOUR_32 = Architecture((), (448, 2), (256, 128, 64), (64, 128, 256), 128)
_DIGITS_28 = Architecture((1024,), (128, 7), (64,), (64, 128), 1024)

_BY_SHAPE = {
    (1, 64): _SPRITES_64,
    (3, 64): _SPRITES_64,
    (1, 32): _SPRITES_32,
    (3, 32): _COLOUR_32,
    (1, 28): _DIGITS_28,
    (3, 28): _DIGITS_28,
}


def architecture(channels: int, image_size: int) -> Architecture:
    """The layers for `channels` x `image_size` x `image_size` images (1 or 3; 28, 32 or 64)."""
    return _BY_SHAPE[channels, image_size]


# 64: FactorVAE's; smaller images the same, with fewer levels.
_ENCODER_CHANNELS = {64: (32, 32, 64, 64), 32: (32, 32, 64), 28: (32, 64)}


def encoder_channels(image_size: int) -> tuple[int, ...]:
    """Channels after each convolution of an autoencoder, which halves the side (28, 32 or 64)."""
    return _ENCODER_CHANNELS[image_size]
