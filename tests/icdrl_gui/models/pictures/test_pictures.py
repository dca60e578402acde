"""Samples and reconstructions: asked for only while somebody looks."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pytestqt.qtbot import QtBot

from core.export import Recipe
from core.protocol import Reconstruct, Sample
from core.runs import RunFolder
from icdrl_gui.models.pictures.pictures import PicturesModel
from icdrl_gui.models.runs.shown_run import ShownRun

if TYPE_CHECKING:
    from tests.icdrl_gui.conftest import ScriptedExplorer

MakeRun = Callable[..., RunFolder]


@pytest.fixture
def shown(qtbot: QtBot, make_run: MakeRun) -> ShownRun:
    shown = ShownRun()
    shown.show(make_run().path)
    return shown


@pytest.fixture
def model(explorer: "ScriptedExplorer", shown: ShownRun) -> PicturesModel:
    return PicturesModel(explorer, shown)


def test_that_nothing_is_asked_while_nobody_looks(
    explorer: "ScriptedExplorer", model: PicturesModel, shown: ShownRun
) -> None:
    shown.show_step(500)
    assert explorer.asked == []
    model.set_active(True)
    assert [slot for slot, _ in explorer.asked] == ["samples", "reconstructions"]
    model.set_active(False)
    model.set_active(True)
    assert len(explorer.asked) == 2, "what is fresh is not asked for again"


def test_that_a_snapshot_is_looked_at_once_somebody_looks(
    explorer: "ScriptedExplorer",
    model: PicturesModel,
    shown: ShownRun,
    save_snapshot: Callable[[RunFolder, int], Path],
) -> None:
    model.set_active(True)
    explorer.answer_all()
    assert model.sampled is not None
    assert model.sampled.step == 1000
    assert shown.run is not None
    save_snapshot(shown.run, 1500)
    shown.refresh_steps()
    explorer.answer_all()
    assert model.sampled.step == 1500


def test_that_another_seed_asks_for_its_half_alone(
    explorer: "ScriptedExplorer", model: PicturesModel
) -> None:
    model.set_active(True)
    explorer.answer_all()
    model.reconstruct(5)
    assert list(explorer.waiting) == ["reconstructions"]
    model.sample(7, 16)
    first, second = explorer.last("reconstructions"), explorer.last("samples")
    assert isinstance(first, Reconstruct)
    assert isinstance(second, Sample)
    assert (first.seed, first.count, second.seed, second.count) == (5, 8, 7, 16)
    assert model.waiting == {"samples", "reconstructions"}


def test_that_the_error_is_the_mean_square_of_images_up_to_one(
    explorer: "ScriptedExplorer", model: PicturesModel
) -> None:
    model.set_active(True)
    explorer.answer_all()
    assert model.errors == pytest.approx([0.2**2] * 8)


def test_that_a_refusal_is_told_and_waited_for_no_longer(
    qtbot: QtBot, explorer: "ScriptedExplorer", model: PicturesModel
) -> None:
    model.set_active(True)
    with qtbot.waitSignal(model.trouble) as trouble:
        explorer.refuse("reconstructions", "The data is gone.")
    assert trouble.args == ["The data is gone."]
    assert model.waiting == {"samples"}


def test_that_another_run_takes_the_pictures_away(
    explorer: "ScriptedExplorer", model: PicturesModel, shown: ShownRun, make_run: MakeRun
) -> None:
    model.set_active(True)
    explorer.answer_all()
    shown.show(make_run("second").path)
    assert model.sampled is None
    assert model.reconstructed is None
    assert explorer.last("samples").run.endswith("second")
    shown.close()
    assert model.waiting == set()


def test_that_a_recipe_brings_its_samples_back(
    explorer: "ScriptedExplorer", model: PicturesModel
) -> None:
    model.set_active(True)
    model.restore(Recipe("samples", "first", 500, 0, "random:3", count=4))
    asked = explorer.last("samples")
    assert isinstance(asked, Sample)
    assert (asked.seed, asked.count) == (3, 4)
