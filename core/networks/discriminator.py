"""The discriminator: one trunk, a head for real or fake, a head that recognises the codes."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

from core.networks.architecture import architecture


class PatchConvolution(nn.Conv2d):
    """A 4x4 convolution of stride 2 and padding 1 for images of 1 or 3 channels.

    Computed as a 2x2 convolution of stride 1 over the 2x2 patches of the padded image: the same
    sums, cheaper on a CPU, whose kernels want more channels than an image has.
    """

    def forward(self, images: Tensor) -> Tensor:
        """images: (B, C, H, W), H and W even -> (B, O, H / 2, W / 2)."""
        patches = F.pixel_unshuffle(F.pad(images, (1, 1, 1, 1)), 2)
        patches = patches.contiguous(memory_format=torch.channels_last)
        # Read once: under spectral normalisation each reading is a power iteration.
        weight = self.weight
        outputs, channels = weight.shape[:2]
        split = weight.reshape(outputs, channels, 2, 2, 2, 2).permute(0, 1, 3, 5, 2, 4)
        return F.conv2d(patches, split.reshape(outputs, channels * 4, 2, 2), self.bias)


class Discriminator(nn.Module):
    """Spectrally normalised trunk with `d_head` and `q_head` (arXiv 2409.02672, released code).

    No batch normalisation, so real and fake images may share a batch. The only state that a
    forward pass changes is the power iteration of spectral normalisation, in training mode.
    """

    def __init__(
        self, channels: int, image_size: int, code_outputs: int, normalised_codes: bool = False
    ) -> None:
        """normalised_codes: whether the last layer of `q_head` is spectrally normalised too."""
        super().__init__()
        layers = architecture(channels, image_size)
        depths = (channels, *layers.down)
        trunk: list[nn.Module] = []
        for i in range(len(depths) - 1):
            kind = PatchConvolution if i == 0 else nn.Conv2d
            convolution = kind(depths[i], depths[i + 1], 4, 2, 1)
            nn.init.normal_(convolution.weight, 0.0, 0.02)
            trunk += [spectral_norm(convolution), nn.LeakyReLU(0.1, inplace=True)]
        side = image_size // 2 ** len(layers.down)
        flat, width = depths[-1] * side**2, layers.features
        trunk += [nn.Flatten(), spectral_norm(nn.Linear(flat, width))]
        trunk += [nn.LeakyReLU(0.1, inplace=True)]
        self.trunk = nn.Sequential(*trunk)
        self.d_head = spectral_norm(nn.Linear(width, 1))
        # In this order: a run of an earlier version starts from the same weights.
        hidden = spectral_norm(nn.Linear(width, 128))
        last = nn.Linear(128, code_outputs)
        self.q_head = nn.Sequential(
            hidden,
            nn.LeakyReLU(0.1, inplace=True),
            spectral_norm(last) if normalised_codes else last,
        )

    def features(self, images: Tensor) -> Tensor:
        """images: (B, C, H, W) in [0, 1] -> features (B, W), what both heads read."""
        return self.trunk(images)  # type: ignore[no-any-return]

    def logits(self, features: Tensor) -> Tensor:
        """features (B, W) -> (B,) float32 logits; positive means real."""
        return self.d_head(features).squeeze(1).float()  # type: ignore[no-any-return]

    def recognise(self, features: Tensor) -> Tensor:
        """features (B, W) -> (B, O) float32 parameters of Q(c | image), read by `recognition`."""
        return self.q_head(features).float()  # type: ignore[no-any-return]
