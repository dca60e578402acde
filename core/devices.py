"""Where the arithmetic happens: choice of device, precision, memory."""

import ctypes
import gc
import os
import platform
import re
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from importlib import metadata

import psutil
import torch

from core.config import Precision
from core.errors import IcdrlError

# Numbers of glibc's malloc.h.
_M_TRIM_THRESHOLD = -1
_M_MMAP_THRESHOLD = -3


class DeviceError(IcdrlError):
    """A device that is not there, or that ran out of memory."""


def choose_device(name: str) -> torch.device:
    """The device called `name`: auto (cuda, else mps, else cpu), cpu, mps, cuda or cuda:N.

    Raises:
        DeviceError: no such device on this machine; the message lists those there are.
    """
    available = available_devices()
    if name == "auto":
        return torch.device(available[-1])
    if name == "cuda" and "cuda:0" in available:
        name = "cuda:0"
    if name not in available:
        raise DeviceError(
            f"There is no device {name!r} here: choose auto or one of {', '.join(available)}."
        )
    return torch.device(name)


def available_devices() -> list[str]:
    """Names of the devices, the best last: cpu, then mps, then cuda:N-1 ... cuda:0."""
    devices = ["cpu"]
    if torch.backends.mps.is_available():
        devices.append("mps")
    return devices + [f"cuda:{i}" for i in reversed(range(torch.cuda.device_count()))]


def choose_precision(precision: Precision, device: torch.device) -> torch.dtype:
    """The dtype of the networks' arithmetic; auto is bfloat16 where it is native.

    Raises:
        DeviceError: bfloat16 asked for on a device without it.
    """
    native = {
        "cpu": _cpu_has_bfloat16,
        "cuda": torch.cuda.is_bf16_supported,
    }.get(device.type, lambda: False)()
    if precision == "bfloat16" and not native:
        raise DeviceError(
            f"The device {device} does not compute bfloat16 natively: use precision=float32."
        )
    return torch.float32 if precision == "float32" or not native else torch.bfloat16


def versions() -> dict[str, str]:
    """What computes here, in plain text."""
    return {
        "icdrl": metadata.version("icdrl"),
        # A plain str: torch's own class would make whoever unpickles it import torch.
        "torch": str(torch.__version__),
        "python": platform.python_version(),
    }


def autocast(device: torch.device, dtype: torch.dtype) -> AbstractContextManager[None]:
    """The context in which networks compute in `dtype`; losses and optimisers stay in float32."""
    return torch.autocast(device.type, dtype, enabled=dtype != torch.float32)


def prepare_arithmetic(threads: int) -> None:
    """Use `threads` CPU threads (0: all cores); make denormals and memory cheap.

    Denormal numbers arise where the discriminator is sure of itself, and processors take many
    times longer over them: they are flushed to zero. Activations of several megabytes come and go
    at every step: the allocator keeps their memory instead of asking the system for it anew.
    """
    torch.set_num_threads(threads or os.cpu_count() or 1)
    torch.set_flush_denormal(True)
    with suppress(AttributeError, OSError):
        mallopt = ctypes.CDLL(None).mallopt  # glibc's; elsewhere there is none
        mallopt(_M_MMAP_THRESHOLD, 32 * 2**20)
        mallopt(_M_TRIM_THRESHOLD, 2**30)


def free_memory() -> None:
    """Give back to the system what an ended training left."""
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).malloc_trim(0)  # glibc's


def lower_priority() -> None:
    """Give way to interactive programs: nice 10, below normal on Windows."""
    if sys.platform == "win32":
        psutil.Process().nice(psutil.BELOW_NORMAL_PRIORITY_CLASS)
    else:
        psutil.Process().nice(10)


def peak_memory(device: torch.device) -> int:
    """The most bytes that this process held: on the GPU if `device` is one, else resident."""
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device)
    if sys.platform == "win32":
        return int(psutil.Process().memory_info().peak_wset)
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def _cpu_has_bfloat16() -> bool:
    # One capability name a vendor: AVX-512 BF16 or AMX on x86, FEAT_BF16 on ARM.
    capabilities = torch.cpu.get_capabilities()
    return any(capabilities.get(name, False) for name in ("avx512_bf16", "amx_bf16", "bf16"))


@contextmanager
def telling_lack_of_memory(device: torch.device, batch: int) -> Iterator[None]:
    """What runs out of memory in here is told as a `DeviceError`: needed, free, what to try."""
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        # torch.OutOfMemoryError is that of a GPU; for the CPU there is no class.
        is_lack = isinstance(error, torch.OutOfMemoryError | MemoryError)
        if not is_lack and "DefaultCPUAllocator" not in str(error):
            raise
        raise DeviceError(
            f"The device {device} ran out of memory at batch size {batch}: {_needed(error)} "
            f"needed at once, {_free(device)} free. Try --set batch_size={max(2, batch // 2)}, "
            "or another device."
        ) from None


def _needed(error: Exception) -> str:
    """From messages such as `you tried to allocate 1048576 bytes` or `Tried to allocate 20 MiB`."""
    match = re.search(r"allocate ([\d.]+) (\w+)", str(error))
    if match is None:
        return "more"
    return _mebibytes(int(match[1])) if match[2] == "bytes" else f"{match[1]} {match[2]}"


def _free(device: torch.device) -> str:
    if device.type == "cpu":
        return _mebibytes(psutil.virtual_memory().available)
    is_there = device.type == "cuda" and torch.cuda.is_available()
    return _mebibytes(torch.cuda.mem_get_info(device)[0]) if is_there else "less"


def _mebibytes(count: int) -> str:
    return f"{count / 2**20:,.0f} MiB"
