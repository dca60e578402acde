import csv
import json
import math
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest

from core.analysis import Summary
from core.runs import RunFolder
from core.studies.errors import StudyError
from core.studies.folder import StudyFolder
from core.studies.outcome import write_outcome
from core.studies.results import Results, as_lines
from core.studies.status import cell_states, counted_states
from core.studies.table_files import table_csv, table_latex

BOTH = {"on": {0: 0.5, 1: 0.7}, "off": {0: 0.1, 1: 0.2}}


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(text)))


def test_that_a_line_is_the_spread_of_an_arms_full_scores_at_the_last_step(
    scored: Callable[..., StudyFolder],
) -> None:
    on, off = Results(scored(BOTH)).table
    assert (on.arm, on.n, on.against, on.pairs) == ("on", 2, "off", 2)
    assert on.scores["mig"].mean == pytest.approx(0.6)
    assert on.difference["mig"].mean == pytest.approx(0.45)
    assert (off.arm, off.n, off.against, off.difference) == ("off", 2, "", {})


def test_that_only_runs_that_were_evaluated_at_their_last_step_are_counted(
    scored: Callable[..., StudyFolder],
) -> None:
    folder = scored({"on": {0: 0.5, 1: 0.75}, "off": {1: 0.25}})
    early = folder.run(folder.cells[1])
    run = RunFolder.create(early.path, folder.cells[1].config)
    run.record_row(run.scores, {"step": 2, "images": 40, "protocol": "full", "mig": "0.9"})
    results = Results(folder)
    on, off = results.table
    assert (on.n, off.n, results.lacking) == (2, 1, 1)
    assert off.scores["mig"] == Summary(1, 0.25)
    assert (on.pairs, on.difference["mig"]) == (1, Summary(1, 0.5))


def test_that_programs_read_the_table_as_it_is_promised(
    scored: Callable[..., StudyFolder],
) -> None:
    told = json.loads(json.dumps(as_lines(Results(scored(BOTH)).table)))
    on, off = told
    assert on["arm"] == "on"
    assert on["n"] == 2
    assert on["scores"]["mig"].keys() >= {"mean", "sd", "low", "high"}
    assert on["difference"]["against"] == "off"
    assert on["difference"]["scores"]["mig"]["mean"] == pytest.approx(0.45)
    assert "difference" not in off


def test_that_a_study_says_which_scores_its_table_has(scored: Callable[..., StudyFolder]) -> None:
    scores = {"on": {0: {"mig": 0.5, "sap": 0.25, "total_correlation": 1.5}}}
    assert Results(scored(scores)).names == ("mig", "sap", "total_correlation")


def test_that_the_order_is_that_of_the_study(scored: Callable[..., StudyFolder]) -> None:
    found = {"on": {0: {"mig": 0.5, "sap": 0.25}}}
    results = Results(scored(found, scores=["sap", "mig", "dci"]))
    assert results.names == ("sap", "mig", "dci")
    assert results.live_names == ("sap", "mig")
    assert "dci" not in results.table[0].scores


def test_that_the_csv_has_a_row_an_arm_a_difference_and_what_was_published(
    scored: Callable[..., StudyFolder],
) -> None:
    arms = [
        {"name": "on", "against": "off", "published": {"mig": 0.35}},
        {"name": "off", "settings": {"method.independence.enabled": False}},
    ]
    results = Results(scored(BOTH, arms=arms))
    rows = rows_of(table_csv(results.table, results.names))
    assert [(row["kind"], row["arm"], row["against"], row["n"]) for row in rows] == [
        ("arm", "on", "", "2"),
        ("arm", "off", "", "2"),
        ("difference", "on", "off", "2"),
        ("published", "on", "", ""),
    ]
    assert float(rows[0]["mig"]) == results.table[0].scores["mig"].mean
    assert float(rows[0]["mig.low"]) == results.table[0].scores["mig"].low
    assert float(rows[3]["mig"]) == 0.35
    assert rows[3]["mig.sd"] == ""


