"""The commands know no method: one run of each is trained, listed, drawn, scored and exported."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from core.config import METHOD_CONFIGS, RunConfig, changed
from core.data.catalogue import load_dataset
from core.preferences import Preferences, save_preferences
from core.runs import RunFolder
from core.training.loop import Training

SETTINGS = {
    "data.image_size": 32,
    "batch_size": 4,
    "precision": "float32",
    "report_every": 1,
    "steps": 2,
}


@pytest.fixture(scope="module")
def runs(images: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a run of two steps of each method, and one that nobody can read."""
    root = tmp_path_factory.mktemp("runs")
    for kind in METHOD_CONFIGS:
        source = {"method.kind": kind, "data.source": str(images)}
        config = changed(RunConfig(), SETTINGS | source)
        training = Training(
            RunFolder.create(root / kind, config), load_dataset(config.data), torch.device("cpu")
        )
        for _ in training.events():
            pass
        training.close()
    (root / "unreadable").mkdir()
    (root / "unreadable" / "config.json").write_text('{"method": {"kind": "not invented yet"}}')
    return root


@pytest.fixture(autouse=True)
def _where_runs_are(runs: Path) -> None:
    save_preferences(Preferences(run_root=runs, threads=1))


def test_that_one_run_of_each_method_is_listed_though_another_cannot_be_read(
    icdrl: Callable[..., Any],
) -> None:
    answer = icdrl("runs", "list", "--json")
    listed = {run["name"]: run for run in json.loads(answer.out)}
    assert listed.keys() == METHOD_CONFIGS.keys()
    assert answer.err.startswith("note: left out: unreadable: ")
    for kind, config in METHOD_CONFIGS.items():
        constraint = config().constraint
        told = listed[kind]
        assert (told["method"], told["state"], told["step"]) == (kind, "finished", 2)
        assert told["constraint"] == (constraint.estimator if constraint else "")
    table = icdrl("runs", "list").out
    assert all(kind in table for kind in METHOD_CONFIGS)


@pytest.mark.parametrize("kind", METHOD_CONFIGS)
def test_that_a_run_of_each_method_is_drawn_scored_and_exported(
    icdrl: Callable[..., Any], tmp_path: Path, kind: str
) -> None:
    commands = [
        ("runs", "show", kind),
        ("traverse", kind, "-o", tmp_path / "grid.png", "--columns", "3"),
        ("evaluate", kind),
        *(
            ("export", kind, "--what", what, "-o", tmp_path / f"{what}.png", "--count", "2")
            for what in ("samples", "reconstructions")
        ),
        ("export", kind, "--what", "curves", "-o", tmp_path / "curves.svg"),
        ("export", kind, "--what", "losses", "-o", tmp_path / "losses.csv"),
    ]
    for command in commands:
        answer = icdrl(*command)
        assert answer.code == 0, answer.err
    names = {"grid.png", "samples.png", "reconstructions.png", "curves.svg", "losses.csv"}
    assert {path.name for path in tmp_path.iterdir()} == names
