"""What the tests of the metrics share: a full grid of factors, and codes whose scores are known."""

import numpy as np
import pytest
from numpy.typing import NDArray

Matrix = NDArray[np.float64]

VALUES = (
    np.array([1.0, 2.0, 3.0]),
    np.linspace(0.5, 1, 6),
    np.linspace(0, 2 * np.pi, 10),
    np.linspace(0, 1, 8),
    np.linspace(0, 1, 8),
)


@pytest.fixture(scope="session")
def grid() -> Matrix:
    """(11520, 5) every combination of shape, scale, orientation, x and y; the last is fastest."""
    return np.stack([axis.ravel() for axis in np.meshgrid(*VALUES, indexing="ij")], axis=1)


@pytest.fixture(scope="session")
def golden_codes(grid: Matrix) -> dict[str, Matrix]:
    """The three sets of codes that the published implementation was run on."""
    shape, scale, orientation, x, y = grid.T
    noise = [hashed(len(grid), k) for k in range(5)]
    mixed = [x, y**2, scale + 0.3 * x, np.sin(orientation), shape + 0.5 * np.cos(orientation)]
    return {
        "identity": grid,
        "mixed": np.stack([*mixed, noise[0]], axis=1),
        "noise": np.stack(noise, axis=1),
    }


def hashed(count: int, k: int) -> Matrix:
    """(count,) numbers in [0, 1) without visible order, the same on every machine."""
    i = np.arange(count, dtype=np.int64)
    return ((31 * i * i + 7919 * i + 104729 * k) % 10007) / 10007
