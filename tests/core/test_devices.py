import os
import subprocess
import sys

import numpy as np
import psutil
import pytest
import torch

from core.config import Precision
from core.devices import (
    DeviceError,
    autocast,
    available_devices,
    choose_device,
    choose_precision,
    lower_priority,
    peak_memory,
    prepare_arithmetic,
    telling_lack_of_memory,
)

CPU = torch.device("cpu")
CUDA = torch.device("cuda:0")


def with_devices(monkeypatch: pytest.MonkeyPatch, mps: bool, gpus: int) -> None:
    """Pretend that this machine has these."""
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: gpus)


def with_capabilities(monkeypatch: pytest.MonkeyPatch, **capabilities: bool) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: capabilities)


@pytest.mark.parametrize(
    ("mps", "gpus", "best"), [(False, 0, "cpu"), (True, 0, "mps"), (False, 2, "cuda:0")]
)
def test_that_auto_takes_the_best_device_there_is(
    monkeypatch: pytest.MonkeyPatch, mps: bool, gpus: int, best: str
) -> None:
    with_devices(monkeypatch, mps, gpus)
    assert choose_device("auto") == torch.device(best)


def test_that_devices_are_listed_with_the_best_last(monkeypatch: pytest.MonkeyPatch) -> None:
    with_devices(monkeypatch, True, 2)
    assert available_devices() == ["cpu", "mps", "cuda:1", "cuda:0"]


def test_that_cuda_alone_means_the_first_one(monkeypatch: pytest.MonkeyPatch) -> None:
    with_devices(monkeypatch, False, 2)
    assert choose_device("cuda") == CUDA
    assert choose_device("cuda:1") == torch.device("cuda:1")
    assert choose_device("cpu") == CPU


@pytest.mark.parametrize("name", ["cuda", "cuda:2", "mps", "gpu", "", "CPU"])
def test_that_a_device_that_is_not_there_is_answered_with_those_that_are(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    with_devices(monkeypatch, False, 0)
    with pytest.raises(DeviceError, match=rf"^There is no device '{name}' here: .* of cpu\.$"):
        choose_device(name)


@pytest.mark.parametrize("capability", ["avx512_bf16", "amx_bf16", "bf16"])
def test_that_auto_precision_is_bfloat16_where_the_processor_computes_it(
    monkeypatch: pytest.MonkeyPatch, capability: str
) -> None:
    with_capabilities(monkeypatch, avx2=True, **{capability: True})
    assert choose_precision("auto", CPU) == torch.bfloat16
    assert choose_precision("bfloat16", CPU) == torch.bfloat16
    assert choose_precision("float32", CPU) == torch.float32


@pytest.mark.parametrize(("precision", "device"), [("auto", "cpu"), ("auto", "mps")])
def test_that_auto_precision_is_float32_elsewhere(
    monkeypatch: pytest.MonkeyPatch, precision: Precision, device: str
) -> None:
    with_capabilities(monkeypatch, avx2=True, avx512_bf16=False)
    assert choose_precision(precision, torch.device(device)) == torch.float32


def test_that_bfloat16_is_refused_where_it_is_not_native(monkeypatch: pytest.MonkeyPatch) -> None:
    with_capabilities(monkeypatch, avx2=True)
    with pytest.raises(DeviceError, match=r"does not compute bfloat16 .* precision=float32\.$"):
        choose_precision("bfloat16", CPU)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_that_networks_compute_in_the_chosen_dtype_and_keep_float32_weights(
    dtype: torch.dtype,
) -> None:
    layer = torch.nn.Linear(2, 2)
    with autocast(CPU, dtype):
        assert layer(torch.zeros(1, 2)).dtype == dtype
    assert layer.weight.dtype == torch.float32


def lack(error: Exception, device: torch.device, batch: int) -> str:
    """The sentence that this error is told with."""
    with pytest.raises(DeviceError) as caught, telling_lack_of_memory(device, batch):
        raise error
    return str(caught.value)


def test_that_out_of_memory_says_what_was_needed_what_was_free_and_what_to_try(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda device: (300 * 2**20, 2**33))
    error = torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 1.50 GiB. GPU 0 has ...")
    assert lack(error, CUDA, 256) == (
        "The device cuda:0 ran out of memory at batch size 256: 1.50 GiB needed at once, "
        "300 MiB free. Try --set batch_size=128, or another device."
    )


@pytest.mark.parametrize(("batch", "smaller"), [(64, 32), (5, 2), (2, 2)])
def test_that_the_batch_size_to_try_is_half_but_never_below_the_least(
    batch: int, smaller: int
) -> None:
    sentence = lack(torch.OutOfMemoryError("no figures"), CPU, batch)
    assert ": more needed at once, " in sentence
    assert f"Try --set batch_size={smaller}," in sentence


def test_that_a_lack_told_by_numpy_is_told_as_well() -> None:
    with (
        pytest.raises(DeviceError, match=r"at batch size 64: 8.00 PiB needed"),
        telling_lack_of_memory(CPU, 64),
    ):
        np.empty(2**53, np.uint8)


@pytest.mark.parametrize(("asked", "threads"), [(1, 1), (2, 2), (0, os.cpu_count())])
def test_that_a_training_gets_the_asked_threads_or_all_cores(
    monkeypatch: pytest.MonkeyPatch, asked: int, threads: int
) -> None:
    chosen: list[int] = []
    monkeypatch.setattr(torch, "set_num_threads", chosen.append)
    monkeypatch.setattr(torch, "set_flush_denormal", lambda flush: flush)
    # What it tells glibc's allocator would hold for the rest of the tests.
    monkeypatch.setattr("core.devices.ctypes.CDLL", lambda name: object())
    prepare_arithmetic(asked)
    assert chosen == [threads]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has priority classes instead")
def test_that_a_training_gives_way_to_other_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr(psutil.Process, "nice", lambda self, value: asked.append(value))
    lower_priority()
    assert asked == [10]


def test_that_the_peak_of_memory_is_at_least_what_is_resident_now() -> None:
    resident = psutil.Process().memory_info().rss
    assert resident * 0.9 < peak_memory(CPU) < 100 * resident


@pytest.mark.skipif(sys.platform != "linux", reason="what glibc keeps, and /proc")
def test_that_memory_of_an_ended_training_goes_back_to_the_system() -> None:
    program = """
import psutil, torch
from core.devices import free_memory, prepare_arithmetic
def used(): return psutil.Process().memory_info().rss // 2**20
prepare_arithmetic(1)
activations = [torch.ones(2**18) for _ in range(200)]
full = used()
del activations
kept = used()
free_memory()
print(full - kept, kept - used())
"""
    answer = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    by_itself, given_back = map(int, answer.stdout.split())
    assert by_itself < 100 < given_back
