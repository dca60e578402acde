"""A training step must never wait for the device: nothing on the host may read a tensor."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

from core.config import RunConfig
from core.devices import choose_precision
from core.methods import make_method
from core.methods.base import Method
from core.randomness import Randomness

ESTIMATORS = ["gaussian", "density_ratio", "minibatch_weighted", "minibatch_stratified"]

# What copies numbers to the host, or whose output's shape depends on them.
READING_METHODS = (
    *("item", "tolist", "numpy", "cpu", "nonzero", "to_sparse", "unique", "masked_select"),
    *("__bool__", "__float__", "__int__", "__index__", "__array__"),
)
READING_OPERATIONS = {
    torch.ops.aten._local_scalar_dense.default,
    torch.ops.aten.nonzero.default,
    torch.ops.aten.masked_select.default,
    torch.ops.aten._unique2.default,
    torch.ops.aten.is_nonzero.default,
}
BY_INDEX = {torch.ops.aten.index.Tensor, torch.ops.aten.index_put_.default}


def _has_mask(indices: list[Tensor | None]) -> bool:
    return any(index is not None and index.dtype == torch.bool for index in indices)


class _NoReadingMethod(TorchFunctionMode):
    def __torch_function__(
        self, func: Any, types: Any, args: Any = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        assert getattr(func, "__name__", "") not in READING_METHODS, f"{func} waits for the device"
        return func(*args, **(kwargs or {}))


class _NoReadingOperation(TorchDispatchMode):  # type: ignore[no-untyped-call]
    def __torch_dispatch__(
        self, func: Any, types: Any, args: Any = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        reads = func in READING_OPERATIONS or (func in BY_INDEX and _has_mask(args[1]))
        assert not reads, f"{func} waits for the device"
        return func(*args, **(kwargs or {}))


@contextmanager
def nothing_is_read() -> Iterator[None]:
    with _NoReadingMethod(), _NoReadingOperation():  # type: ignore[no-untyped-call]
        yield


READERS: dict[str, Callable[[Tensor], object]] = {
    "item": lambda tensor: tensor.item(),
    "float": lambda tensor: float(tensor),
    "bool": lambda tensor: bool(tensor > 0),
    "tolist": lambda tensor: tensor.tolist(),
    "numpy": lambda tensor: tensor.numpy(),
    "cpu": lambda tensor: tensor.cpu(),
    "mask": lambda tensor: torch.arange(3)[tensor.expand(3) > 0],
}


@pytest.mark.parametrize("reader", READERS)
def test_that_reading_a_tensor_is_noticed(reader: str) -> None:
    with pytest.raises(AssertionError, match="waits for the device"), nothing_is_read():
        READERS[reader](torch.tensor(1.0))


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_that_a_step_reads_no_tensor(
    make_tcgan: Callable[..., Method], dtype: torch.dtype, estimator: str
) -> None:
    settings = {
        "method.independence.estimator": estimator,
        "method.independence.warmup_steps": 10,
        "method.real_target_low": 0.8,
        "method.information.variance": "learned",
    }
    method = make_tcgan(settings, dtype, full_bank=True)
    images = torch.rand(8, 1, 32, 32)
    method.train_step(images)
    with nothing_is_read():
        losses = method.train_step(images)
    assert "gradient_independence" in losses


def test_that_a_step_with_categorical_codes_calls_nothing_that_reads_a_tensor(
    make_tcgan: Callable[..., Method],
) -> None:
    method = make_tcgan({"method.latent.categorical_codes": [10]}, full_bank=True)
    # On the CPU alone torch's one_hot looks at its input, so operations are not watched here.
    with _NoReadingMethod():
        losses = method.train_step(torch.rand(8, 1, 32, 32))
    assert "code_error.k1" in losses


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device here")
@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_that_a_step_on_the_gpu_never_waits_for_it(
    tiny_config: Callable[..., RunConfig], estimator: str
) -> None:
    device = torch.device("cuda:0")
    config = tiny_config(
        {
            "method.independence.estimator": estimator,
            "method.latent.categorical_codes": [10],
            "method.real_target_low": 0.8,
        }
    )
    dtype = choose_precision("auto", device)
    method = make_method(config, Randomness(0, device), device, dtype)
    method.load_counters(method.counters() | {"bank": torch.randn(512, 5)})
    images = torch.rand(8, 1, 32, 32, device=device)
    # The first steps allocate, choose kernels and make the optimisers' states.
    for _ in range(3):
        method.train_step(images)
    torch.cuda.set_sync_debug_mode("error")
    try:
        losses = method.train_step(images)
    finally:
        torch.cuda.set_sync_debug_mode("default")
    assert all(bool(value.isfinite()) for value in losses.values())
