"""The `icdrl` command: its subcommands, and how errors reach a person.

Exit codes: 0 done, 1 error, 2 wrong usage.
"""

import multiprocessing
import os
import sys

import typer

from core.cli import benchmark, data, evaluate, export, presets, runs, score, train, traverse
from core.cli.terminal import print_error
from core.config import ConfigError
from core.errors import IcdrlError
from core.metrics.report import DEFAULT

# What typer makes of a KeyboardInterrupt inside a command.
_INTERRUPTED = 130

app = typer.Typer(
    help="Train and explore disentangled latent spaces under an independence constraint.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.command("train")(train.train)
app.command("resume")(train.resume)
app.command("export")(export.export)
app.command("traverse")(traverse.traverse)
app.command("evaluate", epilog=f"Scores: {', '.join(DEFAULT)}.")(evaluate.evaluate)
app.command("score")(score.score)
app.add_typer(runs.app, name="runs", help="List, show and delete runs.")
app.add_typer(data.app, name="data", help="List, prepare and inspect data sets.")
app.add_typer(presets.app, name="presets", help="List and show the shipped presets.")
app.command("benchmark")(benchmark.benchmark)


def main() -> None:
    """Run the command line, or, in a bundle, the child process that was asked for, and exit."""
    multiprocessing.freeze_support()
    try:
        result = app(prog_name="icdrl", standalone_mode=False)
        sys.stdout.flush()
        if result == _INTERRUPTED:
            raise KeyboardInterrupt
        sys.exit(result if isinstance(result, int) else 0)
    except typer.TyperException as error:
        _print_usage_error(error)
        sys.exit(error.exit_code)
    except ConfigError as error:
        print_error(str(error))
        sys.exit(2)
    except IcdrlError as error:
        print_error(str(error))
        sys.exit(1)
    except (KeyboardInterrupt, typer.Abort):
        print_error("Interrupted.")
        sys.exit(1)
    except BrokenPipeError:
        # Whoever read our output has enough; Python would complain when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)


def _print_usage_error(error: typer.TyperException) -> None:
    """One sentence that leads to the command's help; the help itself where nothing was asked."""
    message = error.format_message()
    if "\n" in message:
        print(message, file=sys.stderr)
        return
    context = getattr(error, "ctx", None)
    hint = f" (see `{context.command_path} --help`)" if context else ""
    print_error(f"{message.rstrip('.')}{hint}.")


if __name__ == "__main__":
    main()
