"""`icdrl traverse`: `icdrl export` of what is looked at most."""

from pathlib import Path
from typing import Annotated

import typer

from core.bounds import MOST_COLUMNS
from core.cli.export import (
    AnchorOption,
    CodeOption,
    RangeOption,
    ScaleOption,
    StepOption,
    print_exported,
    save_traversal,
)
from core.cli.runs import RunArgument
from core.cli.terminal import JsonOption
from core.preferences import load_preferences
from core.runs import find_run


def traverse(
    run: RunArgument,
    output: Annotated[
        Path,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Picture to write: .png, .svg or .pdf, or .gif or .webp for motion.",
        ),
    ] = Path("traversal.png"),
    code: CodeOption = None,
    concept: Annotated[
        list[str] | None,
        typer.Option(metavar="CONCEPT", help="Only this concept of the run; repeatable."),
    ] = None,
    anchor: AnchorOption = None,
    range_rule: RangeOption = None,
    columns: Annotated[
        int, typer.Option(metavar="N", min=2, max=MOST_COLUMNS, help="Values of a code.")
    ] = 11,
    step: StepOption = None,
    scale: ScaleOption = None,
    as_json: JsonOption = False,
) -> None:
    """Vary one code or concept, all else fixed: a row for each."""
    folder = find_run(load_preferences().run_root, run)
    told = save_traversal(
        output, folder, code, anchor, range_rule, columns, step, scale, concept or ()
    )
    print_exported(output, told, as_json)
