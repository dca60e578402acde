"""The TC discriminator of the density-ratio trick (FactorVAE, Kim & Mnih 2018)."""

from torch import Tensor, nn


class TCDiscriminator(nn.Module):
    """Six linear layers, D-1000-1000-1000-1000-1000-2, LeakyReLU(0.2); weights N(0, 0.02)."""

    def __init__(self, code_dims: int) -> None:
        super().__init__()
        self.code_dims = code_dims
        widths = (code_dims, *[1000] * 5, 2)
        layers: list[nn.Module] = []
        for i in range(len(widths) - 1):
            linear = nn.Linear(widths[i], widths[i + 1])
            nn.init.normal_(linear.weight, 0.0, 0.02)
            nn.init.zeros_(linear.bias)
            layers += [linear, nn.LeakyReLU(0.2, inplace=True)]
        self.layers = nn.Sequential(*layers[:-1])

    def forward(self, codes: Tensor) -> Tensor:
        """codes: (B, D) -> (B, 2) float32 logits; class 0 is joint, class 1 permuted."""
        return self.layers(codes).float()  # type: ignore[no-any-return]
