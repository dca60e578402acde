"""`icdrl score`: how good anyone's codes are."""

from pathlib import Path
from typing import Annotated

import typer

from core.cli.score_report import show_report
from core.cli.terminal import JsonOption
from core.metrics import METRICS
from core.metrics.discrete_information import BINS, Binning
from core.metrics.report import report
from core.metrics.table_files import Table, read_table


def score(
    codes: Annotated[
        Path,
        typer.Option(metavar="FILE", help="Codes, a row per image: .npy, .npz or .csv."),
    ],
    factors: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Factors of the same images, likewise; if known."),
    ] = None,
    metrics: Annotated[
        str | None,
        typer.Option(metavar="NAME,NAME,...", help=f"Only these, of {', '.join(METRICS)}."),
    ] = None,
    bins: Annotated[
        int,
        typer.Option(metavar="N", min=2, max=1000, help="Bins, for the metrics that count."),
    ] = BINS,
    discrete_factors: Annotated[
        bool,
        typer.Option("--discrete-factors", help="Count every value of a factor, not its bin."),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Score codes about the factors that the images were made from."""
    representation = read_table(codes, "codes")
    truth = read_table(factors, "factors") if factors else None
    names = [name.strip() for name in metrics.split(",")] if metrics is not None else None
    binning = Binning(bins, discrete_factors)
    known = truth.values if truth else None
    found = report(known, representation.values, names, binning=binning)
    code_names = _names(representation, "c")
    factor_names = _names(truth, "factor_") if truth else ()
    show_report(found, code_names, factor_names, as_json, {})


def _names(table: Table, prefix: str) -> tuple[str, ...]:
    count = table.values.reshape(len(table.values), -1).shape[1]
    numbered = tuple(f"{prefix}{i + 1}" for i in range(count))
    return table.names if len(table.names) == count else numbered
