"""`icdrl score`: how good anyone's codes are."""

from pathlib import Path
from typing import Annotated

import typer

from core.cli.score_report import show_report
from core.cli.terminal import JsonOption
from core.metrics.inputs import checked_codes
from core.metrics.report import report
from core.metrics.table_files import read_table


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
        typer.Option(metavar="NAME,NAME,...", help="Only these, also those computed on demand."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Score codes about the factors that the images were made from."""
    representation = read_table(codes, "codes")
    truth = read_table(factors, "factors") if factors else None
    names = [name.strip() for name in metrics.split(",")] if metrics is not None else None
    found = report(truth.values if truth else None, representation.values, names)
    code_names = _names(representation.names, checked_codes(representation.values).shape[1], "c")
    factor_names: tuple[str, ...] = ()
    if truth and found.mutual_information is not None:
        factor_names = _names(truth.names, found.mutual_information.shape[1], "factor_")
    show_report(found, code_names, factor_names, as_json, {})


def _names(given: tuple[str, ...], count: int, prefix: str) -> tuple[str, ...]:
    numbered = tuple(f"{prefix}{i + 1}" for i in range(count))
    return given if len(given) == count else numbered
