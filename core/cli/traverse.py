"""`icdrl traverse`: latent traversals of a run, as a picture or an animation."""

import json
from pathlib import Path
from typing import Annotated

import typer

from core.cli.runs import RunArgument
from core.cli.terminal import JsonOption, console, print_json
from core.preferences import load_preferences
from core.runs import find_run


def traverse(
    run: RunArgument,
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", metavar="FILE", help="Picture to write: .png, or .gif for motion."
        ),
    ] = Path("traversal.png"),
    code: Annotated[
        list[str] | None,
        typer.Option(metavar="CODE", help="Only this code, by name or number from 0; repeatable."),
    ] = None,
    anchor: Annotated[
        str,
        typer.Option(
            metavar="ANCHOR",
            help="What all else stays at: random:SEED, data:INDEX or latent:NUMBER,NUMBER,...",
        ),
    ] = "random:0",
    range_rule: Annotated[
        str,
        typer.Option(
            "--range",
            metavar="RANGE",
            help="prior, posterior quantiles, min-max, mean ± 2 sd, or fixed:LOW,HIGH.",
        ),
    ] = "prior",
    columns: Annotated[
        int, typer.Option(metavar="N", min=2, max=101, help="Values of a code.")
    ] = 11,
    step: Annotated[
        int | None, typer.Option(metavar="STEP", help="A snapshot's step; the newest if none.")
    ] = None,
    scale: Annotated[
        int | None, typer.Option(metavar="N", min=1, max=16, help="Enlargement of an image.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Vary one code, all else fixed at the anchor: a row per code."""
    folder = find_run(load_preferences().run_root, run)
    snapshot = folder.snapshot_at(step)

    from core.explorer import Explorer
    from core.export import save_picture

    explorer = Explorer(folder, snapshot)
    codes = explorer.codes(code) if code else None
    grid, recipe = explorer.traversal(anchor, range_rule, columns, codes)
    save_picture(output, grid, recipe, scale)
    if as_json:
        print_json({"file": str(output), "recipe": json.loads(recipe.to_json())})
    else:
        console().print(f"{output}: {grid.title}", markup=False)
