"""What is opened or dropped on the window."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.icdrl_gui.desk import Desk


def broken_config(folder: Path) -> Path:
    """Write a config with a wrong value."""
    path = folder / "config-of-mine.json"
    path.write_text('{"batch_size": 1}')
    return path


def broken_picture(folder: Path) -> Path:
    """Write a picture that is none."""
    path = folder / "photo.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\nnot really")
    return path


def broken_run(folder: Path) -> Path:
    """Make a run whose config is torn."""
    path = folder / "torn"
    path.mkdir()
    (path / "config.json").write_text('{"steps": 10')
    return path


def nothing_known(folder: Path) -> Path:
    """Write a file of no known kind."""
    path = folder / "notes.txt"
    path.write_text("hello")
    return path


@pytest.mark.parametrize("make", [broken_config, broken_picture, broken_run, nothing_known])
def test_that_what_is_broken_gets_one_message_and_changes_nothing(
    desk: Desk, tmp_path: Path, make: Callable[[Path], Path]
) -> None:
    run = desk.make_run("run")
    desk.workspace.opening.open(run)
    config, recent = desk.workspace.setup.config(), desk.settings.recent
    path = make(tmp_path)
    desk.window.paths_dropped.emit([path])
    (problem,) = desk.problems()
    assert path.name in problem
    assert desk.session.shown.run is not None
    assert desk.session.shown.run.path == run
    assert desk.workspace.setup.config() == config
    assert desk.settings.recent == recent
    assert desk.commands == []


def test_that_a_dropped_image_is_encoded(desk: Desk, tmp_path: Path) -> None:
    desk.workspace.opening.open(desk.make_run("run"))
    path = tmp_path / "photo.png"
    Image.fromarray(np.zeros((9, 12, 3), np.uint8)).save(path)
    desk.window.paths_dropped.emit([path])
    assert desk.session.exploration.encoding_goes_on
    assert desk.problems() == []


def test_that_dropped_data_is_chosen_in_setup(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "mine.npz"
    np.savez(path, images=np.zeros((4, 32, 32), np.uint8))
    desk.window.paths_dropped.emit([path])
    config = desk.workspace.setup.config()
    assert config is not None
    assert config.data.source == str(path)


def test_that_an_opened_run_is_remembered(desk: Desk) -> None:
    run = desk.make_run("run")
    desk.workspace.opening.open(run)
    assert desk.settings.recent == [run]
    names = [each.text() for each in desk.window.submenus["recent"].actions()]
    assert names[0] == "run"