def test_that_the_latex_has_means_intervals_and_differences(
    scored: Callable[..., StudyFolder],
) -> None:
    arms = [
        {"name": "on_1", "against": "off", "published": {"mig": 0.35}},
        {"name": "off", "settings": {"method.independence.enabled": False}},
    ]
    folder = scored({"on_1": BOTH["on"], "off": BOTH["off"]}, arms=arms, published_in="A & B")
    results = Results(folder)
    text = table_latex(results.table, results.names, folder.study, results.lacking)
    lines = text.splitlines()
    assert r"on\_1 & 2 & 0.600 $\pm$ 0.141 \\" in lines
    assert r" &  & {\scriptsize [0.500, 0.700]} \\" in lines
    assert r"~~A \& B &  & 0.35 \\" in lines
    assert r"on\_1 $-$ off & 2 & +0.450 $\pm$ 0.071 \\" in lines
    columns = text.count("&", text.index(r"\toprule"), text.index(r"\midrule"))
    assert f"{{l{'r' * columns}}}" in text


def test_that_infinite_and_missing_scores_are_written_as_such(
    scored: Callable[..., StudyFolder],
) -> None:
    copies = {0: {"total_correlation": math.inf, "mig": 0.1}, 1: {"total_correlation": 1.0}}
    results = Results(scored({"on": copies, "off": {0: {"total_correlation": 2.0}}}))
    on, _ = results.table
    assert on.scores["total_correlation"] == Summary(2, math.inf)
    assert on.scores["mig"] == Summary(1, 0.1)
    assert on.difference == {}
    row = rows_of(table_csv(results.table, results.names))[0]
    assert (row["total_correlation"], row["total_correlation.sd"]) == ("inf", "")
    latex = table_latex(results.table, results.names, results.folder.study, 0)
    assert r"$\infty$" in latex


def test_that_cells_are_a_row_a_cell_and_evaluated_step(
    scored: Callable[..., StudyFolder],
) -> None:
    rows = rows_of(Results(scored(BOTH)).cells_csv())
    assert len(rows) == 4 * 3
    assert rows[0] == {
        "arm": "on",
        "seed": "0",
        "run": "on-seed-0",
        "step": "2",
        "images": "40",
        "protocol": "live",
        "mig": "0.5",
    }


def test_that_everything_that_comes_out_is_written_and_can_be_read(
    scored: Callable[..., StudyFolder],
) -> None:
    folder = scored(BOTH)
    write_outcome(folder)
    written = {path.name for path in folder.path.iterdir() if path.is_file()}
    figures = {
        f"{name}.{suffix}" for name in ("scores", "curves") for suffix in ("svg", "pdf", "png")
    }
    assert written == {"study.json", "cells.csv", "table.csv", "table.tex", "lock"} | figures
    before = (folder.path / "table.csv").read_bytes()
    write_outcome(folder)
    assert (folder.path / "table.csv").read_bytes() == before


def test_that_a_study_without_scores_has_an_empty_table(
    scored: Callable[..., StudyFolder],
) -> None:
    folder = scored({})
    results = write_outcome(folder)
    assert [line.n for line in results.table] == [0, 0]
    assert not (folder.path / "scores.svg").exists()
    assert rows_of((folder.path / "cells.csv").read_text()) == []


def test_that_scores_that_cannot_be_read_are_told(scored: Callable[..., StudyFolder]) -> None:
    folder = scored(BOTH)
    scores = folder.run(folder.cells[0]).scores
    scores.unlink()
    scores.mkdir()
    with pytest.raises(StudyError, match=r"Cannot read .*scores\.csv: It is a folder"):
        assert Results(folder).table


def test_that_every_cell_says_how_it_stands(scored: Callable[..., StudyFolder]) -> None:
    folder = scored({"on": {0: 0.5}})
    failed = RunFolder.create(folder.run(folder.cells[1]).path, folder.cells[1].config)
    failed.record_event(3, "failed", "It stopped being finite.")
    cells = cell_states(folder)
    assert [(cell.run, cell.state) for cell in cells] == [
        ("on-seed-0", "finished"),
        ("off-seed-0", "failed"),
        ("on-seed-1", "missing"),
        ("off-seed-1", "missing"),
    ]
    assert cells[1].sentence == "It stopped being finite."
    assert counted_states(cells) == "2 missing, 1 finished, 1 failed"


def test_that_a_cell_that_cannot_be_read_hides_no_other(
    scored: Callable[..., StudyFolder], tmp_path: Path
) -> None:
    folder = scored(BOTH)
    (folder.run(folder.cells[0]).path / "events.log").unlink()
    (folder.run(folder.cells[0]).path / "events.log").mkdir()
    cells = cell_states(folder)
    assert "It is a folder, not a file" in cells[0].sentence
    assert [cell.state for cell in cells[1:]] == ["finished"] * 3
