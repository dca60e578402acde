"""`icdrl presets`: the shipped run configs."""

from typing import Annotated

import typer

from core.cli.terminal import JsonOption, console, print_json
from core.config import dump_config
from core.presets import list_presets, load_preset

app = typer.Typer(no_args_is_help=True)


@app.command("list")
def list_(as_json: JsonOption = False) -> None:
    """List the presets."""
    from rich.table import Table

    presets = list_presets()
    if as_json:
        print_json([{"name": preset.name, "summary": preset.summary} for preset in presets])
        return
    table = Table("preset", "what it is for", box=None)
    for preset in presets:
        table.add_row(preset.name, preset.summary)
    console().print(table)


@app.command()
def show(name: Annotated[str, typer.Argument(metavar="NAME", help="Name of a preset.")]) -> None:
    """Print a preset's whole config as JSON, as `train --config` reads it."""
    print(dump_config(load_preset(name).config), end="")
