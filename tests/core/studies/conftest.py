"""What the tests of studies share: small studies, and folders of runs that were trained already."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.preferences import Preferences, save_preferences
from core.runs import RunFolder
from core.studies.folder import Cell, StudyFolder
from core.studies.study import Study, parse_study

# Three small codes at 32 pixels: of all that can be trained, what takes least.
SMALLEST = {
    "data.image_size": 32,
    "batch_size": 8,
    "precision": "float32",
    "report_every": 1,
    "picture_every": 1_000_000,
    "evaluate_every": 1_000_000,
    "checkpoint_every": 2,
}


@pytest.fixture(scope="session")
def images(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of forty images without factors: scored in a moment."""
    path = tmp_path_factory.mktemp("data") / "images.npz"
    np.savez(path, images=np.random.default_rng(0).random((40, 32, 32)) < 0.3)
    return path


@pytest.fixture
def make_study(images: Path) -> Callable[..., Study]:
    """A study of two arms, on and off, two seeds and four steps, with other values on top."""
    save_preferences(Preferences(threads=1))

    def make_study(**values: Any) -> Study:
        content = {
            "name": "small",
            "preset": "dsprites-quick",
            "settings": SMALLEST | {"data.source": str(images)},
            "steps": 4,
            "seeds": [0, 1],
            "arms": [
                {"name": "on", "against": "off"},
                {"name": "off", "settings": {"method.independence.enabled": False}},
            ],
        }
        return parse_study(content | values, "the study")

    return make_study


@pytest.fixture
def scored(make_study: Callable[..., Study], tmp_path: Path) -> Callable[..., StudyFolder]:
    """A study's folder whose runs have these full scores at their last step: arm -> seed -> score.

    A score by name, or MIG alone.
    """

    def scored(
        found: Mapping[str, Mapping[int, float | Mapping[str, float]]], **values: Any
    ) -> StudyFolder:
        with StudyFolder.started(tmp_path / "study", make_study(**values)) as folder:
            for cell in folder.cells:
                if cell.seed in found.get(cell.arm, {}):
                    scores = found[cell.arm][cell.seed]
                    _finish(
                        folder, cell, scores if isinstance(scores, Mapping) else {"mig": scores}
                    )
        return folder

    return scored


def _finish(folder: StudyFolder, cell: Cell, scores: Mapping[str, float]) -> None:
    run = RunFolder.create(folder.run(cell).path, cell.config)
    for step, protocol in ((2, "live"), (cell.config.steps, "live"), (cell.config.steps, "full")):
        row = {"step": step, "images": 40, "protocol": protocol}
        run.record_row(run.scores, row | {name: str(value) for name, value in scores.items()})
    run.record_event(cell.config.steps, "finished", "Said.")
