"""Retrain ⇄: flipped in the constraint and in nothing else."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from core.config import ConfigError, RunConfig, changed, flat
from core.protocol import Started
from core.runs import RunFolder
from icdrl_gui.models.runs.retraining import Retraining


def test_that_only_the_constraint_differs(qtbot: QtBot, tmp_path: Path) -> None:
    run = RunFolder.create(tmp_path / "run", RunConfig(seed=3, preset="mine"))
    run.record_change(5, "method.independence.enabled", False)
    before, after = flat(RunConfig(seed=3, preset="mine")), flat(Retraining().flip(run.path))
    differing = {key: after[key] for key in before if before[key] != after[key]}
    assert differing == {"method.independence.enabled": False}


def test_that_a_run_of_a_method_without_a_constraint_cannot_be_flipped(
    qtbot: QtBot, tmp_path: Path
) -> None:
    run = RunFolder.create(tmp_path / "run", changed(RunConfig(), {"method.kind": "vae"}))
    with pytest.raises(ConfigError, match=r"VAE has no independence constraint; .* and TC-GAN"):
        Retraining().flip(run.path)


def test_that_a_run_is_paired_with_its_counterpart_when_that_starts(
    qtbot: QtBot, tmp_path: Path
) -> None:
    base = RunFolder.create(tmp_path / "base", RunConfig())
    retraining = Retraining()
    flipped = RunFolder.create(tmp_path / "flipped", retraining.flip(base.path))
    other = RunFolder.create(tmp_path / "other", RunConfig(seed=9))
    pairs: list[tuple[Path, Path]] = []
    retraining.paired.connect(lambda *pair: pairs.append(pair))
    retraining.take_start(Started(str(other.path), 0, resumed=False))
    retraining.take_start(Started(str(flipped.path), 0, resumed=False))
    retraining.take_start(Started(str(flipped.path), 0, resumed=False))
    assert pairs == [(base.path, flipped.path)]
