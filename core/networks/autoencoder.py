"""Encoder and decoder of the variational autoencoders (Burgess et al. 2018)."""

import torch
from torch import Tensor, nn

from core.networks.discriminator import PatchConvolution

_CHANNELS = 32
_HIDDEN = 256


def _levels(image_size: int) -> int:
    """How often the side is halved: to 4, or to 7 where 28 cannot."""
    return {64: 4, 32: 3, 28: 2}[image_size]


class Encoder(nn.Module):
    """Convolutions that halve the side, two layers of 256, then mean and log-variance."""

    def __init__(self, codes: int, channels: int, image_size: int) -> None:
        super().__init__()
        levels = _levels(image_size)
        depths = (channels, *[_CHANNELS] * levels)
        layers: list[nn.Module] = []
        for i in range(levels):
            kind = PatchConvolution if i == 0 else nn.Conv2d
            layers += [kind(depths[i], depths[i + 1], 4, 2, 1), nn.ReLU(inplace=True)]
        flat = _CHANNELS * (image_size // 2**levels) ** 2
        layers += [nn.Flatten(), nn.Linear(flat, _HIDDEN), nn.ReLU(inplace=True)]
        layers += [nn.Linear(_HIDDEN, _HIDDEN), nn.ReLU(inplace=True)]
        layers += [nn.Linear(_HIDDEN, 2 * codes)]
        self.layers = nn.Sequential(*layers)
        self.apply(_initialise)

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """images: (B, C, H, W) in [0, 1] -> mean and log-variance, (B, D) float32 each."""
        mean, logvar = self.layers(images).float().chunk(2, dim=1)
        return mean, logvar


class Decoder(nn.Module):
    """The encoder's mirror image: codes to the logits of pixels."""

    def __init__(self, codes: int, channels: int, image_size: int) -> None:
        super().__init__()
        levels = _levels(image_size)
        self._side = image_size // 2**levels
        flat = _CHANNELS * self._side**2
        self.dense = nn.Sequential(
            nn.Linear(codes, _HIDDEN),
            nn.ReLU(inplace=True),
            nn.Linear(_HIDDEN, _HIDDEN),
            nn.ReLU(inplace=True),
            nn.Linear(_HIDDEN, flat),
            nn.ReLU(inplace=True),
        )
        layers: list[nn.Module] = []
        for _ in range(levels - 1):
            layers += [nn.ConvTranspose2d(_CHANNELS, _CHANNELS, 4, 2, 1), nn.ReLU(inplace=True)]
        layers += [nn.ConvTranspose2d(_CHANNELS, channels, 4, 2, 1)]
        self.convolutions = nn.Sequential(*layers)
        self.apply(_initialise)

    def forward(self, codes: Tensor) -> Tensor:
        """codes: (B, D) -> logits (B, C, H, W) float32."""
        features = self.dense(codes).unflatten(1, (_CHANNELS, self._side, self._side))
        features = features.contiguous(memory_format=torch.channels_last)
        return self.convolutions(features).float()  # type: ignore[no-any-return]


def _initialise(module: nn.Module) -> None:
    if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d, nn.Linear)):
        nn.init.kaiming_uniform_(module.weight, nonlinearity="relu")
