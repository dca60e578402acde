"""The `icdrl` command: its subcommands, and how errors reach a person.

Exit codes: 0 done, 1 error, 2 wrong usage.
"""

import sys

import click
import typer

from core.cli import benchmark, data, presets, runs, train, traverse
from core.cli.terminal import print_error
from core.config import ConfigError
from core.errors import IcdrlError

app = typer.Typer(
    help="Train and explore disentangled latent spaces under an independence constraint.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.command("train")(train.train)
app.command("resume")(train.resume)
app.command("traverse")(traverse.traverse)
app.add_typer(runs.app, name="runs", help="List, show and delete runs.")
app.add_typer(data.app, name="data", help="List, prepare and inspect data sets.")
app.add_typer(presets.app, name="presets", help="List and show the shipped presets.")
app.command("benchmark")(benchmark.benchmark)


def main() -> None:
    """Run the command line and exit."""
    try:
        result = app(standalone_mode=False)
        sys.exit(result if isinstance(result, int) else 0)
    except click.UsageError as error:
        hint = f" See `{error.ctx.command_path} --help`." if error.ctx else ""
        print_error(f"{error.format_message()}{hint}")
        sys.exit(2)
    except ConfigError as error:
        print_error(str(error))
        sys.exit(2)
    except IcdrlError as error:
        print_error(str(error))
        sys.exit(1)
    except (KeyboardInterrupt, click.Abort):
        print_error("Interrupted.")
        sys.exit(1)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)


if __name__ == "__main__":
    main()
