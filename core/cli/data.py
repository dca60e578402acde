"""`icdrl data`: what can be trained on."""

from dataclasses import asdict
from typing import Annotated

import typer

from core.cli.terminal import JsonOption, console, print_json, progress_bar

app = typer.Typer(no_args_is_help=True)


@app.command("list")
def list_(as_json: JsonOption = False) -> None:
    """List the data sets of the catalogue."""
    from rich.table import Table

    from core.data.catalogue import list_datasets

    infos = list_datasets()
    if as_json:
        print_json([asdict(info) for info in infos])
        return
    table = Table("name", "images", "shape", "factors", "prepared", "what it is", box=None)
    for info in infos:
        table.add_row(
            info.name,
            f"{info.count:,}",
            "x".join(map(str, info.shape)),
            ", ".join(info.factor_names),
            "yes" if info.prepared else "no",
            info.description,
        )
    console().print(table)


@app.command()
def prepare(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of a data set.")],
    as_json: JsonOption = False,
) -> None:
    """Make a data set ready to train on; at once where it already is."""
    from core.data.catalogue import prepare_dataset

    with progress_bar(f"Preparing {name}") as progress:
        path = prepare_dataset(name, progress)
    if as_json:
        print_json({"name": name, "file": path})
    else:
        console().print(f"{name} is ready: {path}", markup=False)


@app.command()
def info(
    source: Annotated[str, typer.Argument(metavar="PATH_OR_NAME", help="A path, or a name.")],
    as_json: JsonOption = False,
) -> None:
    """Say what a data set holds, and what could not be read."""
    from core.data.catalogue import describe_dataset

    with progress_bar(f"Reading {source}") as progress:
        summary = asdict(describe_dataset(source, progress))
    if as_json:
        print_json(summary)
        return
    out = console()
    for key, value in summary.items():
        text = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
        out.print(f"{key.replace('_', ' '):>13}: {text or '-'}", markup=False)
