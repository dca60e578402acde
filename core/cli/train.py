"""`icdrl train` and `icdrl resume`: what to train on, where, and from which step."""

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from core.cli.follow import follow
from core.cli.options import SettingsOption, edited
from core.cli.runs import RunArgument
from core.cli.terminal import DeviceOption, JsonOption, print_note, progress_bar
from core.config import ConfigError, DataConfig, RunConfig, changed, load_config
from core.preferences import Preferences, load_preferences
from core.presets import load_preset
from core.runs import RunFolder, find_run, new_run_path

if TYPE_CHECKING:
    import torch

    from core.data.dataset import Dataset
    from core.training import Training

DEFAULT_PRESET = "dsprites-small-tcgan"


def train(
    preset: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help=f"A shipped config; {DEFAULT_PRESET} if nothing is given."
        ),
    ] = None,
    config: Annotated[Path | None, typer.Option(metavar="FILE", help="A config file.")] = None,
    steps: Annotated[int | None, typer.Option(metavar="N", help="Total number of steps.")] = None,
    seed: Annotated[
        int | None, typer.Option(metavar="N", help="Seed of all random numbers.")
    ] = None,
    device: DeviceOption = None,
    run_dir: Annotated[
        Path | None, typer.Option(metavar="DIR", help="The run's own folder, new or empty.")
    ] = None,
    settings: SettingsOption = None,
    as_json: JsonOption = False,
) -> int:
    """Train a run from its first step."""
    preferences = load_preferences()
    chosen = edited(_config(preset, config), settings, steps=steps, seed=seed)
    if run_dir:
        RunFolder.require_free(run_dir)
    place = _prepare_device(preferences, device)
    dataset = _load(chosen.data)
    path = run_dir or new_run_path(preferences.run_root, chosen)
    with closing(_start(path, _findable_anywhere(chosen), dataset, place)) as training:
        return follow(training, as_json)


def resume(
    run: RunArgument,
    steps: Annotated[
        int | None, typer.Option(metavar="TOTAL", help="New total number of steps.")
    ] = None,
    device: DeviceOption = None,
    as_json: JsonOption = False,
) -> int:
    """Go on with a run from its last checkpoint."""
    preferences = load_preferences()
    folder = find_run(preferences.run_root, run)
    folder.require_unlocked()
    config = edited(folder.current_config(), None, steps=steps)
    _require_more_steps(folder, config.steps)
    place = _prepare_device(preferences, device)
    dataset = _load(config.data)

    from core.training import Training

    # A run killed before its first checkpoint starts again.
    began = folder.last_step() > 0 or bool(folder.checkpoints())
    with closing(Training(folder, dataset, place, resume=began)) as training:
        if training.notice:
            print_note(training.notice)
        if config.steps != training.config.steps:
            training.change("steps", config.steps)
        return follow(training, as_json)


def _config(preset: str | None, file: Path | None) -> RunConfig:
    if preset and file:
        raise ConfigError("Give --preset or --config, not both.")
    return load_config(file) if file else load_preset(preset or DEFAULT_PRESET).config


def _require_more_steps(folder: RunFolder, total: int) -> None:
    reached = folder.checkpoint_step()
    if total < reached or (total == reached and folder.state() == "finished"):
        raise ConfigError(
            f"{folder.path} has trained {reached:,} steps already: to go on, give a larger total, "
            f"such as --steps {2 * reached}."
        )


def _prepare_device(preferences: Preferences, device: str | None) -> "torch.device":
    from core.devices import choose_device, lower_priority, prepare_arithmetic

    chosen = choose_device(device or preferences.device)
    prepare_arithmetic(preferences.threads)
    lower_priority()
    return chosen


def _load(data: DataConfig) -> "Dataset":
    from core.data.catalogue import load_dataset

    with progress_bar(f"Preparing {data.source}") as progress:
        dataset = load_dataset(data, progress)
    for sentence in dataset.skipped:
        print_note(f"left out: {sentence}")
    return dataset


def _findable_anywhere(config: RunConfig) -> RunConfig:
    """The config with an absolute path to its data, so that a run can be resumed from any folder.

    Call it once the data was found.
    """
    from core.data.catalogue import list_datasets

    if config.data.source in {info.name for info in list_datasets()}:
        return config
    path = Path(config.data.source).expanduser().absolute()
    return changed(config, {"data.source": str(path)})


def _start(path: Path, config: RunConfig, dataset: "Dataset", device: "torch.device") -> "Training":
    """A new run; one that cannot start leaves no folder behind."""
    from core.training import Training

    folder = RunFolder.create(path, config)
    try:
        return Training(folder, dataset, device)
    except BaseException:
        folder.discard()
        raise
