"""The generator: latents to images."""

from torch import Tensor, nn

from core.networks.architecture import architecture


class Generator(nn.Module):
    """Fully connected layers, then transposed convolutions that double the side.

    Normalisation before activation; ReLU in the fully connected layers, LeakyReLU(0.1) after;
    convolution weights from N(0, 0.02), batch normalisation weights from N(1, 0.02)
    (arXiv 2409.02672, released code).
    """

    def __init__(self, latent_dim: int, channels: int, image_size: int) -> None:
        super().__init__()
        layers = architecture(channels, image_size)
        self._start = (layers.start[0], layers.start[1], layers.start[1])
        widths = (latent_dim, *layers.hidden, layers.start[0] * layers.start[1] ** 2)
        dense: list[nn.Module] = []
        for i in range(len(widths) - 1):
            dense += [nn.Linear(widths[i], widths[i + 1]), nn.BatchNorm1d(widths[i + 1])]
            dense += [nn.ReLU(inplace=True)]
        self.dense = nn.Sequential(*dense)
        depths = (layers.start[0], *layers.up)
        convolutions: list[nn.Module] = []
        for i in range(len(depths) - 1):
            convolutions += [
                nn.ConvTranspose2d(depths[i], depths[i + 1], 4, 2, 1, bias=False),
                nn.BatchNorm2d(depths[i + 1]),
                nn.LeakyReLU(0.1, inplace=True),
            ]
        convolutions += [nn.ConvTranspose2d(depths[-1], channels, 4, 2, 1), nn.Sigmoid()]
        self.convolutions = nn.Sequential(*convolutions)
        self.apply(_initialise)

    def forward(self, latents: Tensor) -> Tensor:
        """latents: (B, L) float32 -> images (B, C, H, W) in [0, 1]."""
        return self.convolutions(self.dense(latents).unflatten(1, self._start))  # type: ignore[no-any-return]


def _initialise(module: nn.Module) -> None:
    if isinstance(module, nn.ConvTranspose2d):
        nn.init.normal_(module.weight, 0.0, 0.02)
    elif isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)):
        nn.init.normal_(module.weight, 1.0, 0.02)
