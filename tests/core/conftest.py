"""What the tests of core share: the smallest runs, methods, data sets, and codes to score."""

import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from core.config import RunConfig, changed
from core.data.catalogue import load_dataset
from core.data.dataset import Dataset
from core.data.images import ByteImages
from core.devices import choose_precision
from core.methods import make_method
from core.methods.base import Method
from core.protocol import SnapshotSaved
from core.randomness import Randomness
from core.runs import RunFolder
from core.training.loop import Training

CPU = torch.device("cpu")

# The 32-pixel grey networks are the smallest: those of 28 pixels have 13 million weights.
SMALLEST = {
    "data.image_size": 32,
    "batch_size": 8,
    "report_every": 1,
    "picture_every": 1000,
    "evaluate_every": 1000,
    "checkpoint_every": 1000,
    "precision": "float32",
    "steps": 4,
}

# The values of the factors of `grid`.
GRID = (
    np.array([1.0, 2.0, 3.0]),
    np.linspace(0.5, 1, 6),
    np.linspace(0, 2 * np.pi, 10),
    np.linspace(0, 1, 8),
    np.linspace(0, 1, 8),
)


@pytest.fixture
def tiny_config() -> Callable[..., RunConfig]:
    """Config of four steps with the smallest networks, with dotted settings on top."""

    def tiny_config(settings: Mapping[str, Any] | None = None) -> RunConfig:
        return changed(RunConfig(), SMALLEST | dict(settings or {}))

    return tiny_config


@pytest.fixture
def toy() -> Dataset:
    """40 images of 32 pixels with one bright square each, somewhere."""
    generator = torch.Generator().manual_seed(0)
    values = torch.zeros(40, 1, 32, 32, dtype=torch.uint8)
    for image, (x, y) in zip(values, torch.randint(24, (40, 2), generator=generator), strict=True):
        image[:, y : y + 8, x : x + 8] = 255
    return Dataset("toy", ByteImages(values), (1, 32, 32))


@pytest.fixture(params=["float32", "auto"])
def dtype(request: pytest.FixtureRequest) -> torch.dtype:
    """Each precision that ships on this processor."""
    chosen = choose_precision(request.param, CPU)
    if request.param == "auto" and chosen == torch.float32:
        pytest.skip("this processor does not compute bfloat16 natively: auto is float32")
    return chosen


@pytest.fixture
def make_tcgan(tiny_config: Callable[..., RunConfig]) -> Callable[..., Method]:
    """A TC-GAN of the tiny config with dotted settings; its bank empty, or full of noise."""

    def make_tcgan(
        settings: Mapping[str, Any] | None = None,
        dtype: torch.dtype = torch.float32,
        full_bank: bool = False,
    ) -> Method:
        config = tiny_config(settings)
        method = make_method(config, Randomness(config.seed, CPU), CPU, dtype)
        if full_bank:
            fill_bank(method)
        return method

    return make_tcgan


def fill_bank(method: Method) -> None:
    """Let a constraint that waits for a bank of codes begin at once, always with the same codes."""
    counters = method.counters()
    if "bank" in counters:
        codes = torch.randn(512, len(method.spec.continuous), generator=torch.Generator())
        method.load_counters(counters | {"bank": 0.5 * codes})


@pytest.fixture
def start(
    tmp_path: Path, toy: Dataset, tiny_config: Callable[..., RunConfig]
) -> Iterator[Callable[..., Training]]:
    """Start or resume the run called `name`; whatever is still open is closed at the end."""
    opened: list[Training] = []

    def start(
        settings: Mapping[str, Any] | None = None,
        name: str = "run",
        resume: bool = False,
        full_bank: bool = False,
    ) -> Training:
        config, path = tiny_config(settings), tmp_path / name
        run = RunFolder.open(path) if resume else RunFolder.create(path, config)
        training = Training(run, toy, CPU, resume)
        opened.append(training)
        if full_bank:
            fill_bank(training.method)
        return training

    yield start
    for training in opened:
        training.close()


