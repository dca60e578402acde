"""Which run is drawn in which colour."""

import shutil
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from core.config import RunConfig
from core.runs import RunFolder
from icdrl_gui.models.runs.colours import RunColours
from icdrl_gui.settings import Settings
from icdrl_gui.theme import LIGHT

COUNT = len(LIGHT.curves)


@pytest.fixture
def runs(tmp_path: Path) -> list[Path]:
    """Return more runs than there are colours."""
    paths = [tmp_path / f"run-{i}" for i in range(COUNT + 3)]
    for path in paths:
        RunFolder.create(path, RunConfig())
    return paths


def show(colours: RunColours, paths: list[Path]) -> list[int]:
    """Show runs one after the other; return their colours."""
    return [colours.of(path, paths[:i]) for i, path in enumerate(paths)]


def test_that_a_run_has_the_same_colour_after_a_restart(qtbot: QtBot, runs: list[Path]) -> None:
    before = show(RunColours(Settings()), runs[:3])
    assert show(RunColours(Settings()), runs[2::-1]) == before[::-1]


def test_that_a_run_is_not_given_the_colour_of_another_that_is_off_show(runs: list[Path]) -> None:
    colours = RunColours()
    first = colours.of(runs[0], [])
    second = colours.of(runs[1], [])
    assert first != second
    assert show(colours, runs[:2]) == [first, second]


def test_that_no_two_runs_on_show_share_a_colour_while_there_are_others(runs: list[Path]) -> None:
    colours = RunColours()
    for path in runs:
        colours.of(path, [])
    kept = colours.of(runs[0], [])
    clashing = next(path for path in runs[1:] if colours.of(path, []) == kept)
    moved = colours.of(clashing, [runs[0]])
    assert moved != kept
    assert colours.of(runs[0], [clashing]) == kept
    assert colours.of(clashing, []) == moved


def test_that_more_runs_than_colours_share_them_evenly(runs: list[Path]) -> None:
    colours = RunColours()
    given = show(colours, runs)
    assert sorted(given[:COUNT]) == list(range(COUNT))
    assert given[COUNT:] == [0, 1, 2]
    assert show(colours, runs) == given


def test_that_a_deleted_run_leaves_its_colour_to_the_next(qtbot: QtBot, runs: list[Path]) -> None:
    colours = RunColours(Settings())
    first, _ = show(colours, runs[:2])
    colours.forget(runs[0])
    assert colours.of(runs[2], [runs[1]]) == first
    shutil.rmtree(runs[2])
    assert RunColours(Settings()).of(runs[3], [runs[1]]) == first


@pytest.mark.parametrize("content", ["[", "[1]", '{"/a": "red"}', '{"/a": 99}', '{"/a": null}'])
def test_that_colours_of_another_hand_are_not_believed(
    qtbot: QtBot, runs: list[Path], content: str
) -> None:
    settings = Settings()
    settings._store.setValue("run_colours", content.replace("/a", str(runs[0])))
    assert RunColours(settings).of(runs[0], []) == 0
