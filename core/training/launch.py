"""What starting and resuming a run means, for the command line and the app's trainer alike."""

from pathlib import Path

import torch

from core import devices
from core.config import ConfigError, RunConfig, changed
from core.counts import counted
from core.data.dataset import Dataset
from core.data.names import findable_anywhere
from core.preferences import Preferences
from core.runs import RunFolder
from core.training.loop import Training


def prepare_device(preferences: Preferences, device: str | None = None) -> torch.device:
    """Make this process one that trains: chosen device (or the preferred), threads, low priority.

    Raises:
        DeviceError: no such device on this machine.
        ConfigError: more threads than cores are preferred.
    """
    preferences.require_cores()
    chosen = devices.choose_device(device or preferences.device)
    devices.prepare_arithmetic(preferences.threads)
    devices.lower_priority()
    return chosen


def start(path: Path, config: RunConfig, dataset: Dataset, device: torch.device) -> Training:
    """A new run at `path`; one that cannot start leaves no folder behind.

    Raises:
        RunError, DataError, DeviceError: why it cannot.
    """
    folder = RunFolder.create(path, findable_anywhere(config))
    try:
        return Training(folder, dataset, device)
    except BaseException:
        folder.discard()
        raise


def config_to_resume(folder: RunFolder, steps: int | None = None) -> RunConfig:
    """The config that a run goes on with, up to a new total of `steps` if one is given.

    Raises:
        RunError: it is being trained, or cannot be read.
        ConfigError: it has trained so many steps already.
    """
    folder.require_unlocked()
    config = folder.current_config()
    if steps is not None:
        config = changed(config, {"steps": steps})
    reached = folder.checkpoint_step()
    if config.steps < reached or (config.steps == reached and folder.state() == "finished"):
        raise ConfigError(
            f"{folder.path} has trained {counted(reached, 'step')} already: to go on, give a "
            f"larger total of steps, such as {2 * reached}."
        )
    return config


def resume(
    folder: RunFolder, config: RunConfig, dataset: Dataset, device: torch.device
) -> Training:
    """Go on with a run as `config_to_resume` says, from its newest sound checkpoint.

    A run killed before its first checkpoint starts again.

    Raises:
        RunError, CheckpointError, DataError, DeviceError: why it cannot.
    """
    began = folder.last_step() > 0 or bool(folder.checkpoints())
    training = Training(folder, dataset, device, resume=began)
    if config.steps != training.config.steps:
        training.change("steps", config.steps)
    return training
