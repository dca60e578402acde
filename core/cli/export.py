"""`icdrl export`: pictures and tables of a run, each with its recipe inside."""

import json
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from core.bounds import LARGEST_NUMBER, MOST_COLUMNS, MOST_IMAGES
from core.cli.concepts import current_concept
from core.cli.curves import LogOption, OverOption, ScalarOption, SmoothingOption, save_curves
from core.cli.runs import RunArgument
from core.cli.terminal import JsonOption, console, print_json, print_note
from core.config import ConfigError
from core.counts import named_step
from core.preferences import load_preferences
from core.runs import RunFolder, find_run
from core.runs.concepts import load_concepts

if TYPE_CHECKING:
    from core.exploring.explorer import Explorer
    from core.exploring.traversal import Variable
    from core.export import AnyRecipe

Told: TypeAlias = "tuple[str, AnyRecipe]"
"""A file's title, and what it was made from."""


class What(StrEnum):
    """What of a run can be exported."""

    TRAVERSAL = "traversal"
    SAMPLES = "samples"
    RECONSTRUCTIONS = "reconstructions"
    CURVES = "curves"
    LOSSES = "losses"


CodeOption = Annotated[
    list[str] | None,
    typer.Option(metavar="CODE", help="Only this code, by name or number from 0; repeatable."),
]
AnchorOption = Annotated[
    str | None,
    typer.Option(
        metavar="ANCHOR",
        help="What all else stays at: random:SEED, data:INDEX or latent:NUMBER,NUMBER,...; "
        "random:0 if not given.",
    ),
]
RangeOption = Annotated[
    str | None,
    typer.Option(
        "--range",
        metavar="RANGE",
        help="prior, posterior quantiles, min-max, mean ± 2 sd, or fixed:LOW,HIGH; "
        "prior if not given.",
    ),
]
StepOption = Annotated[
    int | None, typer.Option(metavar="STEP", help="A snapshot's step; the newest if not given.")
]
ScaleOption = Annotated[
    int | None, typer.Option(metavar="N", min=1, max=16, help="Enlargement of an image.")
]

SAMPLES, RECONSTRUCTIONS = 64, 16
"""How many there are by default: an image is encoded in about half a second, drawn in no time."""

_OF_PICTURES = {"--seed", "--count", "--columns", "--step", "--scale"}
_OPTIONS = {
    What.TRAVERSAL: {"--code", "--anchor", "--range", "--columns", "--step", "--scale"},
    What.SAMPLES: _OF_PICTURES,
    What.RECONSTRUCTIONS: _OF_PICTURES,
    What.CURVES: {"--scalar", "--over", "--log-y", "--smoothing"},
    What.LOSSES: set[str](),
}


