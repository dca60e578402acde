"""`icdrl concepts`: the complex level of a run, functions of its codes."""

from collections.abc import Generator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from rich.markup import escape

from core.cli.runs import RunArgument
from core.cli.terminal import JsonOption, console, print_json, print_note
from core.config import ConfigError
from core.counts import counted, named_step
from core.latents.concepts import AnyConcept, ConceptScore, LearnedConcept
from core.preferences import load_preferences
from core.runs import RunFolder, find_run, step_of
from core.runs.concepts import change_concepts, load_concepts

if TYPE_CHECKING:
    from core.concepts.honesty import HonestyCheck
    from core.exploring.concepts import RunConcepts
    from core.exploring.explorer import Explorer

app = typer.Typer(no_args_is_help=True)

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="The concept's name.")]
StepOption = Annotated[
    int | None, typer.Option(metavar="STEP", help="A snapshot's step; the newest if not given.")
]

Result = TypeVar("Result")

# Shares below it are noise of a few images.
_LEAST_SHARE = 0.01


@app.command()
def fit(
    run: RunArgument,
    name: Annotated[str, typer.Option(metavar="NAME", help="What the concept is called.")],
    label: Annotated[
        str | None,
        typer.Option(
            metavar="LABEL",
            help="What it is learned from: a factor of the data, as scale, or whether that has a "
            "value, as shape=3; with --labels a column of the file.",
        ),
    ] = None,
    labels: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.csv",
            help="Own labels: a line per image, with its file's name in the data's folder, or its "
            "number from 0, and its label.",
        ),
    ] = None,
    expression: Annotated[
        str | None,
        typer.Option(
            metavar="EXPRESSION",
            help='Instead of labels, what it is: "c3 - c5", with + - * /, abs, min, max, sqrt, '
            "comparisons and brackets.",
        ),
    ] = None,
    step: StepOption = None,
    as_json: JsonOption = False,
) -> None:
    """Learn a concept from labels, or compose it; without either, make it anew."""
    folder = find_run(load_preferences().run_root, run)
    if expression is not None and (label or labels):
        raise ConfigError("A concept is learned from labels or composed: leave one out.")
    known = load_concepts(folder)
    made_anew = expression is None and not label and not labels
    if made_anew and name not in {*known.names, *known.labels}:
        raise ConfigError(
            f"There is no concept {name!r} yet: say what it is made from, with --label, --labels "
            "or --expression."
        )
    concepts = _concepts(folder, step)
    if label and not labels:
        _note_classes(concepts, label)
    concept = _done(concepts.make(name, label or "", labels, expression or ""))
    if as_json:
        print_json(_line(concept))
    else:
        console().print(_sentence(concept), markup=False)


@app.command("list")
def list_(run: RunArgument, as_json: JsonOption = False) -> None:
    """List the concepts of a run with their scores."""
    from rich.table import Table

    folder = find_run(load_preferences().run_root, run)
    concepts = load_concepts(folder).concepts
    newest = max(map(step_of, folder.snapshots()), default=0)
    for concept in concepts:
        if concept.step != newest:
            print_note(
                f"{concept.name} is of {named_step(concept.step)}, the newest snapshot of "
                f"{named_step(newest)}: it is made anew when it is used."
            )
    if as_json:
        print_json([_line(concept) for concept in concepts])
        return
    if not concepts:
        console().print(
            f"{folder.name} has no concepts yet. Make one with `icdrl concepts fit`.", markup=False
        )
        return
    table = Table("concept", "from", "held-out score", "guessing", "codes", box=None)
    for concept in concepts:
        table.add_row(*map(escape, _cells(concept)))
    console().print(table)


@app.command()
def show(
    run: RunArgument, name: NameArgument, step: StepOption = None, as_json: JsonOption = False
) -> None:
    """Show a concept, with a check whether images get what is asked of it, into scores.csv."""
    folder = find_run(load_preferences().run_root, run)
    load_concepts(folder).named(name)
    concepts = _concepts(folder, step)
    concept = _current(concepts, name)
    check = _done(concepts.check(concept))
    if as_json:
        print_json(_line(concept) | {"honesty": asdict(check.honesty)})
        return
    out = console()
    out.print(_sentence(concept), markup=False)
    out.print(f"Asks for values from {concept.low:.3g} to {concept.high:.3g}.", markup=False)
    out.print(_honesty_sentence(check), markup=False)


