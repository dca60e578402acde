"""The discriminator: one trunk, a head for real or fake, a head that recognises the codes."""

from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

from core.networks.architecture import architecture


class Discriminator(nn.Module):
    """Spectrally normalised trunk with `d_head` and `q_head` (arXiv 2409.02672, released code).

    No batch normalisation, so real and fake images may share a batch. The only state that a
    forward pass changes is the power iteration of spectral normalisation, in training mode.
    """

    def __init__(self, channels: int, image_size: int, code_outputs: int) -> None:
        super().__init__()
        layers = architecture(channels, image_size)
        depths = (channels, *layers.down)
        trunk: list[nn.Module] = []
        for i in range(len(depths) - 1):
            convolution = nn.Conv2d(depths[i], depths[i + 1], 4, 2, 1)
            nn.init.normal_(convolution.weight, 0.0, 0.02)
            trunk += [spectral_norm(convolution), nn.LeakyReLU(0.1, inplace=True)]
        side = image_size // 2 ** len(layers.down)
        flat, width = depths[-1] * side**2, layers.features
        trunk += [nn.Flatten(), spectral_norm(nn.Linear(flat, width))]
        trunk += [nn.LeakyReLU(0.1, inplace=True)]
        self.trunk = nn.Sequential(*trunk)
        self.d_head = spectral_norm(nn.Linear(width, 1))
        self.q_head = nn.Sequential(
            spectral_norm(nn.Linear(width, 128)),
            nn.LeakyReLU(0.1, inplace=True),
            nn.Linear(128, code_outputs),
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