@pytest.fixture
def finished(start: Callable[..., Training]) -> Callable[..., Training]:
    """Like `start`, then train to the end and close."""

    def finished(settings: Mapping[str, Any] | None = None, **options: Any) -> Training:
        training = start(settings, **options)
        for _ in training.events():
            pass
        training.close()
        return training

    return finished


@pytest.fixture(scope="session")
def squares(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of 120 images of 32 pixels with a square each, and its x, y and whether it is left."""
    path = tmp_path_factory.mktemp("squares") / "squares.npz"
    places = np.random.default_rng(0).integers(0, 24, (120, 2))
    images = np.zeros((120, 32, 32), dtype=bool)
    for image, (x, y) in zip(images, places, strict=True):
        image[y : y + 8, x : x + 8] = True
    factors = np.column_stack([places, places[:, 0] < 12])
    np.savez(path, images=images, factors=factors, factor_names=["x", "y", "left"])
    return path


@pytest.fixture(scope="session")
def _trained_autoencoder(squares: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    settings = {"method.kind": "vae", "method.codes": 3, "data.source": str(squares), "steps": 2}
    config = changed(RunConfig(), SMALLEST | settings)
    run = RunFolder.create(tmp_path_factory.mktemp("autoencoder") / "squares", config)
    training = Training(run, load_dataset(config.data), CPU)
    for event in training.events():
        if isinstance(event, SnapshotSaved) and event.step == 2:
            break  # All scores of factors take long.
    training.close()
    return run.path


@pytest.fixture
def autoencoder(_trained_autoencoder: Path, tmp_path: Path) -> RunFolder:
    """A run with snapshots of steps 0 and 2: three Gaussian codes, of squares."""
    copied = shutil.copytree(_trained_autoencoder, tmp_path / "runs" / "squares")
    return RunFolder.open(copied)


@pytest.fixture
def losses_of() -> Callable[[Training], list[dict[str, str]]]:
    """The rows of losses.csv without the columns that tell of time."""
    times = ("trained_s", "wall_time", "images_per_s")

    def losses_of(training: Training) -> list[dict[str, str]]:
        rows = training.run.rows(training.run.losses)
        return [{name: row[name] for name in row if name not in times} for row in rows]

    return losses_of


@dataclass(frozen=True)
class PowerIteration:
    """Where spectral normalisation of a layer stands: its weight as stored, (O, I), and u."""

    weight: Tensor
    u: Tensor
    next_u: Tensor


@pytest.fixture
def power_iterations() -> Callable[[nn.Module], dict[str, PowerIteration]]:
    """Layer name -> where it stands, and what u will be after one more iteration."""

    def power_iterations(network: nn.Module) -> dict[str, PowerIteration]:
        stored, iterations = ".parametrizations.weight.original", {}
        state = network.state_dict()
        for layer in [name.removesuffix(stored) for name in state if name.endswith(stored)]:
            vectors = f"{layer}.parametrizations.weight.0."
            weight = state[layer + stored].flatten(1).clone()
            next_u = torch.nn.functional.normalize(weight @ state[vectors + "_v"], dim=0)
            iterations[layer] = PowerIteration(weight, state[vectors + "_u"].clone(), next_u)
        return iterations

    return power_iterations


@pytest.fixture(scope="session")
def grid() -> NDArray[np.float64]:
    """(11520, 5) every combination of shape, scale, orientation, x and y; the last is fastest."""
    return np.stack([axis.ravel() for axis in np.meshgrid(*GRID, indexing="ij")], axis=1)


@pytest.fixture(scope="session")
def golden_codes(grid: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    """The three sets of codes that the published implementation was run on."""
    shape, scale, orientation, x, y = grid.T
    noise = [hashed(len(grid), k) for k in range(5)]
    mixed = [x, y**2, scale + 0.3 * x, np.sin(orientation), shape + 0.5 * np.cos(orientation)]
    return {
        "identity": grid,
        "mixed": np.stack([*mixed, noise[0]], axis=1),
        "noise": np.stack(noise, axis=1),
    }


def hashed(count: int, k: int) -> NDArray[np.float64]:
    """(count,) numbers in [0, 1) without visible order, the same on every machine."""
    i = np.arange(count, dtype=np.int64)
    return ((31 * i * i + 7919 * i + 104729 * k) % 10007) / 10007