@app.command()
def delete(
    run: RunArgument,
    name: NameArgument,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: JsonOption = False,
) -> int:
    """Delete a concept of a run, and the labels that only it has."""
    folder = find_run(load_preferences().run_root, run)
    load_concepts(folder).named(name)
    agreed = yes or typer.confirm(f"Delete the concept {name} of {folder.name}?", err=True)
    if agreed:
        change_concepts(folder, lambda kept: kept.without(name))
    if as_json:
        print_json({"concept": name, "deleted": agreed})
    else:
        done = "Deleted" if agreed else "Kept"
        console().print(f"{done} the concept {name} of {folder.name}.", markup=False)
    return 0 if agreed else 1


def current_concept(explorer: "Explorer", name: str) -> AnyConcept:
    """The concept of the run called so, for the explorer's step; a note tells if it is new."""
    from core.exploring.concepts import RunConcepts

    return _current(RunConcepts(explorer), name)


def _current(concepts: "RunConcepts", name: str) -> AnyConcept:
    before = concepts.kept().named(name)
    concept = _done(concepts.current(name))
    if concept.step != before.step:
        print_note(
            f"{name} was of {named_step(before.step)} and is made anew for "
            f"{named_step(concept.step)}. {_sentence(concept)}"
        )
    return concept


def _concepts(folder: RunFolder, step: int | None) -> "RunConcepts":
    folder.snapshot_at(step)  # There must be one before torch is imported.

    from core.exploring.concepts import RunConcepts
    from core.exploring.explorer import explorer_at

    return RunConcepts(explorer_at(folder, step, print_note))


def _note_classes(concepts: "RunConcepts", label: str) -> None:
    from core.concepts.labels import factor_label, looks_like_classes

    factor = factor_label(label, concepts.dataset)
    if looks_like_classes(factor, concepts.dataset):
        print_note(
            f"{factor} is learned as a number. If its values are classes, ask for one of them, as "
            f"--label {factor}=VALUE."
        )


def _done(work: Generator[None, None, Result]) -> Result:
    while True:
        try:
            next(work)
        except StopIteration as done:
            result: Result = done.value
            return result


def _line(concept: AnyConcept) -> dict[str, Any]:
    """What `--json` tells of a concept."""
    learned = concept if isinstance(concept, LearnedConcept) else None
    return {
        "name": concept.name,
        "kind": concept.kind,
        "from": concept.made_from,
        "step": concept.step,
        "images": concept.images,
        "head": learned.head.kind if learned else None,
        "score": learned.score.value if learned else None,
        "score_name": learned.score.name if learned else None,
        "spread": learned.score.spread if learned else None,
        "guessing": learned.score.guessing if learned else None,
        "tells": learned.score.tells if learned else None,
        "codes": concept.shares,
        "low": concept.low,
        "high": concept.high,
        "honesty": asdict(concept.honesty) if concept.honesty else None,
    }


def _cells(concept: AnyConcept) -> list[str]:
    score, guessing = "", ""
    if isinstance(concept, LearnedConcept):
        score = _score(concept.score)
        guessing = f"{concept.score.guessing:.2f}"
    return [concept.name, concept.made_from, score, guessing, _codes(concept)]


def _sentence(concept: AnyConcept) -> str:
    beginning = f"{concept.name}, from {concept.made_from}: "
    if isinstance(concept, LearnedConcept):
        score = concept.score
        shape = "" if concept.head.kind == "linear" else ", by a small network"
        verdict = "" if score.tells else "; that is no better than guessing"
        beginning += (
            f"held-out {_score(score)} of {counted(concept.images, 'image')}{shape}, guessing has "
            f"{score.guessing:.2f}{verdict}; "
        )
    return f"{beginning}{_codes(concept)}."


def _score(score: ConceptScore) -> str:
    title = {"r2": "R²", "auc": "AUC"}[score.name]
    return f"{title} {score.value:.2f} ± {score.spread:.2f}"


def _codes(concept: AnyConcept) -> str:
    ordered = sorted(concept.shares.items(), key=lambda each: -each[1])
    return ", ".join(f"{code} {share:.0%}" for code, share in ordered if share >= _LEAST_SHARE)


def _honesty_sentence(check: "HonestyCheck") -> str:
    found = check.honesty
    others = "there are no other concepts"
    if found.leakage is not None:
        others = f"other concepts have {found.leakage:.0%} of the movement (leakage)"
    return (
        f"Asked against measured, in {found.images:,} images of 200 latents: rank correlation "
        f"{found.rank_correlation:.3f}; {others}; {found.out_of_reach:,} are out of reach."
    )
