import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from core.config import RunConfig, changed
from core.data.catalogue import load_dataset
from core.runs import RunFolder
from core.training.loop import Training

SETTINGS = {
    "data.image_size": 32,
    "batch_size": 4,
    "precision": "float32",
    "evaluate_every": 1,
    "picture_every": 1,
    "steps": 2,
}


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    """A run of two steps on 60 images whose two factors are known."""
    generator = np.random.default_rng(0)
    np.savez(
        tmp_path / "images.npz",
        images=generator.random((60, 28, 28)) < 0.3,
        factors=generator.integers(3, size=(60, 2)),
        factor_names=["shape", "size"],
    )
    config = changed(RunConfig(), SETTINGS | {"data.source": str(tmp_path / "images.npz")})
    run = RunFolder.create(tmp_path / "run", config)
    training = Training(run, load_dataset(config.data), torch.device("cpu"))
    for _ in training.events():
        pass
    training.close()
    return run


def test_that_all_scores_join_the_rows_of_the_training(
    icdrl: Callable[..., Any], run: RunFolder
) -> None:
    told = json.loads(icdrl("evaluate", run.path, "--json").out)
    assert (told["run"], told["step"], told["rows"]) == (str(run.path), 2, 60)
    assert told["factors"] == ["shape", "size"]
    rows = run.rows(run.scores)
    assert [(row["step"], row["protocol"]) for row in rows] == [
        ("1", "live"),
        ("2", "live"),
        ("2", "full"),
        ("2", "full"),
    ]
    # The training ended with the same evaluation.
    assert rows[2] == rows[3]
    assert (rows[1]["z_diff"], rows[1]["mig"] != "") == ("", True)
    for name, score in told["scores"].items():
        assert float(rows[2][name]) == pytest.approx(score["value"], abs=1e-6)
    assert float(rows[2]["dci.completeness"]) == pytest.approx(
        told["scores"]["dci"]["parts"]["completeness"], abs=1e-6
    )


def test_that_a_person_sees_scores_and_what_each_code_follows(
    icdrl: Callable[..., Any], run: RunFolder
) -> None:
    answer = icdrl("evaluate", run.path)
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.startswith("60 rows, 5 codes, 2 factors\n")
    assert "Z-diff" in answer.out
    assert "shape" in answer.out


def test_that_scoring_the_codes_of_a_run_gives_what_evaluating_it_gives(
    icdrl: Callable[..., Any], run: RunFolder, tmp_path: Path
) -> None:
    kept = tmp_path / "kept.npz"
    evaluated = json.loads(icdrl("evaluate", run.path, "--json", "-o", kept).out)
    scored = json.loads(icdrl("score", "--codes", kept, "--factors", kept, "--json").out)
    assert scored == {key: evaluated[key] for key in scored}
    assert scored["codes"] == ["c1", "c2", "c3", "c4", "c5"]


def test_that_snapshot_and_number_of_images_can_be_chosen(
    icdrl: Callable[..., Any], run: RunFolder
) -> None:
    told = json.loads(icdrl("evaluate", run.path, "--step", 0, "--samples", 40, "--json").out)
    assert (told["step"], told["rows"]) == (0, 40)
    row = run.rows(run.scores)[-1]
    assert (row["step"], row["images"], row["protocol"]) == ("0", "40", "full")


def test_that_a_resumed_run_drops_the_scores_of_steps_that_it_makes_anew(
    icdrl: Callable[..., Any], run: RunFolder
) -> None:
    icdrl("evaluate", run.path, "--step", 1)
    icdrl("evaluate", run.path)
    run.cut_back(1)
    assert [(row["step"], row["protocol"]) for row in run.rows(run.scores)] == [
        ("1", "live"),
        ("1", "full"),
    ]


def test_that_a_run_from_before_the_scores_gets_their_columns(
    icdrl: Callable[..., Any], run: RunFolder
) -> None:
    run.scores.write_text("step,images,total_correlation\n1,60,0.5\n")
    icdrl("evaluate", run.path)
    before, after = run.rows(run.scores)
    assert (before["total_correlation"], before["mig"], before["protocol"]) == ("0.5", "", "")
    assert after["protocol"] == "full"
    assert float(after["total_correlation"]) >= 0


def test_that_data_without_factors_is_told_and_scored_by_what_needs_none(
    icdrl: Callable[..., Any], trained: RunFolder
) -> None:
    answer = icdrl("evaluate", trained.path, "--json")
    assert answer.err == "note: images.npz has no factors: only what needs none is scored.\n"
    told = json.loads(answer.out)
    assert set(told["scores"]) == {"total_correlation", "total_correlation_knn", "active_codes"}
    assert (told["factors"], told["mutual_information"]) == ([], None)


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("--step", "7"), 1, "no snapshot of step 7: there are 0, 1, 2."),
        (("-o", "codes.csv"), 1, "codes.csv cannot be written: choose a name that ends in .npz."),
        (("--samples", "1"), 2, "Invalid value for '--samples'"),
    ],
)
def test_that_a_wrong_wish_gets_one_sentence_and_no_row(
    icdrl: Callable[..., Any],
    run: RunFolder,
    arguments: tuple[str, ...],
    code: int,
    sentence: str,
) -> None:
    before = run.scores.read_text()
    answer = icdrl("evaluate", run.path, *arguments)
    assert answer.code == code
    assert sentence in answer.sentence()
    assert run.scores.read_text() == before


def test_that_codes_that_cannot_be_kept_leave_no_row(
    icdrl: Callable[..., Any], run: RunFolder, tmp_path: Path
) -> None:
    (tmp_path / "kept.npz").mkdir()
    before = run.scores.read_text()
    answer = icdrl("evaluate", run.path, "-o", tmp_path / "kept.npz")
    assert answer.code == 1
    assert answer.sentence().endswith("kept.npz cannot be written: Is a directory.")
    assert run.scores.read_text() == before


def test_that_a_run_that_is_not_there_is_named(icdrl: Callable[..., Any]) -> None:
    answer = icdrl("evaluate", "none")
    assert answer.code == 1
    assert "none is no run: it has no config.json" in answer.sentence()
