"""The subcommands of `icdrl`, put together."""

from typing import Annotated

import typer

from core.cli import (
    benchmark,
    concepts,
    data,
    evaluate,
    export,
    presets,
    rank,
    runs,
    score,
    study,
    train,
    traverse,
)
from core.metrics.report import DEFAULT

app = typer.Typer(
    help="Train and explore disentangled latent spaces under an independence constraint.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.command("train")(train.train)
app.command("resume")(train.resume)
app.command("export")(export.export)
app.command("traverse")(traverse.traverse)
app.command("evaluate", epilog=f"Scores: {', '.join(DEFAULT)}.")(evaluate.evaluate)
app.command("score")(score.score)
app.command("rank")(rank.rank)
app.add_typer(
    concepts.app, name="concepts", help="Learn, compose, list, check and delete concepts of a run."
)
app.add_typer(runs.app, name="runs", help="List, show and delete runs.")
app.add_typer(data.app, name="data", help="List, prepare and inspect data sets.")
app.add_typer(presets.app, name="presets", help="List and show the shipped presets.")
app.add_typer(study.app, name="study", help="Train many runs, and compare them in one table.")
app.command("benchmark")(benchmark.benchmark)


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib import metadata

        print(f"icdrl {metadata.version('icdrl')}")
        raise typer.Exit


@app.callback()
def _icdrl(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_show_version, is_eager=True, help="Show the version and exit."
        ),
    ] = False,
) -> None:
    """Train and explore disentangled latent spaces under an independence constraint."""
