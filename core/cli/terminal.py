"""What the subcommands share: consoles, progress bars, JSON output, common options."""

import errno
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]
DeviceOption = Annotated[
    str | None,
    typer.Option(
        metavar="DEVICE", help="auto, cpu, mps, cuda or cuda:N; by default as in preferences."
    ),
]


class _Console(Console):
    """One that tells whoever prints that nobody reads: rich's own ends the program."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))


def console(*, stderr: bool = False) -> Console:
    """Where results go, or with `stderr` what is said about them.

    Long lines are folded by the terminal, not cut.
    """
    return _Console(stderr=stderr, soft_wrap=True, highlight=False)


def print_error(sentence: str) -> None:
    """One sentence to standard error: what went wrong."""
    with suppress(OSError):  # Nobody can be told then; the exit code tells.
        console(stderr=True).print(f"[bold red]error:[/] {escape(sentence)}")


def print_usage_error(error: typer.TyperException) -> None:
    """One sentence that leads to the command's help; the help itself where nothing was asked."""
    message = error.format_message()
    if "\n" in message:
        print(message, file=sys.stderr)
        return
    context = getattr(error, "ctx", None)
    hint = f" (see `{context.command_path} --help`)" if context else ""
    print_error(f"{message.rstrip('.')}{hint}.")


def print_note(sentence: str) -> None:
    """One sentence to standard error: something to know, though all goes on."""
    console(stderr=True).print(f"[bold yellow]note:[/] {escape(sentence)}")


def print_json(value: Any) -> None:
    """`value` as indented JSON; paths become text, numbers that JSON cannot say null."""
    finite = json.loads(json.dumps(value, default=str), parse_constant=lambda _: None)
    letters_fit = (sys.stdout.encoding or "").lower().startswith("utf")
    print(json.dumps(finite, indent=2, ensure_ascii=not letters_fit))


@contextmanager
def progress_bar(what: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on standard error, fed with (done, total); none where nobody watches."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeRemainingColumn(),
    )
    with Progress(
        *columns,
        console=Console(stderr=True),
        disable=not sys.stderr.isatty(),
        transient=True,
    ) as progress:
        task = progress.add_task(what, total=None)

        def show(done: int, total: int) -> None:
            if total:
                progress.update(task, completed=done, total=total)

        yield show
