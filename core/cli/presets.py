"""`icdrl presets`: the shipped run configs."""

from typing import Annotated

import typer

from core.cli.terminal import console
from core.config import dump_config
from core.presets import list_presets, load_preset

app = typer.Typer(no_args_is_help=True)


@app.command("list")
def list_() -> None:
    """List the presets."""
    from rich.table import Table

    table = Table("preset", "what it is for", box=None)
    for preset in list_presets():
        table.add_row(preset.name, preset.summary)
    console().print(table)


@app.command()
def show(name: Annotated[str, typer.Argument(help="Name of a preset.")]) -> None:
    """Print a preset's whole config as JSON, ready for `icdrl train --config`."""
    print(dump_config(load_preset(name).config), end="")
