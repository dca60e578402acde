"""What the subcommands share: consoles, progress bars, JSON output, common options."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from rich.console import Console

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]
DeviceOption = Annotated[
    str | None, typer.Option(help="auto, cpu, mps, cuda or cuda:N; by default as in preferences.")
]


def console() -> Console:
    """Where results go. Long lines are folded by the terminal, not cut."""
    return Console(soft_wrap=True, highlight=False)


def print_error(sentence: str) -> None:
    """One sentence to standard error."""
    Console(stderr=True, soft_wrap=True, highlight=False).print(
        f"[bold red]error:[/] {_escaped(sentence)}"
    )


def print_json(value: Any) -> None:
    """`value` as indented JSON; paths become text."""
    print(json.dumps(value, indent=2, ensure_ascii=False, default=str))


@contextmanager
def progress_bar(what: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on standard error, fed with (done, total); none where nobody watches."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn(what), BarColumn(), TextColumn("{task.percentage:>3.0f} %"))
    with Progress(
        *columns,
        TimeRemainingColumn(),
        console=Console(stderr=True),
        disable=not sys.stderr.isatty(),
        transient=True,
    ) as progress:
        task = progress.add_task(what, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


def _escaped(text: str) -> str:
    from rich.markup import escape

    return escape(text)
