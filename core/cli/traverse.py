"""`icdrl traverse`: latent traversals of a run, as a picture or an animation."""

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
        Path, typer.Option("--output", "-o", help="Picture to write: .png, or .gif for motion.")
    ] = Path("traversal.png"),
    code: Annotated[
        list[str] | None,
        typer.Option(help="Only this code, by name or number from 0; repeatable."),
    ] = None,
    anchor: Annotated[
        str, typer.Option(help="What all other codes stay at: random:SEED or data:INDEX.")
    ] = "random:0",
    range_rule: Annotated[
        str,
        typer.Option(
            "--range",
            help="prior, posterior quantiles, min-max, mean ± 2 sd, or fixed:LOW,HIGH.",
        ),
    ] = "prior",
    columns: Annotated[int, typer.Option(min=2, max=101, help="Values of a code.")] = 11,
    step: Annotated[int | None, typer.Option(help="A snapshot's step; the newest if none.")] = None,
    scale: Annotated[
        int | None, typer.Option(min=1, max=16, help="Whole-number enlargement of an image.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Vary one code over its range, all else fixed at the anchor: a row per code."""
    folder = find_run(load_preferences().run_root, run)
    snapshot = folder.snapshot_at(step)

    from core.explorer import Explorer
    from core.export import save_picture

    explorer = Explorer(folder, snapshot)
    codes = explorer.codes(code) if code else None
    grid, recipe = explorer.traversal(anchor, range_rule, columns, codes)
    save_picture(output, grid, recipe, scale)
    if as_json:
        print_json({"file": str(output), "recipe": recipe.to_json()})
    else:
        console().print(f"{output}: {grid.title}", markup=False)
