import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import torch

from core.config import RunConfig, changed
from core.data.catalogue import load_dataset
from core.runs import RunFolder
from core.training.loop import Training

SMALLEST = {"data.image_size": 32, "batch_size": 4, "precision": "float32", "steps": 1}
FEW = ("--groups", 10, "--images", 4)


@pytest.fixture
def make_run(images: Path, tmp_path: Path) -> Callable[..., RunFolder]:
    """A run that finished one step."""

    def make_run(name: str, settings: Mapping[str, Any]) -> RunFolder:
        config = changed(RunConfig(), SMALLEST | {"data.source": str(images)} | dict(settings))
        run = RunFolder.create(tmp_path / name, config)
        training = Training(run, load_dataset(config.data), torch.device("cpu"))
        for _ in training.events():
            pass
        training.close()
        return run

    return make_run


@pytest.fixture
def three(make_run: Callable[..., RunFolder]) -> list[RunFolder]:
    """Two methods with uniform codes, and an autoencoder."""
    return [
        make_run("a", {"method.kind": "tc_gan", "seed": 0}),
        make_run("[b]", {"method.kind": "infogan", "seed": 1}),
        make_run("c", {"method.kind": "vae", "seed": 2}),
    ]


def test_that_programs_get_ranks_and_the_matrix(
    icdrl: Callable[..., Any], three: list[RunFolder]
) -> None:
    answer = icdrl("rank", *(run.path for run in three), *FEW, "--json")
    assert (answer.code, answer.err) == (0, "")
    told = json.loads(answer.out)
    assert [each["run"] for each in told["runs"]] == [str(run.path) for run in three]
    assert {each["step"] for each in told["runs"]} == {1}
    matrix, scores = told["told"], [each["score"] for each in told["runs"]]
    assert [matrix[i][i] for i in range(3)] == [None] * 3
    halves = [(matrix[0][j] + matrix[j][0]) / 2 for j in (1, 2)]
    assert scores[0] == pytest.approx(sum(halves) / 2)
    assert sorted(told["order"]) == [0, 1, 2]
    ranked = [scores[i] for i in told["order"]]
    assert ranked == sorted(scores, reverse=True)
    again = icdrl("rank", *(run.path for run in three), *FEW, "--json")
    assert again.out == answer.out


def test_that_people_get_a_table(icdrl: Callable[..., Any], three: list[RunFolder]) -> None:
    answer = icdrl("rank", *(run.path for run in three), *FEW)
    assert (answer.code, answer.err) == (0, "")
    header, *lines = [line.split() for line in answer.out.splitlines()]
    assert header == ["rank", "run", "step", "score", "↑"]
    assert [line[0] for line in lines] == ["1", "2", "3"]
    assert {line[1] for line in lines} == {"a", "[b]", "c"}


def test_that_two_runs_rank_equal_and_that_is_said(
    icdrl: Callable[..., Any], three: list[RunFolder]
) -> None:
    answer = icdrl("rank", three[0].path, three[2].path, *FEW, "--json")
    assert answer.err == (
        "note: two runs agree with each other equally: a third tells which is better.\n"
    )
    first, second = json.loads(answer.out)["runs"]
    assert first["score"] == second["score"]


def test_that_wrong_runs_get_one_sentence(
    icdrl: Callable[..., Any], three: list[RunFolder], make_run: Callable[..., RunFolder]
) -> None:
    one = icdrl("rank", three[0].path, *FEW)
    assert (one.code, one.sentence()) == (
        1,
        "One run has nothing to agree with: give at least two.",
    )
    twice = icdrl("rank", three[0].path, three[0].path, *FEW)
    assert twice.code == 1
    assert twice.sentence().endswith("a is given twice: it would agree with itself.")
    colour = make_run("colour", {"data.channels": 3})
    other = icdrl("rank", three[0].path, colour.path, *FEW)
    assert other.code == 1
    assert "colour makes images of 32 RGB pixels" in other.sentence()
    assert "a of 32 grey pixels" in other.sentence()
    missing = icdrl("rank", three[0].path, "none", *FEW)
    assert missing.code == 1
    assert "none is no run: it has no config.json" in missing.sentence()
