"""`icdrl study`: many runs, one table."""

from contextlib import AbstractContextManager
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from core.cli.options import SettingsOption, settings_of
from core.cli.study_run import follow_study
from core.cli.study_table import print_table
from core.cli.terminal import JsonOption, console, print_json
from core.config import ConfigError
from core.counts import counted
from core.preferences import load_preferences
from core.studies.folder import StudyFolder, holds_study
from core.studies.results import Results, as_lines
from core.studies.running import Slots, StudyRun
from core.studies.shipped import find_study, list_studies
from core.studies.varied import parse_seeds

app = typer.Typer(no_args_is_help=True)


class What(StrEnum):
    """What `icdrl study plot` draws."""

    SCORES = "scores"
    CURVES = "curves"


FolderArgument = Annotated[Path, typer.Argument(metavar="DIR", help="A study's folder.")]


@app.command("list")
def list_(as_json: JsonOption = False) -> None:
    """List the studies that ship."""
    from rich.table import Table

    studies = list_studies()
    if as_json:
        told = [
            {
                "name": study.name,
                "summary": study.summary,
                "arms": [arm.name for arm in study.arms],
                "seeds": list(study.seeds),
            }
            for study in studies
        ]
        print_json(told)
        return
    table = Table("study", "runs", "what it is for", box=None)
    for study in studies:
        table.add_row(study.name, f"{study.cells}", study.summary)
    console().print(table)


@app.command()
def run(
    study: Annotated[
        str,
        typer.Argument(metavar="STUDY", help="A study that ships, a study file, or its folder."),
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="DIR", help="The study's own folder; runs lie in it."
        ),
    ] = None,
    seeds: Annotated[
        str | None, typer.Option(metavar="0,1,2", help="Other seeds; 0-4 means 0 to 4.")
    ] = None,
    steps: Annotated[
        int | None, typer.Option(metavar="N", help="Another number of steps, of every run.")
    ] = None,
    settings: SettingsOption = None,
    jobs: Annotated[
        int | None,
        typer.Option(
            metavar="N", help="Runs at once; as many as memory and cores carry if not given."
        ),
    ] = None,
    scheduler: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="Of a Dask cluster that trains instead of this machine, such as tcp://host:8786.",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> int:
    """Train what a study lacks, then write its tables and figures.

    Called again, it resumes what was interrupted, and touches nothing that is finished.
    """
    if jobs is not None and scheduler is not None:
        raise ConfigError("--jobs is for this machine; with --scheduler its workers decide.")
    chosen = None if seeds is None else parse_seeds(seeds)
    found = find_study(study).given(chosen, steps, settings_of(settings))
    place = _place(study, output)
    with _slots(found.cells, jobs, scheduler) as slots, StudyFolder.started(place, found) as folder:
        return follow_study(StudyRun(folder, slots), as_json)


@app.command()
def status(folder: FolderArgument, as_json: JsonOption = False) -> None:
    """Show how far each run is."""
    from rich.table import Table

    from core.studies.status import cell_states, counted_states

    found = StudyFolder.open(folder)
    cells = cell_states(found)
    if as_json:
        print_json(
            {
                "study": found.study.name,
                "folder": found.path.absolute(),
                "running": found.is_locked(),
                "cells": [asdict(cell) for cell in cells],
            }
        )
        return
    out = console()
    table = Table("arm", "seed", "step", "state", "", box=None)
    for cell in cells:
        progress = f"{cell.step:,}/{cell.steps:,}"
        table.add_row(escape(cell.arm), str(cell.seed), progress, cell.state, escape(cell.sentence))
    out.print(table)
    out.print(f"{counted(len(cells), 'run')}: {counted_states(cells)}.", markup=False)


@app.command("table")
def table_(folder: FolderArgument, as_json: JsonOption = False) -> None:
    """Show means, spreads and intervals of the scores of each arm, and how arms differ."""
    found = StudyFolder.open(folder)
    results = Results(found)
    if as_json:
        print_json(as_lines(results.table))
    else:
        print_table(found.study, results)


@app.command()
def plot(
    folder: FolderArgument,
    output: Annotated[
        Path,
        typer.Option("--output", "-o", metavar="FILE", help="What to write: .svg, .pdf or .png."),
    ],
    what: Annotated[
        What, typer.Option(help="Final scores, a strip an arm; or scores while training.")
    ] = What.SCORES,
    as_json: JsonOption = False,
) -> None:
    """Draw the scores of each arm, with the mean over seeds and its interval."""
    from core.studies.figures import save_score_curves, save_strips

    results = Results(StudyFolder.open(folder))
    (save_strips if what is What.SCORES else save_score_curves)(output, results)
    if as_json:
        print_json({"file": output.absolute(), "what": what.value})
    else:
        console().print(f"Wrote {output}.", markup=False)


def _place(study: str, output: Path | None) -> Path:
    """Where the study's folder is."""
    if output is not None:
        return output
    if holds_study(Path(study)):
        return Path(study)
    raise ConfigError("A study needs a folder: give -o DIR.")


def _slots(cells: int, jobs: int | None, scheduler: str | None) -> AbstractContextManager[Slots]:
    if scheduler is not None:
        from core.studies.cluster import cluster_slots

        return cluster_slots(scheduler)
    from core.studies.local import local_slots

    return local_slots(cells, jobs, load_preferences())
