"""How `icdrl study` prints the table of a study to a terminal."""

from collections.abc import Mapping, Sequence

from rich.markup import escape

from core.analysis import Summary
from core.cli.terminal import console
from core.studies.results import Results
from core.studies.study import Study
from core.studies.table_files import (
    difference_title,
    how_it_was_made,
    interval_of,
    spread_of,
    title_of,
)

_COLUMN = 18
_LEAST_COLUMNS = 2


def print_table(study: Study, results: Results) -> None:
    """Print arms times scores, then the differences, in as many columns as fit side by side."""
    out = console()
    if not results.names:
        out.print(f"No run of {study.name} was evaluated at its last step yet.", markup=False)
        return
    titles = [difference_title(line) for line in results.table if line.against]
    longest = max(len(title) for title in [*titles, *(line.arm for line in results.table)])
    columns = max(_LEAST_COLUMNS, (out.width - longest - 6) // _COLUMN)
    for start in range(0, len(results.names), columns):
        _print_block(study, results, results.names[start : start + columns])
    out.print(f"{how_it_was_made(study, results.lacking)}.".capitalize(), markup=False)


def _print_block(study: Study, results: Results, names: Sequence[str]) -> None:
    from rich.table import Table

    table = Table("arm", "n", *map(title_of, names), box=None)
    for line in results.table:
        table.add_row(escape(line.arm), str(line.n), *_cells(line.scores, names))
        if line.published:
            values = [line.published.get(name) for name in names]
            shown = ["–" if value is None else f"{value:g}" for value in values]
            table.add_row(escape(f"  {study.published_in or 'published'}"), "", *shown)
    for line in results.table:
        if line.against:
            title = escape(difference_title(line))
            table.add_row(title, str(line.pairs), *_cells(line.difference, names, "+"))
    console().print(table)


def _cells(scores: Mapping[str, Summary], names: Sequence[str], sign: str = "") -> list[str]:
    cells = [(spread_of(scores.get(n), sign), interval_of(scores.get(n), sign)) for n in names]
    return [escape("\n".join(filter(None, cell))) for cell in cells]
