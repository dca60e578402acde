"""The contrastive discriminator of InfoGAN-CR: which code do two images share?"""

import torch
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

from core.networks.architecture import architecture


class PairDiscriminator(nn.Module):
    """The trunk of a discriminator over both images, then one logit per code (Lin et al. 2020).

    Spectrally normalised but for the last layer; LeakyReLU(0.2).
    """

    def __init__(self, codes: int, channels: int, image_size: int) -> None:
        super().__init__()
        layers = architecture(channels, image_size)
        depths = (2 * channels, *layers.down)
        trunk: list[nn.Module] = []
        for i in range(len(depths) - 1):
            convolution = nn.Conv2d(depths[i], depths[i + 1], 4, 2, 1)
            nn.init.normal_(convolution.weight, 0.0, 0.02)
            trunk += [spectral_norm(convolution), nn.LeakyReLU(0.2, inplace=True)]
        flat = depths[-1] * (image_size // 2 ** len(layers.down)) ** 2
        trunk += [nn.Flatten(), spectral_norm(nn.Linear(flat, layers.features))]
        trunk += [nn.LeakyReLU(0.2, inplace=True), nn.Linear(layers.features, codes)]
        self.layers = nn.Sequential(*trunk)

    def forward(self, first: Tensor, second: Tensor) -> Tensor:
        """Images (B, C, H, W) in [0, 1], twice -> logits (B, D) float32."""
        return self.layers(torch.cat([first, second], dim=1)).float()  # type: ignore[no-any-return]
