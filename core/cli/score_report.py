"""How `icdrl score` and `icdrl evaluate` show a report, to people and to programs."""

import math
from collections.abc import Mapping, Sequence

from rich.markup import escape

from core.cli.terminal import console, print_json, print_note
from core.counts import counted
from core.metrics import METRICS
from core.metrics.report import Report
from core.metrics.score import Part


def show_report(
    found: Report,
    codes: Sequence[str],
    factors: Sequence[str],
    as_json: bool,
    origin: Mapping[str, object],
) -> None:
    """Print a report; codes and factors: their names, origin: what was scored."""
    for sentence in dict.fromkeys(found.refused.values()):
        names = [name for name, reason in found.refused.items() if reason == sentence]
        print_note(f"no {', '.join(names)}: {sentence}")
    if as_json:
        print_json(dict(origin) | _as_builtins(found, codes, factors))
        return
    console().print(
        f"{counted(found.rows, 'row')}, {counted(len(codes), 'code')}, "
        f"{counted(len(factors), 'factor')}"
    )
    _print_scores(found)
    if found.mutual_information is not None:
        _print_information(found, codes, factors)


def _print_scores(found: Report) -> None:
    from rich.table import Table

    table = Table("score", "value", "range", "better", box=None)
    for name, score in found.scores.items():
        ends = f"{_short(score.lowest)} to {_short(score.highest)}"
        table.add_row(METRICS[name].title, f"{score.value:.4f}", ends, score.direction)
        for part in METRICS[name].parts:
            table.add_row(f"  {part}", f"{score.parts[part]:.4f}", ends, score.direction)
    console().print(table)


def _print_information(found: Report, codes: Sequence[str], factors: Sequence[str]) -> None:
    from rich.table import Table

    console().print(
        f"\nMutual information in bits, by {counted(found.rows, 'row')}; and the factor that a "
        f"code follows most, by {counted(found.matched_rows, 'row')}:"
    )
    table = Table("code", *map(escape, factors), "follows", box=None)
    assert found.mutual_information is not None
    rows = zip(codes, found.mutual_information, found.dominant_factors, strict=True)
    for code, bits, dominant in rows:
        about = (
            f"{factors[dominant.factor]} ({dominant.exclusiveness:.0%} exclusively)"
            if dominant
            else "no factor"
        )
        table.add_row(escape(code), *(f"{value:.3f}" for value in bits), escape(about))
    console().print(table)


def _as_builtins(found: Report, codes: Sequence[str], factors: Sequence[str]) -> dict[str, object]:
    scores = {
        name: {
            "value": score.value,
            "lowest": score.lowest,
            "highest": score.highest,
            "direction": score.direction,
            "parts": {part: _listed(value) for part, value in score.parts.items()},
        }
        for name, score in found.scores.items()
    }
    follows = [
        None
        if dominant is None
        else {
            "factor": factors[dominant.factor],
            "strength": dominant.strength,
            "exclusiveness": dominant.exclusiveness,
        }
        for dominant in found.dominant_factors
    ]
    information = found.mutual_information
    return {
        "rows": found.rows,
        "codes": list(codes),
        "factors": list(factors),
        "scores": scores,
        "refused": found.refused,
        "correlation": found.correlation.tolist(),
        "mutual_information": None if information is None else information.tolist(),
        "follows": follows,
        "matched_rows": found.matched_rows,
    }


def _listed(value: Part) -> object:
    return float(value) if isinstance(value, float) else value.tolist()


def _short(end: float) -> str:
    return "∞" if math.isinf(end) else f"{end:g}"