def export(
    run: RunArgument,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="File to write: .png, .svg, .pdf or, not of curves, .webp; of a traversal also "
            ".gif, of losses .csv; WHAT.png or losses.csv if not given.",
        ),
    ] = None,
    what: Annotated[What, typer.Option(help="What to export.")] = What.TRAVERSAL,
    code: CodeOption = None,
    anchor: AnchorOption = None,
    range_rule: RangeOption = None,
    columns: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            min=2,
            max=MOST_COLUMNS,
            help="Values of a code, 11 if not given; or images in a row, as many as rows.",
        ),
    ] = None,
    step: StepOption = None,
    scale: ScaleOption = None,
    seed: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            min=0,
            max=LARGEST_NUMBER,
            help="What the images are drawn with; 0 if not given.",
        ),
    ] = None,
    count: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            min=1,
            max=MOST_IMAGES,
            help="Images; 64 samples or 16 reconstructions if not given.",
        ),
    ] = None,
    scalar: ScalarOption = None,
    over: OverOption = None,
    log_y: LogOption = None,
    smoothing: SmoothingOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write pictures, curves or losses of a run to a file."""
    _refuse_misplaced(
        what,
        {
            "--code": code,
            "--anchor": anchor,
            "--range": range_rule,
            "--columns": columns,
            "--step": step,
            "--scale": scale,
            "--seed": seed,
            "--count": count,
            "--scalar": scalar,
            "--over": over,
            "--log-y": log_y,
            "--smoothing": smoothing,
        },
    )
    folder = find_run(load_preferences().run_root, run)
    path = output or Path("losses.csv" if what is What.LOSSES else f"{what}.png")
    match what:
        case What.LOSSES:
            told = _save_losses(path, folder)
        case What.CURVES:
            told = save_curves(path, folder, scalar, over, bool(log_y), smoothing)
        case What.TRAVERSAL:
            told = save_traversal(path, folder, code, anchor, range_rule, columns, step, scale)
        case _:
            told = _save_images(path, folder, what, seed or 0, count, columns, step, scale)
    print_exported(path, told, as_json)


def save_traversal(
    path: Path,
    folder: RunFolder,
    code: list[str] | None,
    anchor: str | None,
    range_rule: str | None,
    columns: int | None,
    step: int | None,
    scale: int | None,
    concepts: Sequence[str] = (),
) -> Told:
    """Write a traversal to `path`; what is None is as the options' help says."""
    from core.export import TRAVERSAL_SUFFIXES, check_suffix, save_picture

    # Better before the work than after it.
    check_suffix(path, TRAVERSAL_SUFFIXES)
    for name in concepts:
        load_concepts(folder).named(name)
    explorer = _explorer(folder, step)
    variables: tuple[Variable, ...] = explorer.codes(code) if code else ()
    variables += tuple(current_concept(explorer, name) for name in concepts)
    explorer.name_codes()
    grid, recipe = explorer.traversal(
        anchor or "random:0", range_rule or "prior", columns or 11, variables or None
    )
    save_picture(path, grid, recipe, scale)
    return grid.title, recipe


def print_exported(path: Path, told: Told, as_json: bool) -> None:
    """Say what was written to `path`."""
    title, recipe = told
    if as_json:
        print_json({"file": str(path), "recipe": json.loads(recipe.to_json())})
    else:
        console().print(f"{path}: {title}", markup=False)


def _save_images(
    path: Path,
    folder: RunFolder,
    what: What,
    seed: int,
    count: int | None,
    columns: int | None,
    step: int | None,
    scale: int | None,
) -> Told:
    from core.export import (
        STILL_SUFFIXES,
        check_suffix,
        reconstructions_grid,
        samples_grid,
        save_picture,
    )

    check_suffix(path, STILL_SUFFIXES)
    explorer = _explorer(folder, step)
    if what is What.SAMPLES:
        images, recipe = explorer.samples(seed, count or SAMPLES)
        grid = samples_grid(images, recipe, columns, folder.name)
    else:
        originals, reconstructions, recipe = explorer.reconstructions(
            seed, count or RECONSTRUCTIONS
        )
        grid = reconstructions_grid(originals, reconstructions, recipe, columns, folder.name)
    save_picture(path, grid, recipe, scale)
    return grid.title, recipe


def _save_losses(path: Path, folder: RunFolder) -> Told:
    from core.export import losses_of_run, save_losses_csv

    rows, recipe = losses_of_run(folder.path.resolve().name, folder.rows(folder.losses))
    save_losses_csv(path, rows, recipe)
    return f"{folder.name} · losses up to {named_step(recipe.steps[0])}", recipe


def _explorer(folder: RunFolder, step: int | None) -> "Explorer":
    folder.snapshot_at(step)  # There must be one before torch is imported.

    from core.exploring.explorer import explorer_at

    return explorer_at(folder, step, print_note)


def _refuse_misplaced(what: What, options: dict[str, object]) -> None:
    for name, value in options.items():
        if value is not None and name not in _OPTIONS[what]:
            raise ConfigError(f"{name} means nothing to {what}: leave it out.")
