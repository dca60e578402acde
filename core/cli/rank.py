"""`icdrl rank`: which of several runs is best, as far as that can be told without labels."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from core.bounds import LARGEST_NUMBER, MOST_RUNS
from core.cli.terminal import JsonOption, console, print_json, print_note, progress_bar
from core.config import DataConfig
from core.preferences import load_preferences
from core.runs import RunError, RunFolder, find_run


def rank(
    runs: Annotated[
        list[str], typer.Argument(metavar="RUN RUN...", help="Folders of runs, or their names.")
    ],
    groups: Annotated[
        int,
        typer.Option(metavar="N", min=10, max=10_000, help="Groups by each run; the paper's: 500."),
    ] = 200,
    images: Annotated[
        int,
        typer.Option(metavar="N", min=2, max=1000, help="Images in a group; the paper's: 100."),
    ] = 50,
    seed: Annotated[
        int, typer.Option(metavar="SEED", min=0, max=LARGEST_NUMBER, help="Of all that is drawn.")
    ] = 0,
    as_json: JsonOption = False,
) -> None:
    """Rank runs by how well each reads the others' images.

    This is ModelCentrality (arXiv 1906.06034). Each run makes groups of images that share the
    value of one of its codes, and every other run tells which code that was. It needs no data and
    no factors; the run that agrees most with all others ranks first. Three runs at 64 pixels take
    about a minute on two cores.
    """
    folders = _folders(runs)
    for folder in folders:
        folder.snapshot_at(None)  # There must be one before torch is imported.

    from core.centrality import compare
    from core.exploring.explorer import explorer_at

    explorers = [explorer_at(folder, None, print_note) for folder in folders]
    _require_one_shape(folders, [explorer.data for explorer in explorers])
    methods = [explorer.method for explorer in explorers]
    with progress_bar("Reading each other's images") as progress:
        found = compare(methods, groups, images, seed, progress)
    if len(folders) == 2:
        print_note("two runs agree with each other equally: a third tells which is better.")
    scores = found.scores.tolist()
    if as_json:
        told = [
            {"run": folders[i].path.absolute(), "step": explorers[i].step, "score": scores[i]}
            for i in range(len(folders))
        ]
        print_json(
            {
                "runs": told,
                "order": found.order,
                "groups": groups,
                "images": images,
                "seed": seed,
                "told": found.told.tolist(),
                "agreement": found.agreement.tolist(),
            }
        )
        return

    from rich.table import Table

    table = Table("rank", "run", "step", "score ↑", box=None)
    for place, i in enumerate(found.order, 1):
        name = escape(folders[i].name)
        table.add_row(str(place), name, f"{explorers[i].step:,}", f"{scores[i]:.3f}")
    console().print(table)


def _folders(names: list[str]) -> list[RunFolder]:
    """Raises: RunError: too few or too many, one twice, or no run."""
    if len(names) < 2:
        raise RunError("One run has nothing to agree with: give at least two.")
    if len(names) > MOST_RUNS:
        raise RunError(f"{len(names):,} runs are too many to rank: give {MOST_RUNS:,} at most.")
    root = load_preferences().run_root
    folders = [find_run(root, name) for name in names]
    seen: set[Path] = set()
    for folder in folders:
        place = folder.path.resolve()
        if place in seen:
            raise RunError(f"{folder.path} is given twice: it would agree with itself.")
        seen.add(place)
    return folders


def _require_one_shape(folders: list[RunFolder], data: list[DataConfig]) -> None:
    first, shape = folders[0], _shape(data[0])
    for folder, each in zip(folders, data, strict=True):
        if _shape(each) != shape:
            raise RunError(
                f"{folder.path} makes images of {_shape(each)}, {first.path} of {shape}: runs are "
                "ranked by each other's images, which must be alike."
            )


def _shape(data: DataConfig) -> str:
    colours = "grey" if data.channels == 1 else "RGB"
    return f"{data.image_size} {colours} pixels"
