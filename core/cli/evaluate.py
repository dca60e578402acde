"""`icdrl evaluate`: all scores of a run, from the codes of real images."""

from pathlib import Path
from typing import Annotated

import typer

from core.cli.runs import RunArgument
from core.cli.score_report import show_report
from core.cli.terminal import JsonOption, print_note
from core.metrics.table_files import require_npz, save_tables
from core.preferences import load_preferences
from core.runs import find_run


def evaluate(
    run: RunArgument,
    step: Annotated[
        int | None, typer.Option(metavar="STEP", help="A snapshot's step; the newest if none.")
    ] = None,
    samples: Annotated[
        int | None,
        typer.Option(metavar="N", min=2, help="Images to encode: 20,000 if not told, or all."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FILE", help="Keep codes and factors in this .npz file too."
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Score a run's codes of real images, into its scores.csv."""
    folder = find_run(load_preferences().run_root, run)
    folder.snapshot_at(step)  # There must be one before torch is imported.
    if output:
        require_npz(output)

    from core.evaluation import FULL_EVALUATION_IMAGES
    from core.exploring.explorer import explorer_at

    explorer = explorer_at(folder, step, print_note)
    dataset = explorer.dataset
    evaluation = explorer.evaluation(samples or FULL_EVALUATION_IMAGES)
    evaluation.complete()
    names = tuple(code.name for code in explorer.method.spec.codes)
    if output:
        save_tables(output, evaluation.codes, names, evaluation.factors, dataset.factor_names)
    # Last: a command that failed may be given again, and leaves no row twice.
    explorer.record(evaluation.event)
    if evaluation.factors is None:
        lack = "no factors" if dataset.factors is None else "no factor that varies"
        print_note(f"{dataset.name} has {lack}: only what needs none is scored.")
    show_report(
        evaluation.report,
        names,
        evaluation.event.factor_names,
        as_json,
        {"run": folder.path.absolute(), "step": explorer.step},
    )
