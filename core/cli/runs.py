"""`icdrl runs`: what was trained so far."""

from dataclasses import asdict
from typing import Annotated

import typer
from rich.markup import escape

from core.cli.terminal import JsonOption, console, print_json, print_note
from core.config import flat
from core.counts import named_step
from core.preferences import load_preferences
from core.runs import RunSummary, find_run, list_runs, summarise

app = typer.Typer(no_args_is_help=True)

RunArgument = Annotated[str, typer.Argument(metavar="RUN", help="A run's folder, or its name.")]


@app.command("list")
def list_(as_json: JsonOption = False) -> None:
    """List the runs, newest first."""
    from rich.table import Table

    root = load_preferences().run_root
    summaries, broken = list_runs(root)
    for sentence in broken:
        print_note(f"left out: {sentence}")
    if as_json:
        print_json([asdict(summary) for summary in summaries])
        return
    if not summaries:
        console().print(f"No runs in {root} yet. Start one with `icdrl train`.", markup=False)
        return
    table = Table("run", "preset", "constraint", "seed", "step", "state", "TC", box=None)
    for summary in summaries:
        table.add_row(*map(escape, _cells(summary)))
    console().print(table)


@app.command()
def show(run: RunArgument, as_json: JsonOption = False) -> None:
    """Show a run's config, state and history."""
    folder = find_run(load_preferences().run_root, run)
    summary, config, history = summarise(folder), flat(folder.current_config()), folder.history()
    if as_json:
        events = [dict(zip(("step", "kind", "sentence"), event, strict=True)) for event in history]
        values = asdict(summary) | {"config": config, "history": events, "labels": folder.labels()}
        print_json(values)
        return
    out = console()
    out.print(
        f"[bold]{escape(summary.name)}[/] {summary.state}, "
        f"{named_step(summary.step)}/{summary.steps:,}"
    )
    out.print(str(summary.path), markup=False)
    for path, value in config.items():
        out.print(f"  {path} = {value}", markup=False)
    for step, kind, sentence in history:
        out.print(f"{step:>9,}  {kind:9}  {sentence}", markup=False)


@app.command()
def delete(
    run: RunArgument,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: JsonOption = False,
) -> int:
    """Move a run to the trash."""
    folder = find_run(load_preferences().run_root, run)
    folder.require_deletable()
    agreed = yes or typer.confirm(f"Move {folder.path} to the trash?", err=True)
    if agreed:
        folder.move_to_trash()
    if as_json:
        print_json({"run": str(folder.path.absolute()), "deleted": agreed})
    elif agreed:
        console().print(f"Moved {folder.path} to the trash.", markup=False)
    else:
        console().print(f"Left {folder.path} where it is.", markup=False)
    return 0 if agreed else 1


def _cells(summary: RunSummary) -> list[str]:
    tc = "" if summary.total_correlation is None else f"{summary.total_correlation:.3f}"
    return [
        summary.name,
        summary.preset or summary.method,
        summary.constraint,
        str(summary.seed),
        f"{summary.step:,}/{summary.steps:,}",
        summary.state,
        tc,
    ]
