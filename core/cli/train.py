"""`icdrl train` and `icdrl resume`: what to train on, where, and from which step."""

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from core.cli.follow import follow
from core.cli.options import SettingsOption, edited
from core.cli.runs import RunArgument
from core.cli.terminal import DeviceOption, JsonOption, print_note, progress_bar
from core.config import ConfigError, DataConfig, RunConfig, load_config
from core.preferences import load_preferences
from core.presets import load_preset
from core.runs import RunFolder, find_run, new_run_path

if TYPE_CHECKING:
    from core.data.dataset import Dataset

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

    from core.training import launch

    place = launch.prepare_device(preferences, device)
    dataset = _load(chosen.data)
    path = run_dir or new_run_path(preferences.run_root, chosen)
    with closing(launch.start(path, chosen, dataset, place)) as training:
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

    from core.training import launch

    config = launch.config_to_resume(folder, steps)
    place = launch.prepare_device(preferences, device)
    dataset = _load(config.data)
    with closing(launch.resume(folder, config, dataset, place)) as training:
        if training.notice:
            print_note(training.notice)
        return follow(training, as_json)


def _config(preset: str | None, file: Path | None) -> RunConfig:
    if preset and file:
        raise ConfigError("Give --preset or --config, not both.")
    return load_config(file) if file else load_preset(preset or DEFAULT_PRESET).config


def _load(data: DataConfig) -> "Dataset":
    from core.data.catalogue import load_dataset

    with progress_bar(f"Preparing {data.source}") as progress:
        dataset = load_dataset(data, progress)
    for sentence in dataset.skipped:
        print_note(f"left out: {sentence}")
    return dataset
