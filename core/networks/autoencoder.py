"""Encoder and decoder of the variational autoencoders (FactorVAE, Kim & Mnih 2018).

Codes and what stands next to them are float32 whatever the rest computes in: a posterior is often
narrower than the distance of two bfloat16 means.
"""

import torch
from torch import Tensor, nn

from core.devices import autocast
from core.networks.architecture import encoder_channels
from core.networks.discriminator import PatchConvolution

_FEATURES = 128


class Encoder(nn.Module):
    """Convolutions that halve the side, a layer of 128, then mean and log-variance; ReLU."""

    def __init__(self, codes: int, channels: int, image_size: int) -> None:
        super().__init__()
        widths = encoder_channels(image_size)
        depths = (channels, *widths)
        layers: list[nn.Module] = []
        for i in range(len(widths)):
            kind = PatchConvolution if i == 0 else nn.Conv2d
            layers += [kind(depths[i], depths[i + 1], 4, 2, 1), nn.ReLU(inplace=True)]
        flat = widths[-1] * (image_size // 2 ** len(widths)) ** 2
        self.convolutions = nn.Sequential(*layers, nn.Flatten())
        self.dense = nn.Sequential(
            nn.Linear(flat, _FEATURES), nn.ReLU(inplace=True), nn.Linear(_FEATURES, 2 * codes)
        )

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """images: (B, C, H, W) in [0, 1] -> mean and log-variance, (B, D) float32 each."""
        features = self.convolutions(images)
        with autocast(images.device, torch.float32):
            mean, logvar = self.dense(features.float()).chunk(2, dim=1)
        return mean, logvar


class Decoder(nn.Module):
    """The encoder's mirror image: codes to the logits of pixels."""

    def __init__(self, codes: int, channels: int, image_size: int) -> None:
        super().__init__()
        depths = (*reversed(encoder_channels(image_size)), channels)
        side = image_size // 2 ** (len(depths) - 1)
        self._start = (depths[0], side, side)
        self.dense = nn.Sequential(
            nn.Linear(codes, _FEATURES),
            nn.ReLU(inplace=True),
            nn.Linear(_FEATURES, depths[0] * side**2),
            nn.ReLU(inplace=True),
        )
        layers: list[nn.Module] = []
        for i in range(len(depths) - 1):
            layers += [nn.ConvTranspose2d(depths[i], depths[i + 1], 4, 2, 1)]
            layers += [nn.ReLU(inplace=True)]
        self.convolutions = nn.Sequential(*layers[:-1])

    def forward(self, codes: Tensor) -> Tensor:
        """codes: (B, D) -> logits (B, C, H, W) float32."""
        with autocast(codes.device, torch.float32):
            features = self.dense(codes.float()).unflatten(1, self._start)
        features = features.contiguous(memory_format=torch.channels_last)
        return self.convolutions(features).float()  # type: ignore[no-any-return]
