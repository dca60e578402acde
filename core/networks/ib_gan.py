"""The networks of IB-GAN (Jeon et al. 2021, released code); the codes themselves are float32."""

import torch
from torch import Tensor, nn

from core.devices import autocast

_WIDTH = 16
_HIDDEN = 256
_SLOPE = 0.2


def _levels(image_size: int) -> int:
    """How often the side is halved, to 8 or 7."""
    return {64: 3, 32: 2, 28: 2}[image_size]


class Bottleneck(nn.Module):
    """e(r | z): noise z to mean and log-variance of the codes r."""

    def __init__(self, noise_dim: int, codes: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(noise_dim, 32),
            nn.ReLU(inplace=True),
            nn.Linear(32, 32),
            nn.ReLU(inplace=True),
            nn.Linear(32, 2 * codes),
        )
        self.apply(_initialise)

    def forward(self, noise: Tensor) -> tuple[Tensor, Tensor]:
        """noise: (B, Z) -> mean and log-variance, (B, D) float32 each."""
        with autocast(noise.device, torch.float32):
            mean, logvar = self.layers(noise).chunk(2, dim=1)
        return mean, logvar


class BottleneckGenerator(nn.Module):
    """Codes r to an image: two dense layers, two convolutions, then those that double the side."""

    def __init__(self, codes: int, channels: int, image_size: int) -> None:
        super().__init__()
        levels = _levels(image_size)
        self._side, width = image_size // 2**levels, 4 * _WIDTH
        flat = width * self._side**2
        self.dense = nn.Sequential(
            nn.Linear(codes, _HIDDEN),
            nn.BatchNorm1d(_HIDDEN),
            nn.ReLU(inplace=True),
            nn.Linear(_HIDDEN, flat),
            nn.BatchNorm1d(flat),
            nn.ReLU(inplace=True),
        )
        layers: list[nn.Module] = []
        for _ in range(2):
            layers += [nn.ConvTranspose2d(width, width, 3, 1, 1, bias=False)]
            layers += [nn.BatchNorm2d(width), nn.ReLU(inplace=True)]
        for _ in range(levels - 1):
            layers += [nn.ConvTranspose2d(width, width // 2, 4, 2, 1, bias=False)]
            width //= 2
            layers += [nn.BatchNorm2d(width), nn.ReLU(inplace=True)]
        layers += [nn.ConvTranspose2d(width, channels, 4, 2, 1), nn.Tanh()]
        self.convolutions = nn.Sequential(*layers)
        self.apply(_initialise)

    def forward(self, codes: Tensor) -> Tensor:
        """codes: (B, D) -> images (B, C, H, W) in [-1, 1]."""
        with autocast(codes.device, torch.float32):
            features = self.dense(codes).unflatten(1, (4 * _WIDTH, self._side, self._side))
        features = features.contiguous(memory_format=torch.channels_last)
        return self.convolutions(features)  # type: ignore[no-any-return]


class ImageReader(nn.Module):
    """What the discriminator and the recognition network Q both are, with weights of their own."""

    def __init__(self, outputs: int, hidden: bool, channels: int, image_size: int) -> None:
        """hidden: whether a dense layer stands before the outputs, as in Q."""
        super().__init__()
        levels = _levels(image_size)
        layers: list[nn.Module] = []
        before, width = channels, 4 * _WIDTH // 2 ** (levels - 1)
        for i in range(levels):
            layers += [nn.Conv2d(before, width, 4, 2, 1, bias=i == 0)]
            layers += [nn.BatchNorm2d(width)] if i else []
            layers += [nn.LeakyReLU(_SLOPE, inplace=True)]
            before, width = width, 2 * width
        side = image_size // 2**levels
        for after, kernel, padding in ((128, 3, 1), (_HIDDEN, side, 0)):
            layers += [nn.Conv2d(before, after, kernel, 1, padding, bias=False)]
            layers += [nn.BatchNorm2d(after), nn.LeakyReLU(_SLOPE, inplace=True)]
            before = after
        layers += [nn.Flatten()]
        if hidden:
            layers += [nn.Linear(_HIDDEN, _HIDDEN, bias=False), nn.BatchNorm1d(_HIDDEN)]
            layers += [nn.LeakyReLU(_SLOPE, inplace=True)]
        layers += [nn.Linear(_HIDDEN, outputs)]
        self.layers = nn.Sequential(*layers)
        self.apply(_initialise)

    def forward(self, images: Tensor) -> Tensor:
        """images: (B, C, H, W) in [-1, 1] -> (B, O) float32."""
        return self.layers(images).float()  # type: ignore[no-any-return]


def _initialise(module: nn.Module) -> None:
    if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d, nn.Linear)):
        nn.init.normal_(module.weight, 0.0, 0.02)
        if module.bias is not None:
            nn.init.zeros_(module.bias)
