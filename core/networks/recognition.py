"""How the outputs of the recognition head parametrise Q(c | image)."""

from dataclasses import dataclass

import torch
from torch import Tensor

from core.latents import LatentSpec

LOGVAR_MIN, LOGVAR_MAX = -6.0, 2.0


def output_count(spec: LatentSpec, learned_variance: bool) -> int:
    """Outputs that the recognition head needs: logits, means and, if learned, log-variances."""
    continuous = len(spec.continuous) * (2 if learned_variance else 1)
    return sum(code.categories for code in spec.categorical) + continuous


@dataclass(frozen=True)
class Recognition:
    """Q(c | image) of a batch.

    Attributes:
        logits: one (B, K) tensor per categorical code.
        mean: (B, Dc), Dc the number of continuous codes.
        logvar: (B, Dc) clamped to [-6, 2]; zeros where the variance is fixed at 1.
    """

    logits: tuple[Tensor, ...]
    mean: Tensor
    logvar: Tensor

    @classmethod
    def of(cls, outputs: Tensor, spec: LatentSpec) -> "Recognition":
        """Split the head's outputs (B, O), in the order logits, means, log-variances."""
        sizes = [code.categories for code in spec.categorical]
        continuous = len(spec.continuous)
        sizes += [continuous, outputs.shape[1] - sum(sizes) - continuous]
        *logits, mean, logvar = torch.split(outputs, sizes, dim=1)
        if not logvar.shape[1]:
            logvar = torch.zeros_like(mean)
        return cls(tuple(logits), mean, logvar.clamp(LOGVAR_MIN, LOGVAR_MAX))

    def representation(self) -> Tensor:
        """(B, D) float32 point codes: index of the likeliest category, mean of continuous codes."""
        categories = [logits.argmax(1, keepdim=True).float() for logits in self.logits]
        return torch.cat([*categories, self.mean], dim=1)
