"""A method that went through a file goes on to the last bit, in the setting that ships."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from core.config import RunConfig, changed
from core.methods import make_method
from core.methods.base import Method
from core.randomness import Randomness
from core.runs import checkpoint
from core.runs.checkpoint import Header

CPU = torch.device("cpu")
ESTIMATORS = ["gaussian", "density_ratio", "minibatch_weighted", "minibatch_stratified"]
BATCH = 64


def trained(method: Method, steps: range, size: int) -> list[dict[str, Tensor]]:
    losses = []
    for step in steps:
        generator = torch.Generator().manual_seed(step)
        losses.append(method.train_step(torch.rand(BATCH, 1, size, size, generator=generator)))
    return losses


def through_a_file(path: Path, method: Method, random: Randomness, config: RunConfig) -> Method:
    """What a resumed training makes of the state of a method."""
    state = {f"method/{name}": tensor for name, tensor in method.state().items()}
    state |= {f"random/{name}": tensor for name, tensor in random.state().items()}
    checkpoint.save(path, state, Header(step=1, config=checkpoint.header_config(config)))
    saved, header = checkpoint.load(path, CPU)
    parts: dict[str, dict[str, Tensor]] = {"method": {}, "random": {}}
    for name, tensor in saved.items():
        part, _, rest = name.partition("/")
        parts[part][rest] = tensor
    resumed_random = Randomness(config.seed, CPU)
    resumed = make_method(header.run_config(), resumed_random, CPU, method.dtype)
    resumed.load_state(parts["method"])
    resumed_random.load_state(parts["random"])
    return resumed


def assert_it_goes_on(
    path: Path, config: RunConfig, dtype: torch.dtype, steps: int, bank: Tensor | None = None
) -> None:
    """Train, save, load, and train both on for `steps`, which must end in equal bits."""
    random = Randomness(config.seed, CPU)
    method = make_method(config, random, CPU, dtype)
    if bank is not None:
        method.load_counters(method.counters() | {"bank": bank})
    size = config.data.image_size
    trained(method, range(3), size)
    resumed = through_a_file(path / "state.safetensors", method, random, config)
    ours, theirs = (trained(each, range(3, 3 + steps), size) for each in (method, resumed))
    torch.testing.assert_close(theirs, ours, rtol=0, atol=0)
    torch.testing.assert_close(resumed.state(), method.state(), rtol=0, atol=0)


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_that_every_estimator_goes_on_to_the_last_bit(
    tmp_path: Path, tiny_config: Callable[..., RunConfig], dtype: torch.dtype, estimator: str
) -> None:
    settings = {
        "method.independence.estimator": estimator,
        "method.independence.warmup_steps": 5,
        "method.real_target_low": 0.8,
    }
    bank = torch.rand(512, 5, generator=torch.Generator())
    assert_it_goes_on(tmp_path, tiny_config(settings), dtype, 4, bank)


def test_that_the_settings_that_ship_go_on_to_the_last_bit(
    tmp_path: Path, dtype: torch.dtype
) -> None:
    config = RunConfig()
    assert (config.data.image_size, config.batch_size) == (64, BATCH)
    assert_it_goes_on(tmp_path, config, dtype, 6)


@pytest.mark.parametrize("categorical", [(3,), (3, 10)])
@pytest.mark.parametrize("continuous", [0, 1, 3])
def test_that_every_kind_of_code_goes_on_to_the_last_bit(
    tmp_path: Path,
    tiny_config: Callable[..., RunConfig],
    categorical: tuple[int, ...],
    continuous: int,
) -> None:
    settings = {
        "method.latent.categorical_codes": categorical,
        "method.latent.continuous_codes": continuous,
        "method.information.variance": "learned",
        "method.independence.estimator": "density_ratio",
    }
    bank = torch.rand(512, continuous, generator=torch.Generator())
    assert_it_goes_on(tmp_path, tiny_config(settings), torch.float32, 2, bank)


def test_that_a_tc_discriminator_that_was_set_aside_comes_back_as_it_was(
    tmp_path: Path, tiny_config: Callable[..., RunConfig]
) -> None:
    """Density ratio, then gaussian; saved and loaded; then density ratio again."""
    random = Randomness(0, CPU)
    density_ratio, gaussian = (
        tiny_config({"method.independence.estimator": each})
        for each in ("density_ratio", "gaussian")
    )
    method = make_method(density_ratio, random, CPU, torch.float32)
    bank = torch.rand(512, 5, generator=torch.Generator())
    method.load_counters(method.counters() | {"bank": bank})
    trained(method, range(2), 32)
    method.configure(gaussian.method)
    trained(method, range(2, 3), 32)
    resumed = through_a_file(tmp_path / "state.safetensors", method, random, gaussian)
    losses = []
    for each in (method, resumed):
        each.configure(density_ratio.method)
        losses.append(trained(each, range(3, 5), 32))
    torch.testing.assert_close(losses[1], losses[0], rtol=0, atol=0)
    assert "tc_discriminator" in losses[0][0]


def test_that_a_tc_discriminator_of_other_codes_is_forgotten_with_and_without_a_file(
    tmp_path: Path, tiny_config: Callable[..., RunConfig]
) -> None:
    """Density ratio of five codes, gaussian of three; saved and loaded; then five again."""
    random = Randomness(0, CPU)
    five = tiny_config({"method.independence.estimator": "density_ratio"})
    three = tiny_config({"method.independence.atomic": ["c1", "c2", "c3"]})
    method = make_method(five, random, CPU, torch.float32)
    bank = torch.rand(512, 5, generator=torch.Generator())
    method.load_counters(method.counters() | {"bank": bank})
    trained(method, range(2), 32)
    method.configure(three.method)
    trained(method, range(2, 3), 32)
    resumed = through_a_file(tmp_path / "state.safetensors", method, random, three)
    losses = []
    for each in (method, resumed):
        each.configure(five.method)
        losses.append(trained(each, range(3, 5), 32))
    torch.testing.assert_close(losses[1], losses[0], rtol=0, atol=0)


@pytest.mark.parametrize("setting", ["data.channels", "method.latent.noise_dim"])
def test_that_the_state_of_other_networks_is_refused(
    make_tcgan: Callable[..., Method], tiny_config: Callable[..., RunConfig], setting: str
) -> None:
    other: Any = changed(tiny_config(), {setting: 3})
    method = make_method(other, Randomness(0, CPU), CPU, torch.float32)
    with pytest.raises((KeyError, RuntimeError)):
        method.load_state(make_tcgan().state())
